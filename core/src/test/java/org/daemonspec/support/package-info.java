/** What the tests on real processes share: starting launchers, looking at processes through {@code /proc}, cleaning up. */
@NullMarked
package org.daemonspec.support;

import org.jspecify.annotations.NullMarked;
