/** The HTTP example under real supervisors, each in namespaces of its own; only with the Maven profile {@code supervisors}. */
@NullMarked
package org.daemonspec.examples.supervisors;

import org.jspecify.annotations.NullMarked;
