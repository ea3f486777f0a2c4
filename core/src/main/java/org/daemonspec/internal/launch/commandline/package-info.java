/**
 * Computes the command line of the daemon JVM from what the kernel says about this one.
 *
 * <p>Every string that comes from the operating system, or goes back to it, is a byte string decoded as ISO-8859-1:
 * one char is one byte, so that arguments, paths and variables which are not valid in the locale's charset, or in any,
 * survive unchanged. Sentences for people are ordinary strings.
 */
@NullMarked
package org.daemonspec.internal.launch.commandline;

import org.jspecify.annotations.NullMarked;
