package org.daemonspec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.daemonspec.internal.launch.EnvironmentChange;
import org.daemonspec.internal.launch.Launch;
import org.daemonspec.internal.launch.LaunchSpec;
import org.daemonspec.internal.launch.StandardStream;
import org.daemonspec.internal.launch.StartResult;
import org.daemonspec.internal.launch.Takeover;
import org.jspecify.annotations.Nullable;

/**
 * What a daemon shall be, and the calls that make one.
 *
 * {@snippet :
 * public static void main(String[] args) {
 *     DaemonSpec.builder()
 *             .pidfile(Path.of("/run/echo.pid"))
 *             .stdout(Path.of("/var/log/echo.log"))
 *             .stderrToStdout()
 *             .detach(context -> {
 *                 ServerSocket socket = new ServerSocket(7);
 *                 context.ready();
 *                 serve(socket);
 *             });
 * }
 * }
 *
 * <h2>What happens</h2>
 *
 * <p>{@code detach} starts a second JVM with this JVM's command line. There, {@code main} runs again up to {@code detach},
 * which now finds itself in the daemon and runs the task. So {@code main} should have no side effects before it, and has
 * to build the same specification both times. The first JVM, the launcher, waits until the daemon is ready and leaves with
 * exit code 0, or with the reason why there is no daemon. It dies with its terminal like any command; the start goes on
 * without it.
 *
 * <p>The daemon is what daemon(7) and POSIX ask for: in a session of its own that it does not lead, so without a controlling
 * terminal for ever; child of init or the nearest subreaper; in the given directory, with the given umask and standard
 * streams; with no other descriptor, no blocked signal and no ignored signal inherited from whoever started it.
 *
 * <p>With a {@linkplain Builder#pidfile pidfile} there is one instance at most, whatever races: the file is locked before
 * anything is started and until the daemon has ended.
 *
 * <h2>The daemon JVM's command line</h2>
 *
 * <p>It is the launcher's: class path, module path, {@code -jar}, agents, {@code @argfiles}, {@code JDK_JAVA_OPTIONS}, source
 * files and log files, with relative paths made absolute; the program's own arguments reach {@code main} unchanged. Options
 * that need a port which the launcher holds ({@code -agentlib:jdwp} with a fixed address,
 * {@code -Dcom.sun.management.jmxremote.port}) stay with the launcher, which says so; give them to the daemon with
 * {@link Builder#jvmOptions}. Other relative paths in {@code -D} options or in the program's arguments are the program's
 * own: in the daemon they are relative to {@link Builder#workingDirectory}.
 *
 * <p>Immutable and thread-safe. Linux with glibc on x86-64 and aarch64; elsewhere starting a daemon throws
 * {@link UnsupportedOperationException}. Native access has to be allowed: {@code --enable-native-access=ALL-UNNAMED}, or
 * {@code org.daemonspec,org.daemonspec.bindings} on the module path.
 */
public final class DaemonSpec {

    private final LaunchSpec spec;

    private DaemonSpec(LaunchSpec spec) {
        this.spec = spec;
    }

    /** {@return a builder with every default in place} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Whether this JVM was started to be a daemon, so that {@code main} should go straight to {@code detach} or
     * {@code launch}: what must happen once, in the launcher, such as stopping a predecessor, is for the other case.
     *
     * @return {@code true} in a daemon, from the beginning of {@code main}
     */
    public static boolean isDaemon() {
        return Takeover.ofThisProcess().isPresent();
    }

    /** {@return what messages call the daemon} */
    public String name() {
        return spec.name();
    }

    /** {@return the pidfile as it was given} */
    public Optional<Path> pidfile() {
        return spec.pidfile();
    }

    /**
     * Makes this program a daemon that is ready when the task is about to run. Does not return, neither in the launcher nor
     * in the daemon: the launcher leaves with exit code 0 when the daemon is ready, otherwise with a sentence on stderr and
     * {@link DaemonException#exitCode()}, in either case without running shutdown hooks; the daemon ends when the task has
     * returned and the last non-daemon thread that it started has ended. May be called on any thread.
     *
     * @param task runs in the daemon
     */
    public void detach(Runnable task) {
        detach(readyAtOnce(task));
    }

