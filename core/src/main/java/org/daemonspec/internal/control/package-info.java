/** Controlling a daemon from another process: by its pidfile, and only after proof that it is the one. */
@NullMarked
package org.daemonspec.internal.control;

import org.jspecify.annotations.NullMarked;
