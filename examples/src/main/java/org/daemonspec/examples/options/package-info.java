/** The examples' own options, taken out of a command line before the command face sees it. */
@NullMarked
package org.daemonspec.examples.options;

import org.jspecify.annotations.NullMarked;
