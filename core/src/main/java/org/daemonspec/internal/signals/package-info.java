/** Signals as the JVM lets Java handle them. */
@NullMarked
package org.daemonspec.internal.signals;

import org.jspecify.annotations.NullMarked;
