/** The life of a task in its process: signals, logs, and where it runs. */
@NullMarked
package org.daemonspec.internal.daemon;

import org.jspecify.annotations.NullMarked;
