/** The daemon as a mix-in: an HTTP server that exists already, unchanged. */
@NullMarked
package org.daemonspec.examples.http;

import org.jspecify.annotations.NullMarked;
