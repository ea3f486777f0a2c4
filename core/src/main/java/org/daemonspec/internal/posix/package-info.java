/**
 * System calls: with which call. The only package of the library that sees {@code java.lang.foreign}; its public types
 * speak Java (strings of bytes, numbers, descriptors), so that nothing above it has to.
 */
@NullMarked
package org.daemonspec.internal.posix;

import org.jspecify.annotations.NullMarked;
