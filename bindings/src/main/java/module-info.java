/** Raw access to the parts of libc that daemonspec uses, exactly as jextract generated it; follows the headers, not an API. */
module org.daemonspec.bindings {
    exports org.daemonspec.bindings;
}