    /**
     * As {@link #detach(Runnable)}, but the daemon is ready when the task says so by {@link DaemonContext#ready()}.
     *
     * @param task runs in the daemon
     */
    public void detach(DaemonTask task) {
        runIfDaemon(task);
        Leave.after(() -> start(Launch.thisProgram(spec)));
    }

    /**
     * As {@link #launch(DaemonTask)} with a task that is ready when it is about to run.
     *
     * @param task runs in the daemon
     * @return the daemon, in the launcher
     * @throws DaemonException if there is no new daemon
     */
    public DaemonHandle launch(Runnable task) {
        return launch(readyAtOnce(task));
    }

    /**
     * As {@link #detach(DaemonTask)} for a program that goes on: returns in the launcher when the daemon is ready. It does not
     * return in the daemon. One task per program: a JVM that was made for a task runs {@code main} up to the first call, so a
     * second task is never reached; use {@link #exec} for more daemons. Cannot be interrupted: an interrupt stays pending.
     *
     * @param task runs in the daemon
     * @return the daemon, in the launcher
     * @throws AlreadyRunningException if an instance holds the pidfile's lock
     * @throws InvalidDaemonSpecException if something does not fit this machine; all of it is listed
     * @throws StartFailedException if the daemon did not become ready
     * @throws IllegalStateException if this process is a daemon that runs its task already
     * @throws UnsupportedOperationException on another platform, or if native access is denied
     */
    public DaemonHandle launch(DaemonTask task) {
        runIfDaemon(task);
        return start(Launch.thisProgram(spec));
    }

    /**
     * Makes any program a daemon, without a second JVM. It is ready when its execve(2) has succeeded. The pidfile stays
     * locked for as long as the program lives: it is the program's descriptor 3. It is not removed at the end, since the
     * program knows nothing of it; a file whose lock is free means <em>not running</em>.
     * {@linkplain Builder#jvmOptions JVM options} and {@link Builder#readyTimeout} do not apply.
     *
     * @param command the program, looked for in this process's PATH if it contains no slash, and its arguments
     * @return the daemon
     * @throws AlreadyRunningException if an instance holds the pidfile's lock
     * @throws InvalidDaemonSpecException if something does not fit this machine or there is no such program; all of it is
     *     listed
     * @throws StartFailedException if a system call failed: the message names it and errno
     * @throws UnsupportedOperationException on another platform, or if native access is denied
     */
    public DaemonHandle exec(String... command) {
        return exec(List.of(command));
    }

    /**
     * As {@link #exec(String...)}.
     *
     * @param command the program and its arguments
     * @return the daemon
     * @throws DaemonException if there is no new daemon
     */
    public DaemonHandle exec(List<String> command) {
        List<String> problems = SpecProblems.ofCommand(command);
        if (!problems.isEmpty()) {
            throw new InvalidDaemonSpecException(spec.name(), problems);
        }
        return start(Launch.program(spec, command));
    }

    private void runIfDaemon(DaemonTask task) {
        Objects.requireNonNull(task, "task");
        Takeover.ofThisProcess().ifPresent(takeover -> DaemonMain.run(takeover, spec, task));
    }

    private static DaemonTask readyAtOnce(Runnable task) {
        Objects.requireNonNull(task, "task");
        return context -> {
            context.ready();
            task.run();
        };
    }

    private DaemonHandle start(StartResult result) {
        String name = spec.name();
        return switch (result) {
            case StartResult.Started(long pid, Optional<ProcessHandle> process, List<String> notices) -> {
                notices.forEach(notice -> System.err.println(name + ": " + notice));
                yield new DaemonHandle(pid, process);
            }
            case StartResult.AlreadyRunning running ->
                throw new AlreadyRunningException(name, running.pidfile(), running.pid());
            case StartResult.Refused(List<String> problems) -> throw new InvalidDaemonSpecException(name, problems);
            case StartResult.Failed(String reason, Optional<Throwable> cause, boolean isOver) ->
                throw cause.map(c -> new StartFailedException(name + ": start failed: " + reason, c))
                        .orElseGet(() -> new StartFailedException(name + ": start failed: " + reason));
        };
    }

