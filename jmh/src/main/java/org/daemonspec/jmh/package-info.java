/** What a start and a lock cost, each beside its floor: the same work in C, or a JVM that does nothing. */
@NullMarked
package org.daemonspec.jmh;

import org.jspecify.annotations.NullMarked;
