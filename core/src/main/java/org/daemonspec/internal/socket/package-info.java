/** Sockets that a daemon listens on: opened before it starts, or by whoever supervises it. */
@NullMarked
package org.daemonspec.internal.socket;

import org.jspecify.annotations.NullMarked;
