package org.daemonspec.internal.socket;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.SocketCalls;

/**
 * The sockets of a task in the foreground: those that a supervisor opened, those that this process opened before it executed
 * itself as somebody else, and those that nobody has opened yet.
 */
public final class ForegroundSockets {

    /** None. */
    public static final ForegroundSockets NONE =
            new ForegroundSockets(List.of(), Map.of(), List.of(), List.of(), List.of());

    /** As an element of a system property: which socket, its descriptor, and its file if it has one. */
    private static final Pattern ELEMENT = Pattern.compile("(\\d+):(\\d+)(?::(\\d+):(\\d+):(\\d+))?");

    private static final int FIRST_GROUP_OF_FILE = 3;

    private final List<HandedSocket> specified;
    private final Map<Integer, HandedSocket> own;
    private final List<HandedSocket> others;
    private final List<Integer> unusable;
    private final List<String> notices;

    private ForegroundSockets(
            List<HandedSocket> specified,
            Map<Integer, HandedSocket> own,
            List<HandedSocket> others,
            List<Integer> unusable,
            List<String> notices) {
        this.specified = specified;
        this.own = own;
        this.others = others;
        this.unusable = unusable;
        this.notices = notices;
    }

    /**
     * Finds them, and opens what is missing.
     *
     * @param continuation what {@link #continuation} was in the JVM that this process was before; empty if it was none
     * @param opener opens sockets with this process's rights
     * @throws RefusedSocketException if one cannot be had
     */
    public static ForegroundSockets find(
            Posix posix,
            List<SocketSpec> specs,
            String continuation,
            Function<List<SocketSpec>, ListenSockets> opener) {
        Activation.Match match = Activation.ofThisProcess(posix).match(specs);
        Map<Integer, HandedSocket> own = inherited(posix, specs, continuation);
        List<Integer> missing = IntStream.range(0, specs.size())
                .filter(i -> match.specified().get(i).isEmpty() && !own.containsKey(i))
                .boxed()
                .toList();
        try (ListenSockets opened =
                opener.apply(missing.stream().map(specs::get).toList())) {
            List<HandedSocket> released = opened.release();
            for (int i = 0; i < missing.size(); i++) {
                own.put(missing.get(i), released.get(i));
            }
        }
        List<HandedSocket> specified = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            String name = specs.get(i).name();
            HandedSocket handed = own.get(i);
            specified.add(
                    handed != null
                            ? handed
                            : handed(name, match.specified().get(i).orElseThrow()));
        }
        return new ForegroundSockets(
                specified,
                own,
                match.others().stream()
                        .map(given -> handed(given.name(), given))
                        .toList(),
                match.unusable().stream().map(Activation.Given::descriptor).toList(),
                specs.isEmpty() ? List.of() : notices(match));
    }

    private static HandedSocket handed(String name, Activation.Given given) {
        return new HandedSocket(name, given.descriptor(), Optional.empty());
    }

    private static List<String> notices(Activation.Match match) {
        List<String> notices = new ArrayList<>();
        match.others()
                .forEach(given -> notices.add("the socket " + given
                        + " was opened for this process, but the specification does not have it; it is"
                        + " left to the task."));
        match.unusable()
                .forEach(given -> notices.add("descriptor " + given.descriptor() + ", " + given
                        + ", was opened for this process, but is no stream socket that listens; it is left alone."));
        return notices;
    }

    /** A property can come from anywhere: what it names is taken only if it is what the specification asks for. */
    private static Map<Integer, HandedSocket> inherited(Posix posix, List<SocketSpec> specs, String continuation) {
        SocketCalls calls = new SocketCalls(posix);
        Map<Integer, HandedSocket> inherited = new HashMap<>();
        Matcher element = ELEMENT.matcher(continuation);
        while (element.find()) {
            int index = Integer.parseInt(element.group(1));
            int descriptor = Integer.parseInt(element.group(2));
            if (index < specs.size() && isFor(calls, specs.get(index), descriptor)) {
                SocketSpec spec = specs.get(index);
                inherited.put(index, new HandedSocket(spec.name(), descriptor, file(spec, element)));
            }
        }
        return inherited;
    }

    private static boolean isFor(SocketCalls calls, SocketSpec spec, int descriptor) {
        return calls.isListening(descriptor)
                && calls.localAddress(descriptor).filter(spec::isAt).isPresent();
    }

    private static Optional<SocketFile> file(SocketSpec spec, Matcher element) {
        if (element.group(FIRST_GROUP_OF_FILE) == null || !spec.isUnix()) {
            return Optional.empty();
        }
        return Optional.of(new SocketFile(
                spec.path(),
                Integer.parseInt(element.group(FIRST_GROUP_OF_FILE)),
                Integer.parseInt(element.group(FIRST_GROUP_OF_FILE + 1)),
                Long.parseLong(element.group(FIRST_GROUP_OF_FILE + 2))));
    }

    /** What the JVM that this process executes has to know of the sockets that were opened here. */
    public String continuation() {
        return own.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue().descriptor()
                        + entry.getValue()
                                .file()
                                .map(file -> ":" + file.deviceMajor() + ":" + file.deviceMinor() + ":" + file.inode())
                                .orElse(""))
                .collect(Collectors.joining(","));
    }

    /** The descriptors of the sockets that were opened here. */
    public Set<Integer> own() {
        return own.values().stream().map(HandedSocket::descriptor).collect(Collectors.toUnmodifiableSet());
    }

    /** What somebody who looks at stderr should know. */
    public List<String> notices() {
        return notices;
    }

    /** Makes them this process's alone, for the task; so too what else was given, as sd_listen_fds(3) does. */
    public TaskSockets adopt(Posix posix) {
        unusable.forEach(posix::setCloseOnExec);
        return TaskSockets.of(posix, away(posix, specified), away(posix, others));
    }

    /** Nobody will serve those that were opened here. */
    public void abandon(Posix posix) {
        own.values().forEach(socket -> {
            socket.file().ifPresent(SocketFile::remove);
            posix.inherited(socket.descriptor()).close();
        });
    }

    /** What is a standard stream as well would be inherited by every child: it becomes {@code /dev/null} there. */
    private static List<HandedSocket> away(Posix posix, List<HandedSocket> sockets) {
        return sockets.stream()
                .map(socket -> socket.descriptor() == 0
                        ? new HandedSocket(socket.name(), fromStreams(posix), socket.file())
                        : socket)
                .toList();
    }

    private static int fromStreams(Posix posix) {
        SocketCalls calls = new SocketCalls(posix);
        int number = posix.duplicate(0).release();
        try (Descriptor nothing = posix.open(ByteString.encode("/dev/null"), OpenFor.UPDATING, 0)) {
            IntStream.rangeClosed(0, 2)
                    .filter(calls::isListening)
                    .forEach(stream -> posix.duplicateTo(nothing, stream));
        }
        return number;
    }
}
