/** A server that takes a channel: Netty. */
@NullMarked
package org.daemonspec.examples.netty;

import org.jspecify.annotations.NullMarked;
