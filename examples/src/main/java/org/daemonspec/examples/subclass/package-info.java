/** The daemon as a class to subclass. */
@NullMarked
package org.daemonspec.examples.subclass;

import org.jspecify.annotations.NullMarked;
