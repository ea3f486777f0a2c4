/** The command face that the examples share: {@code start | stop | restart | status | run}. */
@NullMarked
package org.daemonspec.examples.command;

import org.jspecify.annotations.NullMarked;
