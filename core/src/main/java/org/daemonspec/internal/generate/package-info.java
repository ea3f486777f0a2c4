/** Files for supervisors and distributions, made from a specification: to be read and changed. */
@NullMarked
package org.daemonspec.internal.generate;

import org.jspecify.annotations.NullMarked;
