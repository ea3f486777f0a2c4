package org.daemonspec.internal.launch.commandline;

import java.util.List;
import java.util.Map;

/**
 * The variables that the launcher and HotSpot read, of two processes.
 *
 * @param own the environment of this process
 * @param daemons the environment that the daemon is to have, as the user wishes it
 */
record Variables(Map<String, String> own, Map<String, String> daemons) {

    /** Read by HotSpot, first of all. */
    static final String TOOL_OPTIONS = "JAVA_TOOL_OPTIONS";

    /** Read by the launcher, which puts it before the command line. */
    static final String LAUNCHER_OPTIONS = "JDK_JAVA_OPTIONS";

    /** Read by HotSpot, last of all. */
    static final String LAST_OPTIONS = "_JAVA_OPTIONS";

    /** Read by the launcher: the class path unless an option names one. */
    static final String CLASS_PATH = "CLASSPATH";

    /** Those that hold options. */
    static final List<String> WITH_OPTIONS = List.of(TOOL_OPTIONS, LAUNCHER_OPTIONS, LAST_OPTIONS);

    /** What this process has, or the empty string. */
    String value(String name) {
        return own.getOrDefault(name, "");
    }

    /** Whether the user gave the daemon another value, on purpose. */
    boolean isChanged(String name) {
        String value = daemons.get(name);
        return value != null && !value.equals(own.get(name));
    }
}
