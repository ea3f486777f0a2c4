/** What a supervisor is told, in its own protocol: sd_notify(3), and the notification descriptor of s6. */
@NullMarked
package org.daemonspec.internal.notify;

import org.jspecify.annotations.NullMarked;
