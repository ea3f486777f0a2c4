/** Who started this process, and whether it looks after it. */
@NullMarked
package org.daemonspec.internal.supervisor;

import org.jspecify.annotations.NullMarked;
