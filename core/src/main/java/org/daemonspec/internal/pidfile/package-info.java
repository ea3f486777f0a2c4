/** The pidfile and its lock: who holds it, and who says so. */
@NullMarked
package org.daemonspec.internal.pidfile;

import org.jspecify.annotations.NullMarked;
