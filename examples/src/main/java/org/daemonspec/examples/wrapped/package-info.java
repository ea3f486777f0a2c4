/** The daemon as a wrapper around a function. */
@NullMarked
package org.daemonspec.examples.wrapped;

import org.jspecify.annotations.NullMarked;
