/**
 * Turns a JVM service into a proper Unix daemon: {@link org.daemonspec.DaemonSpec} says what the daemon shall be, and
 * {@link org.daemonspec.DaemonSpec#detach(Runnable)} makes this program one.
 */
@NullMarked
package org.daemonspec;

import org.jspecify.annotations.NullMarked;
