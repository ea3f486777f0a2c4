/** Why a JVM cannot fork: {@link org.daemonspec.examples.forkhazard.ForkHazard}. */
@NullMarked
package org.daemonspec.examples.forkhazard;

import org.jspecify.annotations.NullMarked;
