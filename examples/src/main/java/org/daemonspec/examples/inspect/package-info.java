/** A doctor for daemons, whoever made them. */
@NullMarked
package org.daemonspec.examples.inspect;

import org.jspecify.annotations.NullMarked;
