package org.daemonspec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.daemonspec.support.Launcher;

/**
 * A process that does things to a daemon and says what it was told: {@code MODE ARGUMENT...}.
 *
 * <p>{@code obey}: each line of stdin is {@code WORD PIDFILE [ARGUMENT]...} and is answered by a line, an {@link Answer}. The words
 * are {@code start}, {@code restart} (the arguments are the daemon's command), {@code stop}, {@code reload} and {@code status}.
 * With {@code @FIFO} in front it waits until somebody has that FIFO open for writing.
 *
 * <p>{@code do WORD PIDFILE [ARGUMENT]...}: the same, once.
 *
 * <p>{@code race PIDFILE ANSWERS SECONDS SEED COMMAND...}: does these things, and waits for their effects, at random for so many
 * seconds; writes the answers to the file.
 *
 * <p>{@code parent PIDFILE FILE HOW}: is made a daemon that starts {@code sleep 600}, writes its pid to the file, and is ready. HOW
 * is {@code process-builder}, {@code system} or {@code posix_spawn}, the latter two being libc's.
 */
final class RaceProgram {

    /** What somebody was told. */
    enum Outcome {
        /** By a start or a restart: the pid is the new daemon's. */
        STARTED,
        /** By a start or a restart: the pid is that of the one that runs. */
        ALREADY_RUNNING,
        /** By a stop: the pid is that of the one that ended. */
        STOPPED,
        /** By a stop or a signal. */
        NOT_RUNNING,
        /** By a stop. */
        NOT_STOPPED,
        /** By a signal. */
        SENT,
        /** By a signal. */
        NOT_SENT,
        /** By a status: it is ready. */
        RUNNING,
        /** By a status: it is not ready. */
        STARTING,
        /** By a status: there is no pidfile. */
        ABSENT,
        /** By a status: the pidfile is left over. */
        STALE,
        /** By a status. */
        UNKNOWN,
        /** An exception other than the documented one for which there is ALREADY_RUNNING. */
        FAILED,
        /** Nobody was told anything, but a test killed the daemon: between begin and end it has ended. */
        KILLED
    }

    /**
     * An operation and its outcome. Times are System.nanoTime, which on Linux is one clock for all processes.
     *
     * @param what the operation
     * @param begin a time before it
     * @param end a time after it
     * @param outcome what it said
     * @param pid which process that is about
     * @param detail why, where the outcome is none that is expected
     */
    record Answer(String what, long begin, long end, Outcome outcome, OptionalLong pid, String detail) {

        String toLine() {
            return String.join(
                    "\t",
                    what,
                    Long.toString(begin),
                    Long.toString(end),
                    outcome.name(),
                    pid.isPresent() ? Long.toString(pid.getAsLong()) : "",
                    detail.replaceAll("\\s+", " "));
        }

        static Answer fromLine(String line) {
            String[] fields = line.split("\t", -1);
            return new Answer(
                    fields[0],
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Outcome.valueOf(fields[3]),
                    fields[4].isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(fields[4])),
                    fields[5]);
        }

