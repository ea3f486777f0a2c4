/** A server that takes a channel: Jetty. */
@NullMarked
package org.daemonspec.examples.jetty;

import org.jspecify.annotations.NullMarked;
