package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.Spawn;
import org.daemonspec.internal.posix.SpawnRequest;

/**
 * A way by which one of the daemon's streams becomes messages in the system log, line by line.
 *
 * <p>To the journal, that is a socket: journald reads lines from it, see sd_journal_stream_fd(3). To syslog, it is a pipe, at
 * whose other end are sed(1) and logger(1), daemons of their own that end when the last who writes to the pipe has ended.
 *
 * @param input what the daemon writes to
 * @param relay what reads it; empty for the journal
 */
record SystemLog(Descriptor input, Optional<Relay> relay) implements AutoCloseable {

    private static final Path SYSLOG_SOCKET = Path.of("/dev/log");
    private static final Path JOURNAL_SOCKET = Path.of("/run/systemd/journal/stdout");

    /** stdbuf(1) is there because sed would hold lines back, and with its own option reads each byte by itself. */
    private static final List<String> PROGRAMS = List.of("stdbuf", "sed", "logger");

    /** As long as rsyslog takes them; longer lines are several messages. */
    private static final int LONGEST_MESSAGE = 8192;

    private static final int LOWEST_PRIORITY = 7;
    private static final int UMASK = 022;

    /** The way to syslog for a daemon of this name; nobody reads it before {@link #startHelpers}. */
    static SystemLog open(Posix posix, StandardStream.Syslog syslog, String name) {
        List<Descriptor> pipe = posix.pipe();
        return new SystemLog(pipe.getLast(), Optional.of(new Relay(pipe.getFirst(), syslog, name)));
    }

    /** The way to the journal, with the header that journald expects first. */
    static SystemLog open(Posix posix, StandardStream.Journal journal, String name) {
        String unit = "";
        String linesMayChoosePriority = "1";
        String toSyslogToo = "0";
        String toKernelLogToo = "0";
        String toConsoleToo = "0";
        List<String> header = List.of(
                name,
                unit,
                Integer.toString(journal.priority()),
                linesMayChoosePriority,
                toSyslogToo,
                toKernelLogToo,
                toConsoleToo);
        Descriptor socket = posix.connect(ByteString.of(JOURNAL_SOCKET));
        try {
            posix.write(socket, (String.join("\n", header) + "\n").getBytes(StandardCharsets.UTF_8));
            return new SystemLog(socket, Optional.empty());
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Adds why there is no such log on this machine, if there is none. */
    static void check(StandardStream stream, List<String> problems) {
        Optional<String> problem = Optional.empty();
        if (stream instanceof StandardStream.Syslog) {
            problem = syslogProblem();
        } else if (stream instanceof StandardStream.Journal && !Files.exists(JOURNAL_SOCKET)) {
            problem = Optional.of("journal: ENOENT (no " + JOURNAL_SOCKET
                    + "); start systemd-journald first, or use syslog or files.");
        }
        if (problem.isPresent() && !problems.contains(problem.get())) {
            problems.add(problem.get());
        }
    }

    private static Optional<String> syslogProblem() {
        if (!Files.exists(SYSLOG_SOCKET)) {
            return Optional.of("syslog: ENOENT (no " + SYSLOG_SOCKET
                    + "); start a syslog daemon first, or use the journal or files.");
        }
        return PROGRAMS.stream()
                .filter(program -> find(program).isEmpty())
                .findFirst()
                .map(program ->
                        "syslog: ENOENT (no " + program + " in PATH); install it, or use the journal or files.");
    }

    /** Starts what reads the pipe, if there is one, for messages of this process, as the same user. */
    void startHelpers(Posix posix, int pid, ProcessContext context) {
        relay.ifPresent(helpers -> helpers.start(posix, pid, context.identityAlone()));
    }

    private static Optional<String> find(String program) {
        return ProgramPath.find(program, environment().getOrDefault("PATH", Program.DEFAULT_PATH));
    }

    private static Map<String, String> environment() {
        try {
            return JvmProcess.environmentOfThisProcess();
        } catch (IOException withoutProc) {
            return Map.of();
        }
    }

    @Override
    public void close() {
        input.close();
        relay.ifPresent(helpers -> helpers.output().close());
    }

    /**
     * The processes that hand lines on. logger(1) alone would do if it kept what it promises: of lines without a priority it
     * makes messages with the priority of the line before, and versions before 2.38 lose the facility of those that have one. So
     * sed(1) puts both before every line.
     *
     * @param output the end of the pipe that they read
     * @param syslog which facility, and the priority of lines without one
     * @param name the tag of the messages
     */
    record Relay(Descriptor output, StandardStream.Syslog syslog, String name) {

        void start(Posix posix, int pid, ProcessContext context) {
            List<Descriptor> pipe = posix.pipe();
            try (Descriptor read = pipe.getFirst();
                    Descriptor write = pipe.getLast();
                    Descriptor root = posix.open("/", OpenFor.ENTERING, 0);
                    Descriptor nothing = posix.open("/dev/null", OpenFor.APPENDING, 0)) {
                spawn(prefix(), root, List.of(output, write, nothing), context);
                spawn(send(pid), root, List.of(read, nothing, nothing), context);
            }
        }

        private static void spawn(
                List<String> command, Descriptor directory, List<Descriptor> descriptors, ProcessContext context) {
            String program = find(command.getFirst()).orElse("/usr/bin/" + command.getFirst());
            List<String> environment = new ArrayList<>(EnvironmentChange.toBlock(environment()));
            environment.removeIf(variable -> variable.startsWith("LC_ALL="));
            environment.add("LC_ALL=C"); // lines are bytes
            Spawn.start(new SpawnRequest(
                    program, command, environment, UMASK, directory, SpawnRequest.inOrder(descriptors), context));
        }

        private List<String> prefix() {
            Facility facility = Facility.named(syslog.facility());
            List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", "sed"));
            for (int priority = 0; priority <= LOWEST_PRIORITY; priority++) {
                command.add("-e");
                command.add("s/^<" + priority + ">/<" + facility.with(priority) + ">/");
            }
            command.add("-e");
            command.add("/^<[0-9]\\{1,3\\}>/!s/^/<" + facility.with(syslog.priority()) + ">/");
            return command;
        }

        private List<String> send(int pid) {
            return List.of(
                    "logger",
                    "--tag=" + ByteString.encode(name),
                    "--id=" + pid,
                    "--prio-prefix",
                    "--size=" + LONGEST_MESSAGE,
                    "--socket-errors=off"); // a syslog daemon that is being restarted is no reason to give up
        }
    }
}
