package org.daemonspec.internal.socket;

import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.daemonspec.internal.posix.OwnPid;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SocketCalls;

/**
 * The descriptors that whoever started this process has opened for it: by systemd's protocol, see sd_listen_fds(3), or a listening
 * socket as stdin, which is inetd's {@code wait}.
 *
 * @param given in order
 */
public record Activation(List<Given> given) {

    /**
     * One of them.
     *
     * @param descriptor its number
     * @param name of LISTEN_FDNAMES
     * @param address that it is bound to; empty if it is no such socket
     * @param kind what can be done with it
     */
    record Given(int descriptor, String name, Optional<SocketAddress> address, Kind kind) {

        /** Whether somebody has named it, and not only its unit, which is what systemd calls it by itself. */
        boolean hasChosenName() {
            return descriptor >= FIRST && !name.equals(NAMELESS) && !name.endsWith(SUFFIX_OF_UNIT);
        }

        @Override
        public String toString() {
            return name + " (" + address.map(SocketSpec::text).orElse("no socket") + ")";
        }
    }

    /** What a descriptor is good for. */
    enum Kind {
        LISTENING,
        /** A stream that does not listen. */
        CONNECTED,
        OTHER
    }

    /**
     * Which of them is which socket of a specification.
     *
     * @param specified for each socket the one that was given for it, if one was
     * @param others that listen and that nobody asked for
     * @param unusable that do not listen, so that no task can ask for them
     */
    record Match(List<Optional<Given>> specified, List<Given> others, List<Given> unusable) {}

    private static final int FIRST = 3;

    /** What sd_listen_fds_with_names(3) says without LISTEN_FDNAMES. */
    private static final String NAMELESS = "unknown";

    private static final String SUFFIX_OF_UNIT = ".socket";

    /** Of one that inetd left as stdin. */
    private static final String OF_INETD = "stdin";

    public Activation {
        given = List.copyOf(given);
    }

    /** What this process was given. */
    static Activation ofThisProcess(Posix posix) {
        SocketCalls calls = new SocketCalls(posix);
        List<Given> given = new ArrayList<>();
        if (isListeningStream(calls, 0)) {
            given.add(look(calls, 0, OF_INETD));
        }
        Map<String, String> environment = System.getenv();
        List<String> names = names(environment.getOrDefault("LISTEN_FDNAMES", ""));
        int count = count();
        for (int i = 0; i < count; i++) {
            given.add(look(calls, FIRST + i, i < names.size() ? names.get(i) : NAMELESS));
        }
        return new Activation(given);
    }

    /**
     * What this process was given for the sockets of a specification, in words; empty for those that it has to open.
     *
     * @throws RefusedSocketException if it is not clear which is which, or one does not listen
     */
    public static List<Optional<String>> describe(Posix posix, List<SocketSpec> specs) {
        return ofThisProcess(posix).match(specs).specified().stream()
                .map(found -> found.map(Given::toString))
                .toList();
    }

    /** How many descriptors from 3 on are for this process. */
    public static int count() {
        return count(System.getenv(), OwnPid.get(), Activation::isOpen);
    }

    /** Up to the first one that is not open, whatever the environment says. */
    static int count(Map<String, String> environment, long pid, IntPredicate isOpen) {
        if (!Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return 0;
        }
        try {
            int most = Integer.parseInt(environment.getOrDefault("LISTEN_FDS", "0"));
            int count = 0;
            while (count < most && isOpen.test(FIRST + count)) {
                count++;
            }
            return count;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static boolean isOpen(int descriptor) {
        return Files.exists(Path.of("/proc/self/fd", Integer.toString(descriptor)), LinkOption.NOFOLLOW_LINKS);
    }

    private static List<String> names(String variable) {
        return variable.isEmpty() ? List.of() : List.of(variable.split(":", -1));
    }

    private static Given look(SocketCalls calls, int descriptor, String name) {
        Kind kind = isListeningStream(calls, descriptor)
                ? Kind.LISTENING
                : calls.isStream(descriptor) ? Kind.CONNECTED : Kind.OTHER;
        return new Given(descriptor, name, calls.localAddress(descriptor), kind);
    }

    private static boolean isListeningStream(SocketCalls calls, int descriptor) {
        return calls.isStream(descriptor) && calls.isListening(descriptor);
    }

    /**
     * Finds the sockets of a specification among what was given, see {@link Matching}. What was not given is for the caller to
     * open.
     *
     * @throws RefusedSocketException if it is not clear which is which, or one does not listen
     */
    Match match(List<SocketSpec> specs) {
        return new Matching(specs, given).result();
    }
}
