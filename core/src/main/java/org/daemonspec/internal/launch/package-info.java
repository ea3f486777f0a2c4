/** Starting a daemon: in which order. The launcher's half ends with a {@link StartResult}, the daemon's is {@link Takeover}. */
@NullMarked
package org.daemonspec.internal.launch;

import org.jspecify.annotations.NullMarked;