    /**
     * Collects what a daemon shall be; every value has a default. Values are checked together by {@link #build()}, which names
     * all that is wrong. The calls that start a daemon exist here too, and build first. Not thread-safe.
     */
    public static final class Builder {

        private @Nullable String name;
        private @Nullable Path pidfile;
        private Path workingDirectory = Path.of("/");
        private int umask = 022;
        private StandardStream stdin = new StandardStream.Null();
        private StandardStream stdout = new StandardStream.Null();
        private StandardStream stderr = new StandardStream.Null();
        private final List<EnvironmentChange> environment = new ArrayList<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private Duration readyTimeout = Duration.ofSeconds(60);

        private Builder() {}

        /**
         * What messages call the daemon. Default: the pidfile's name without {@code .pid}, or {@code daemon}.
         *
         * @param name not empty, on one line, without slash
         * @return this builder
         */
        public Builder name(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * The file that is locked for as long as the daemon lives and holds its pid, as pidfile(3) of FreeBSD; mode 0644
         * whatever the umask. Refused if it is a symbolic link, no regular file, or writable for others than its owner.
         * Default: none, and then any number of instances.
         *
         * @param pidfile in a directory that exists; a relative path is relative to the launcher's working directory
         * @return this builder
         */
        public Builder pidfile(Path pidfile) {
            this.pidfile = Objects.requireNonNull(pidfile, "pidfile");
            return this;
        }

        /**
         * Where the daemon runs, see chdir(2). Default: {@code /}, so that it keeps no file system busy.
         *
         * @param directory exists and may be entered; a relative path is relative to the launcher's working directory
         * @return this builder
         */
        public Builder workingDirectory(Path directory) {
            this.workingDirectory = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /**
         * The file mode creation mask, see umask(2). Default: 022.
         *
         * @param mask 0 to 0777, in Java an octal literal such as {@code 027}
         * @return this builder
         */
        public Builder umask(int mask) {
            this.umask = mask;
            return this;
        }

        /**
         * The file that the daemon reads as stdin. Default: {@code /dev/null}.
         *
         * @param file exists and may be read
         * @return this builder
         */
        public Builder stdin(Path file) {
            this.stdin = new StandardStream.File(Objects.requireNonNull(file, "file"));
            return this;
        }

        /**
         * The file that stdout is appended to (O_APPEND, see open(2)), made with mode 0640 less the launcher's umask if it
         * does not exist. Default: {@code /dev/null}.
         *
         * @param file in a directory that exists
         * @return this builder
         */
        public Builder stdout(Path file) {
            this.stdout = new StandardStream.File(Objects.requireNonNull(file, "file"));
            return this;
        }

        /**
         * The file that stderr is appended to, as {@link #stdout}. Default: {@code /dev/null}; until the daemon is ready, what
         * it writes to {@code /dev/null} is kept, and shown if the start fails.
         *
         * @param file in a directory that exists
         * @return this builder
         */
        public Builder stderr(Path file) {
            this.stderr = new StandardStream.File(Objects.requireNonNull(file, "file"));
            return this;
        }

        /**
         * Sends stderr to the same open file as stdout, as {@code 2>&1}.
         *
         * @return this builder
         */
        public Builder stderrToStdout() {
            this.stderr = new StandardStream.SameAsStdout();
            return this;
        }

        /**
         * Sets a variable of the daemon's environment, which is otherwise the launcher's; see environ(7). Changes apply in the
         * order of the calls. An environment can be read in {@code /proc}: no place for secrets.
         *
         * @param name not empty, without {@code =}
         * @param value any text
         * @return this builder
         */
        public Builder environment(String name, String value) {
            environment.add(new EnvironmentChange.Set(
                    Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value")));
            return this;
        }

        /**
         * Removes a variable from the daemon's environment.
         *
         * @param name not empty, without {@code =}
         * @return this builder
         */
        public Builder unsetEnvironment(String name) {
            environment.add(new EnvironmentChange.Unset(Objects.requireNonNull(name, "name")));
            return this;
        }

        /**
         * Empties the daemon's environment; what is set after this call is all it has. JVM options that came from
         * {@code JDK_JAVA_OPTIONS} and its like stay in force. The locale goes too: set {@code LC_ALL} again if arguments or paths
         * are not ASCII.
         *
         * @return this builder
         */
        public Builder clearEnvironment() {
            environment.add(new EnvironmentChange.Clear());
            return this;
        }

        /**
         * Options for the daemon's JVM in addition to those of the launcher's, after them, so that {@code -Xmx} and the like
         * win. Default: none. The command line can be read in {@code /proc}: no place for secrets.
         *
         * @param options as on the {@code java} command line, before the main class; each in one word that begins with {@code -}
         * @return this builder
         */
        public Builder jvmOptions(String... options) {
            return jvmOptions(Arrays.asList(options));
        }

        /**
         * As {@link #jvmOptions(String...)}.
         *
         * @param options as on the {@code java} command line, before the main class
         * @return this builder
         */
        public Builder jvmOptions(List<String> options) {
            options.forEach(option -> jvmOptions.add(Objects.requireNonNull(option, "option")));
            return this;
        }

        /**
         * How long the launcher waits for the daemon to be ready; one that is not ready by then is ended with SIGTERM, after
         * five seconds with SIGKILL, and the start has failed. Default: 60 s.
         *
         * @param timeout more than zero
         * @return this builder
         */
        public Builder readyTimeout(Duration timeout) {
            this.readyTimeout = Objects.requireNonNull(timeout, "timeout");
            return this;
        }

        /**
         * The specification, checked as far as that is possible without looking at the machine.
         *
         * @return an immutable specification
         * @throws InvalidDaemonSpecException with everything that is wrong
         */
        public DaemonSpec build() {
            LaunchSpec spec = new LaunchSpec(
                    effectiveName(),
                    Optional.ofNullable(pidfile),
                    workingDirectory,
                    umask,
                    stdin,
                    stdout,
                    stderr,
                    environment,
                    jvmOptions,
                    readyTimeout);
            List<String> problems = SpecProblems.of(spec);
            if (!problems.isEmpty()) {
                throw new InvalidDaemonSpecException(spec.name(), problems);
            }
            return new DaemonSpec(spec);
        }

        /**
         * Builds, and then {@link DaemonSpec#detach(Runnable)}; what is wrong with the specification is a sentence on stderr and
         * an exit code, too.
         *
         * @param task runs in the daemon
         */
        public void detach(Runnable task) {
            detach(readyAtOnce(task));
        }

        /**
         * Builds, and then {@link DaemonSpec#detach(DaemonTask)}; what is wrong with the specification is a sentence on stderr
         * and an exit code, too.
         *
         * @param task runs in the daemon
         */
        public void detach(DaemonTask task) {
            Leave.ifFailing(this::build).detach(task);
        }

        /**
         * Builds, and then {@link DaemonSpec#launch(Runnable)}.
         *
         * @param task runs in the daemon
         * @return the daemon, in the launcher
         * @throws DaemonException if there is no new daemon
         */
        public DaemonHandle launch(Runnable task) {
            return build().launch(task);
        }

        /**
         * Builds, and then {@link DaemonSpec#launch(DaemonTask)}.
         *
         * @param task runs in the daemon
         * @return the daemon, in the launcher
         * @throws DaemonException if there is no new daemon
         */
        public DaemonHandle launch(DaemonTask task) {
            return build().launch(task);
        }

        /**
         * Builds, and then {@link DaemonSpec#exec(String...)}.
         *
         * @param command the program and its arguments
         * @return the daemon
         * @throws DaemonException if there is no new daemon
         */
        public DaemonHandle exec(String... command) {
            return build().exec(command);
        }

        /**
         * Builds, and then {@link DaemonSpec#exec(List)}.
         *
         * @param command the program and its arguments
         * @return the daemon
         * @throws DaemonException if there is no new daemon
         */
        public DaemonHandle exec(List<String> command) {
            return build().exec(command);
        }

        private String effectiveName() {
            if (name != null) {
                return name;
            }
            Path file = pidfile == null ? null : pidfile.getFileName();
            if (file == null || file.toString().isEmpty()) {
                return "daemon";
            }
            return file.toString().replaceFirst("(?<=.)\\.pid$", "");
        }
    }
}
