package org.daemonspec.internal.generate;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daemonspec.internal.launch.EnvironmentChange;
import org.daemonspec.internal.launch.LaunchSpec;
import org.daemonspec.internal.launch.OwnProgram;
import org.daemonspec.internal.launch.StandardStream;
import org.daemonspec.internal.socket.SocketSpec;

/**
 * What the files are about: a specification, and the program that it is part of.
 *
 * @param spec what the daemon shall be
 * @param program how it is started
 * @param verbs where in the program's arguments the command face's verb belongs; empty if it has no command face
 * @param isTask whether a JVM does the service's work, rather than another program that it becomes
 * @param owner who it is
 */
record Service(LaunchSpec spec, OwnProgram program, Optional<Integer> verbs, boolean isTask, Owner owner) {

    private static final Pattern NOT_IN_A_UNIT_NAME = Pattern.compile("[^A-Za-z0-9:_.-]+");
    private static final int FIRST_FREE_PORT = 1024;

    /**
     * Whom files belong to, by name where there is one.
     *
     * @param user name or number
     * @param group name or number
     */
    record Owner(String user, String group) {

        boolean isRoot() {
            return user.equals("root") || user.equals("0");
        }
    }

    /** The words after the generate command took its own away. */
    static Service of(
            LaunchSpec spec,
            OwnProgram program,
            Optional<List<String>> command,
            boolean isTask,
            List<String> problems) {
        if (command.isEmpty()) {
            return new Service(spec, program, Optional.empty(), isTask, OwnerLookup.of(spec.context()));
        }
        List<String> arguments = new ArrayList<>(program.arguments());
        int at = remove(command.get(), arguments);
        if (at < 0) {
            problems.add("generate: the words '" + String.join(" ", command.get())
                    + "' are not among this program's arguments, so what belongs in their place is not known;"
                    + " hand them to main(...) as they were given.");
        }
        OwnProgram rest = new OwnProgram(program.java(), program.options(), arguments);
        return new Service(spec, rest, Optional.of(Math.max(0, at)), isTask, OwnerLookup.of(spec.context()));
    }

    /** Takes away the last words that are these, in this order; where the first was, or -1. */
    private static int remove(List<String> words, List<String> arguments) {
        int at = arguments.size();
        for (String word : words.reversed()) {
            at = arguments.subList(0, at).lastIndexOf(word);
            if (at < 0) {
                return at;
            }
            arguments.remove(at);
        }
        return at;
    }

    boolean hasFace() {
        return verbs.isPresent();
    }

    /** What messages call it. */
    String name() {
        return spec.name();
    }

    /** The same as a unit, a file or a package may be called. */
    String fileName() {
        return NOT_IN_A_UNIT_NAME.matcher(name()).replaceAll("-");
    }

    /** What keeps it in the foreground. A program without verbs is one that finds out by itself who has started it. */
    List<String> runCommand() {
        return hasFace() ? command(program.java(), List.of("run")) : command(program.java(), List.of());
    }

    /** The command line with a verb where one belongs. */
    List<String> command(String java, List<String> verb) {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(program.options());
        int at = verbs.orElse(0);
        command.addAll(program.arguments().subList(0, at));
        command.addAll(verb);
        command.addAll(program.arguments().subList(at, program.arguments().size()));
        return command;
    }

    List<String> control(String verb) {
        return command(program.java(), List.of(verb));
    }

    Optional<Path> pidfile() {
        return spec.pidfile().map(Service::absolute);
    }

    /** The logs, each once. */
    List<Path> logs() {
        return Stream.of(spec.stdout(), spec.stderr())
                .flatMap(stream -> log(stream).stream())
                .distinct()
                .toList();
    }

    /** The file that a stream goes to. */
    static Optional<Path> log(StandardStream stream) {
        return stream instanceof StandardStream.File(Path path) ? Optional.of(absolute(path)) : Optional.empty();
    }

    /** The working directory, unless it is the root. */
    Optional<Path> workingDirectory() {
        return Optional.of(absolute(spec.workingDirectory())).filter(path -> path.getParent() != null);
    }

    Optional<Path> crashDirectory() {
        return spec.crashDirectory().map(Service::absolute);
    }

    /** The files of its UNIX sockets. */
    List<Path> socketFiles() {
        return spec.sockets().stream()
                .filter(socket -> socket.address() instanceof UnixDomainSocketAddress)
                .map(socket -> absolute(((UnixDomainSocketAddress) socket.address()).getPath()))
                .toList();
    }

    /** Its TCP ports, each once; not those that are chosen by the kernel. */
    List<InetSocketAddress> ports() {
        return spec.sockets().stream()
                .map(SocketSpec::address)
                .filter(InetSocketAddress.class::isInstance)
                .map(InetSocketAddress.class::cast)
                .filter(address -> address.getPort() != 0)
                .toList();
    }

    /** Whether it listens on a port that only root may have. */
    boolean hasPrivilegedPort() {
        return ports().stream().anyMatch(address -> address.getPort() < FIRST_FREE_PORT);
    }

    /** Whether it listens on an address that is neither all nor the loopback's. */
    boolean hasSpecificAddress() {
        return spec.sockets().stream()
                .map(SocketSpec::address)
                .anyMatch(address -> address instanceof InetSocketAddress internet
                        && !internet.isUnresolved()
                        && !internet.getAddress().isAnyLocalAddress()
                        && !internet.getAddress().isLoopbackAddress());
    }

    /** Every path that is known of it, as text. */
    Stream<String> mentioned() {
        Stream<Path> paths = Stream.of(
                        pidfile().stream(),
                        logs().stream(),
                        workingDirectory().stream(),
                        crashDirectory().stream(),
                        socketFiles().stream(),
                        spec.environment().stream()
                                .filter(EnvironmentChange.File.class::isInstance)
                                .map(change -> absolute(((EnvironmentChange.File) change).path())))
                .flatMap(each -> each);
        return Stream.concat(paths.map(Path::toString), runCommand().stream());
    }

    /** Whether anything of it is in a directory, as far as its command line and its specification tell. */
    boolean isIn(String directory) {
        Pattern path = Pattern.compile("(?:^|[:=@,;])" + Pattern.quote(directory) + "(?:/|$)");
        return mentioned().anyMatch(text -> path.matcher(text).find());
    }

    /** Java has no locale that knows more than ASCII unless it is told. */
    boolean needsLocale() {
        boolean given = spec.environment().stream()
                .anyMatch(change -> change instanceof EnvironmentChange.Set set
                        && (set.name().equals("LC_ALL") || set.name().equals("LANG")));
        return !given && mentioned().anyMatch(text -> text.chars().anyMatch(c -> c >= 0x80));
    }

    static Path absolute(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        return absolute.startsWith("/var/run")
                ? Path.of("/run")
                        .resolve(Path.of("/var/run").relativize(absolute))
                        .normalize()
                : absolute;
    }

    static Path directoryOf(Path file) {
        return Objects.requireNonNullElse(file.getParent(), file);
    }
}
