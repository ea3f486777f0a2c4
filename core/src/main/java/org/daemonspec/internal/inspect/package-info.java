/** What a process is, as {@code /proc} shows it from outside, against what a daemon ought to be. */
@NullMarked
package org.daemonspec.internal.inspect;

import org.jspecify.annotations.NullMarked;
