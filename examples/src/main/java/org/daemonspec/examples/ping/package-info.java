/** Any program as a daemon, without a second JVM. */
@NullMarked
package org.daemonspec.examples.ping;

import org.jspecify.annotations.NullMarked;