        /** Such as {@code STARTED 4711}. */
        String brief() {
            return outcome + (pid.isPresent() ? " " + pid.getAsLong() : "");
        }
    }

    private record Reply(Outcome outcome, OptionalLong pid, String detail) {
        Reply(Outcome outcome, long pid) {
            this(outcome, OptionalLong.of(pid), "");
        }

        Reply(Outcome outcome) {
            this(outcome, OptionalLong.empty(), "");
        }
    }

    private final Path pidfile;
    private final List<String> command;
    private final DaemonControl control;

    private RaceProgram(Path pidfile, List<String> command) {
        this.pidfile = pidfile;
        this.command = command;
        this.control = DaemonControl.of(pidfile);
    }

    /** The command that runs this program, small and quick to start. */
    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Launcher.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx32m",
                "-XX:-UsePerfData", // its file is named after the pid, which another pid namespace may have too
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RaceProgram.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** See the class. */
    public static void main(String[] args) throws Exception {
        List<String> arguments = Arrays.asList(args).subList(1, args.length);
        switch (args[0]) {
            case "obey" -> obey();
            case "do" -> System.out.println(answer(arguments).toLine());
            case "race" -> race(arguments);
            case "parent" -> parent(Path.of(args[1]), Path.of(args[2]), args[3]);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void obey() throws IOException {
        try (BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                List<String> words = List.of(line.split(" ", -1));
                if (words.getFirst().startsWith("@")) {
                    // open(2) of a FIFO waits for the other end
                    Files.newInputStream(Path.of(words.getFirst().substring(1))).close();
                    words = words.subList(1, words.size());
                }
                System.out.println(answer(words).toLine());
            }
        }
    }

    private static Answer answer(List<String> words) {
        RaceProgram program = new RaceProgram(Path.of(words.get(1)), words.subList(2, words.size()));
        return switch (words.getFirst()) {
            case "start" -> program.start();
            case "restart" -> program.restart();
            case "stop" -> program.stop();
            case "reload" -> program.reload();
            case "status" -> program.status();
            default -> throw new IllegalArgumentException(words.getFirst());
        };
    }

    private static void race(List<String> arguments) throws IOException {
        Path pidfile = Path.of(arguments.get(0));
        Path file = Path.of(arguments.get(1));
        Duration time = Duration.ofSeconds(Long.parseLong(arguments.get(2)));
        Random random = new Random(Long.parseLong(arguments.get(3)));
        RaceProgram program = new RaceProgram(pidfile, arguments.subList(4, arguments.size()));
        List<Answer> answers = new ArrayList<>();
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            answers.add(program.anything(random));
            LockSupport.parkNanos(random.nextInt(3) * random.nextLong(10_000_000));
        }
        Files.write(file, answers.stream().map(Answer::toLine).toList());
    }

    private Answer anything(Random random) {
        int which = random.nextInt(100);
        if (which < 50) {
            return status();
        }
        if (which < 72) {
            return start();
        }
        if (which < 78) {
            return restart();
        }
        if (which < 81) {
            return restartByControl();
        }
        if (which < 90) {
            return stop();
        }
        Duration most = Duration.ofMillis(random.nextInt(50));
        return which < 95
                ? timed("awaitReady", () -> reply(control.awaitReady(most)))
                : timed("awaitStopped", () -> reply(control.awaitStopped(most)));
    }

    private DaemonSpec spec() {
        return DaemonSpec.builder().pidfile(pidfile).build();
    }

    private Answer start() {
        return timed(
                "start", () -> new Reply(Outcome.STARTED, spec().exec(command).pid()));
    }

    private Answer restart() {
        return timed(
                "restart",
                () -> new Reply(Outcome.STARTED, spec().restart(command).pid()));
    }

    private Answer restartByControl() {
        return timed(
                "restart",
                () -> new Reply(
                        Outcome.STARTED,
                        control.restart(() -> spec().exec(command)).pid()));
    }

    private Answer stop() {
        return timed("stop", () -> switch (control.stop()) {
            case StopResult.Stopped stopped -> new Reply(Outcome.STOPPED, stopped.pid());
            case StopResult.NotRunning() -> new Reply(Outcome.NOT_RUNNING);
            case StopResult.NotStopped not -> new Reply(Outcome.NOT_STOPPED, not.pid(), not.reason());
        });
    }

    private Answer reload() {
        return timed("reload", () -> switch (control.reload()) {
            case SignalResult.Sent(long pid) -> new Reply(Outcome.SENT, pid);
            case SignalResult.NotRunning() -> new Reply(Outcome.NOT_RUNNING);
            case SignalResult.NotSent not -> new Reply(Outcome.NOT_SENT, not.pid(), not.reason());
        });
    }

    private Answer status() {
        return timed("status", () -> reply(control.status()));
    }

    private static Reply reply(DaemonStatus status) {
        return switch (status) {
            case DaemonStatus.Running running ->
                new Reply(running.ready() ? Outcome.RUNNING : Outcome.STARTING, running.pid(), "");
            case DaemonStatus.Stopped() -> new Reply(Outcome.ABSENT);
            case DaemonStatus.Stale stale -> new Reply(Outcome.STALE);
            case DaemonStatus.Unknown(String reason) -> new Reply(Outcome.UNKNOWN, OptionalLong.empty(), reason);
        };
    }

    private static Answer timed(String what, Supplier<Reply> operation) {
        long begin = System.nanoTime();
        Reply reply;
        try {
            reply = operation.get();
        } catch (AlreadyRunningException e) {
            reply = new Reply(Outcome.ALREADY_RUNNING, e.pid(), "");
        } catch (RuntimeException | Error e) {
            reply = new Reply(Outcome.FAILED, OptionalLong.empty(), e.toString());
        }
        return new Answer(what, begin, System.nanoTime(), reply.outcome(), reply.pid(), reply.detail());
    }

    private static void parent(Path pidfile, Path file, String how) {
        DaemonSpec.builder().pidfile(pidfile).detach(context -> {
            switch (how) {
                case "process-builder" -> {
                    long pid = new ProcessBuilder("sleep", "600").start().pid();
                    Files.writeString(file, pid + "\n");
                }
                case "system" -> system("sleep 600 & echo $! >'" + file + "'");
                case "posix_spawn" -> Files.writeString(file, spawn("/bin/sleep", "600") + "\n");
                default -> throw new IllegalArgumentException(how);
            }
            context.ready();
            Thread.sleep(Duration.ofMinutes(10));
        });
    }

    /** system(3). */
    private static void system(String script) {
        try (Arena arena = Arena.ofConfined()) {
            int status = (int) function("system", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
                    .invokeExact(arena.allocateFrom(script));
            if (status != 0) {
                throw new IllegalStateException("system: " + status);
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** posix_spawn(3) as a library would call it that knows nothing of our descriptors. */
    private static int spawn(String program, String argument) {
        FunctionDescriptor prototype = FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment arguments = arena.allocate(ValueLayout.ADDRESS, 3);
            arguments.setAtIndex(ValueLayout.ADDRESS, 0, arena.allocateFrom(program));
            arguments.setAtIndex(ValueLayout.ADDRESS, 1, arena.allocateFrom(argument));
            MemorySegment environment = Linker.nativeLinker()
                    .defaultLookup()
                    .find("environ")
                    .orElseThrow()
                    .reinterpret(ValueLayout.ADDRESS.byteSize())
                    .get(ValueLayout.ADDRESS, 0);
            int error = (int) function("posix_spawn", prototype)
                    .invokeExact(
                            pid,
                            arena.allocateFrom(program),
                            MemorySegment.NULL,
                            MemorySegment.NULL,
                            arguments,
                            environment);
            if (error != 0) {
                throw new IllegalStateException("posix_spawn: " + error);
            }
            return pid.get(ValueLayout.JAVA_INT, 0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor prototype) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), prototype);
    }

    /** The answers in a file. */
    static List<Answer> answers(Path file) {
        try {
            return Files.readAllLines(file).stream().map(Answer::fromLine).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
