package org.daemonspec.internal.launch.commandline;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port or connection that can't be had twice, and that the launcher JVM has by one of its options: the option stays
 * with the launcher.
 */
enum HeldPort {
    /** See "JPDA Connection and Invocation". */
    DEBUGGER {
        @Override
        boolean isTakenBy(String option) {
            if (!option.contains("jdwp")) {
                return false;
            }
            Matcher agent = Patterns.JDWP.matcher(option);
            if (!agent.matches()) {
                return false;
            }
            List<String> settings = Arrays.asList(agent.group("settings").split(",", -1));
            boolean isServer = settings.contains("server=y");
            return !isServer || settings.stream().map(Patterns.ADDRESS::matcher).anyMatch(HeldPort::isFixed);
        }
    },
    /** See "Monitoring and Management Using JMX Technology". */
    MANAGEMENT {
        @Override
        boolean isTakenBy(String option) {
            return option.startsWith("-Dcom.sun.management.jmxremote.") && isFixed(Patterns.JMX_PORT.matcher(option));
        }
    };

    /** What few command lines have, and so what few starts compile. */
    private static final class Patterns {

        private static final Pattern JDWP = Pattern.compile(
                "(-agentlib:jdwp=|-Xrunjdwp:|-agentpath:([^=]*/)?libjdwp\\.so=)(?<settings>.*)", Pattern.DOTALL);

        private static final Pattern ADDRESS = Pattern.compile("address=(.*:)?(?<port>[^:]*)", Pattern.DOTALL);

        private static final Pattern JMX_PORT =
                Pattern.compile("-Dcom\\.sun\\.management\\.jmxremote\\.(rmi\\.)?port=(?<port>.*)", Pattern.DOTALL);

        private static final Pattern ANY_FREE_PORT = Pattern.compile("0*");
    }

    /** What this option takes, if it does. */
    static Optional<HeldPort> takenBy(String option) {
        for (HeldPort held : values()) {
            if (held.isTakenBy(option)) {
                return Optional.of(held);
            }
        }
        return Optional.empty();
    }

    abstract boolean isTakenBy(String option);

    private static boolean isFixed(Matcher port) {
        return port.matches()
                && !Patterns.ANY_FREE_PORT.matcher(port.group("port")).matches();
    }
}
