/** The command face of a service: words in, outcomes and exit codes out. */
@NullMarked
package org.daemonspec.internal.command;

import org.jspecify.annotations.NullMarked;
