/** The parts of libc that daemonspec calls, as jextract generated them: no API of daemonspec, and free to change. */
module org.daemonspec.bindings {
    exports org.daemonspec.bindings;
}
