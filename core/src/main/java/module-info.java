/**
 * daemonspec: turns a JVM service into a proper Unix daemon. Needs
 * {@code --enable-native-access=org.daemonspec,org.daemonspec.bindings}.
 */
module org.daemonspec {
    requires org.daemonspec.bindings;
    requires jdk.unsupported; // sun.misc.Signal
    requires static org.jspecify;

    exports org.daemonspec;
}
