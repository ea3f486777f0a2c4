package org.daemonspec;

import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daemonspec.internal.command.CommandFace;
import org.daemonspec.internal.daemon.Failure;
import org.daemonspec.internal.daemon.Foreground;
import org.daemonspec.internal.generate.FileKind;
import org.daemonspec.internal.generate.ServiceFiles;
import org.daemonspec.internal.generate.UnusableException;
import org.daemonspec.internal.launch.Asker;
import org.daemonspec.internal.launch.Attendant;
import org.daemonspec.internal.launch.ContextSpec;
import org.daemonspec.internal.launch.EnvironmentChange;
import org.daemonspec.internal.launch.Launch;
import org.daemonspec.internal.launch.LaunchSpec;
import org.daemonspec.internal.launch.Listening;
import org.daemonspec.internal.launch.LogSpec;
import org.daemonspec.internal.launch.Plan;
import org.daemonspec.internal.launch.PreparedProgram;
import org.daemonspec.internal.launch.Program;
import org.daemonspec.internal.launch.Rehearsal;
import org.daemonspec.internal.launch.RestartResult;
import org.daemonspec.internal.launch.StandardStream;
import org.daemonspec.internal.launch.StartResult;
import org.daemonspec.internal.launch.Takeover;
import org.daemonspec.internal.notify.Notifier;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.RefusedContextException;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.socket.RefusedSocketException;
import org.daemonspec.internal.socket.SocketSpec;
import org.daemonspec.internal.supervisor.StartMode;
import org.daemonspec.internal.supervisor.StartPlace;
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
 * exit code 0, or with the reason why there is no daemon. Ctrl-C in the meantime ends what is being started. When the launcher dies
 * with its terminal, or is killed, the start goes on without it.
 *
 * <p>The daemon is what daemon(7) and POSIX ask for: in a session of its own that it does not lead, so without a controlling
 * terminal for ever; child of init or the nearest subreaper; in the given directory, with the given umask and standard
 * streams; with no other descriptor unless it is {@linkplain Builder#preserve preserved}, no blocked signal and no ignored signal inherited from whoever started it.
 *
 * <p>With a {@linkplain Builder#pidfile pidfile} there is one instance at most, whatever races: the file is locked before
 * anything is started and until the daemon has ended.
 *
 * <h2>Below a supervisor</h2>
 *
 * <p>A service manager, a container or an inetd takes the process that it starts for the service, so {@code detach} does not leave it
 * then: it does what {@link #run} does, and a line on stderr says who it was that was found. So the same {@code main} is a daemon at
 * the prompt, a {@code Type=notify} service of systemd, the only process of a container, and a service of s6, runit, daemontools, supervisord,
 * OpenRC's supervise-daemon, dinit or launchd. {@link #plan()} says beforehand which, and why; {@link Builder#mode} has the last word. As
 * process 1, it also reaps orphans.
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
    private final StopSchedule stopSchedule;

    private DaemonSpec(LaunchSpec spec, StopSchedule stopSchedule) {
        this.spec = spec;
        this.stopSchedule = stopSchedule;
    }

    /**
     * A builder with every default in place. Building also begins what takes time in every start, on a thread of its own: in a daemon, at the
     * first call of this method, the takeover of what it inherited; in a launcher that has native access and no instance to find, the
     * first native call.
     *
     * @return the builder
     */
    public static Builder builder() {
        Takeover.prepare();
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
     * Makes this program a daemon that is ready when the task is about to run, or {@linkplain #run runs the task here} if a supervisor
     * looks after this process, see {@link Builder#mode}. Does not return, neither in the launcher nor
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
        if (staysHere()) {
            run(task);
        } else {
            Leave.prepare();
            try {
                handle(startThisProgram(Asker.PROMPT, Optional.empty()));
            } catch (RuntimeException | Error e) {
                throw Leave.because(e);
            }
            Leave.with(0);
        }
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
     * return in the daemon. {@link Builder#mode} does not apply: it always makes a daemon. One task per program: a JVM that was made for a task runs {@code main} up to the first call, so a
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
        return handle(startThisProgram(Asker.PROGRAM, Optional.empty()));
    }

    /**
     * As {@link #launch(DaemonTask)}, with somebody at the other end of the daemon's standard streams while it starts: those that
     * the specification leaves at {@code /dev/null} are pipes to this program until the daemon is ready. So a secret gets to the
     * daemon that neither its arguments nor its environment show, and its first output can be read as it comes:
     *
     * {@snippet :
     * DaemonHandle daemon = spec.launch(context -> {
     *     char[] password = readLine(System.in);
     *     connect(password);
     *     context.ready();
     *     serve();
     * }, pipes -> {
     *     try (OutputStream stdin = pipes.stdin()) {
     *         stdin.write(password);
     *     }
     *     pipes.stdout().transferTo(System.out); // until it is ready
     * });
     * }
     *
     * <p>Returns when the daemon is ready and the attendant has returned. If the attendant throws, or has not returned within
     * {@link Builder#readyTimeout}, the daemon is ended and the start has failed; an attendant that is still at work then is
     * interrupted, and its streams are closed. What goes through a pipe is the attendant's, so the message of a failed start does
     * not repeat it. A child that the daemon starts before it is ready with these streams keeps the pipes open beyond that.
     *
     * @param task runs in the daemon
     * @param attendant runs in the launcher on a thread of its own, as soon as the daemon's process exists
     * @return the daemon, in the launcher
     * @throws DaemonException as {@link #launch(DaemonTask)}
     * @throws IllegalStateException if this process is a daemon that runs its task already
     * @throws UnsupportedOperationException on another platform, or if native access is denied
     */
    public DaemonHandle launch(DaemonTask task, DaemonPipes.Attendant attendant) {
        Objects.requireNonNull(attendant, "attendant");
        runIfDaemon(task);
        Attendant atPipes = pipes -> attendant.attend(new DaemonPipes(pipes));
        return handle(startThisProgram(Asker.PROGRAM, Optional.of(atPipes)));
    }

    private StartResult startThisProgram(Asker asker, Optional<Attendant> attendant) {
        Optional<StartResult.AlreadyRunning> running = Launch.plainlyRunning(spec);
        return running.isPresent()
                ? running.get()
                : Launch.ofThisProgram(spec, asker, attendant).start();
    }

    /**
     * Makes any program a daemon, without a second JVM. It is ready when its execve(2) has succeeded. The pidfile stays
     * locked for as long as the program lives: it is the program's descriptor 3, or the next that is not {@linkplain
     * Builder#preserve preserved}. It is not removed at the end, since the
     * program knows nothing of it; a file whose lock is free means <em>not running</em>.
     * {@linkplain Builder#jvmOptions JVM options} and {@link Builder#readyTimeout} do not apply. A process that the program leaves
     * behind at its end may have inherited the descriptor, and then keeps the lock.
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
        return handle(programLaunch(command).start());
    }

    /**
     * As {@link #launch(DaemonTask)}, but a daemon that runs is ended first, by the {@linkplain Builder#stopSchedule stop
     * schedule}; not, however, if anything speaks against the start, such as an option or a directory that does not exist. There
     * is never more than one, whatever races. What a supervisor looks after is left alone, since the supervisor would start another: have it
     * restarted there.
     *
     * @param task runs in the daemon
     * @return the new daemon, in the launcher
     * @throws InvalidDaemonSpecException if something does not fit this machine; what ran runs on
     * @throws RestartFailedException if what ran could not be ended, or the start failed after that:
     *     {@link RestartFailedException#leftNone()} tells which
     * @throws AlreadyRunningException if somebody else has started it in between
     * @throws IllegalStateException if there is no pidfile, or this process is a daemon that runs its task already
     * @throws UnsupportedOperationException on another platform, or if native access is denied
     */
    public DaemonHandle restart(DaemonTask task) {
        runIfDaemon(task);
        control();
        return handle(Launch.ofThisProgram(spec, Asker.PROGRAM).restart());
    }

    /**
     * As {@link #exec(List)}, but a program that runs is ended first, as in {@link #restart(DaemonTask)}.
     *
     * @param command the program and its arguments
     * @return the new daemon
     * @throws DaemonException as {@link #restart(DaemonTask)}
     * @throws IllegalStateException if there is no pidfile
     */
    public DaemonHandle restart(List<String> command) {
        control();
        return handle(programLaunch(command).restart());
    }

    /**
     * Runs the task in this process, in the foreground: for a terminal, a supervisor or a container. What makes sense there
     * applies as in a daemon: the pidfile, so that there is one instance and it can be controlled, umask, readiness and
     * signals, and who the process is, with its limits and priorities: if it is not all that already, it executes
     * itself once more, under the same pid. Streams, working directory, environment and JVM options are left as they are. When the terminal hangs up, it
     * ends as by SIGTERM. A start that fails before the task runs leaves with the reason on stderr and
     * {@link DaemonException#exitCode()}; a supervisor that waits for the service is told both. Does not return.
     *
     * @param task what to run
     */
    public void run(DaemonTask task) {
        runIfDaemon(task);
        Foreground host;
        try {
            host = enterAsSpecified();
        } catch (RuntimeException | Error e) {
            throw Leave.because(e, this::tellSupervisor);
        }
        host.mind(spec.logFiles());
        DaemonMain.run(host, spec, task);
    }

    /**
     * The command face of a service: does what the first word of a command line says, with the exit codes of the Linux Standard
     * Base. A {@code main} may consist of it:
     *
     * {@snippet :
     * public static void main(String[] args) {
     *     DaemonSpec.builder().pidfile(Path.of("/run/echo.pid")).main(args, context -> { ... });
     * }
     * }
     *
     * <table class="striped">
     * <caption>Commands</caption>
     * <thead><tr><th>command</th><th>does</th><th>exit codes</th></tr></thead>
     * <tbody>
     * <tr><td>{@code start [--if-needed]}</td><td>starts the daemon and waits until it is ready; below a supervisor, as
     *     {@code run}</td>
     *     <td>0; 1 if it runs already, which is fine with the option; 6 if the specification cannot work; 7 if it did not
     *     become ready</td></tr>
     * <tr><td>{@code stop}</td><td>ends it by the stop schedule, and waits until it has ended</td>
     *     <td>0, also if it did not run; 1 if it runs on; 4 if this user may not</td></tr>
     * <tr><td>{@code restart}</td><td>as {@link #restart(DaemonTask)}</td><td>those of stop and start</td></tr>
     * <tr><td>{@code try-restart}</td><td>the same, but only if it runs</td><td>0 if it does not run</td></tr>
     * <tr><td>{@code reload}</td><td>{@link DaemonControl#reload()}</td><td>0; 7 if it does not run; 4</td></tr>
     * <tr><td>{@code force-reload}</td><td>reload if the task has a {@linkplain DaemonContext#onReload handler}, otherwise
     *     try-restart</td><td>as those</td></tr>
     * <tr><td>{@code status [--json] [--inspect]}</td><td>says whether it runs; with {@code --inspect}, also how well it behaves, see
     *     {@link DaemonControl#inspect()}; with {@code --json}, as one line of JSON with {@code name}, {@code pidfile}, {@code status}
     *     ({@code running}, {@code stopped}, {@code stale} or {@code unknown}), {@code pid} if it is known, {@code since} (ISO 8601, to the second), {@code ready},
     *     the {@code reason} of {@code unknown}, and with both options {@code findings}: an array of {@code property}, {@code verdict} ({@code pass}, {@code fail} or
     *     {@code not_applicable}), {@code evidence}, and {@code advice} for what fails</td>
     *     <td>0 it runs; 1 it is dead, but its pidfile is left; 3 it does not run; 4 unknown; with {@code --inspect}, 150 if it runs
     *     and a property fails: the first code that the LSB leaves to applications</td></tr>
     * <tr><td>{@code plan}</td><td>prints {@link #plan()}</td><td>0 if nothing speaks against a start; 1 if it runs already; 6</td></tr>
     * <tr><td>{@code run}</td><td>as {@link #run(DaemonTask)}</td><td>the task's</td></tr>
     * <tr><td>{@code train}</td><td>makes the {@linkplain Builder#aotCache cache}: by a start, a stop, and a second start in which the
     *     task runs in a JVM that is recorded, up to the end of its {@linkplain DaemonContext#onTraining training handlers}. As that JVM stays what
     *     this process is, the task is left out if the specification wants another one: another {@linkplain Builder#user user}, other rights,
     *     limits or priorities than this process has</td>
     *     <td>0; 1 if it runs; 6 if it cannot be trained; 7 if it failed</td></tr>
     * <tr><td>{@code generate [FILE]}</td><td>prints one of {@link #files()}: {@code unit}, {@code socket}, {@code tmpfiles},
     *     {@code logrotate}, {@code dockerfile}, {@code kubernetes}, {@code openrc} or {@code lsb}; without a word, lists them</td>
     *     <td>0; 6 if there is none for this specification</td></tr>
     * <tr><td>{@code --help}</td><td>explains this</td><td>0</td></tr>
     * </tbody>
     * </table>
     *
     * <p>Anything else is a usage message on stderr and exit code 2: take your own options out of {@code args} first, and describe
     * them by {@link Builder#usage}. One line on stdout for each outcome, errors on stderr; colours and a line of progress only
     * on a terminal, and the former not with NO_COLOR. Ctrl-C during a start ends what was being started. Does not return; leaves
     * without running shutdown hooks, except of a task.
     *
     * @param args the command, and its options
     * @param task runs in the daemon
     * @throws IllegalStateException if there is no pidfile
     */
    public void main(String[] args, DaemonTask task) {
        runIfDaemon(task);
        control();
        CommandFace face = new CommandFace(spec, CommandFace.Kind.TASK, new CommandFace.Service() {
            @Override
            public Launch launch(Asker asker) {
                return Launch.ofThisProgram(spec, asker);
            }

            @Override
            public boolean staysHere() {
                return DaemonSpec.this.staysHere();
            }

            @Override
            public void run() {
                DaemonSpec.this.run(task);
            }

            @Override
            public Plan plan() {
                return planOfTask();
            }

            @Override
            public void rehearse() {
                DaemonTask part = Rehearsal.isAnother(spec) ? DaemonContext::ready : task;
                DaemonMain.run(Rehearsal.of(spec), spec, part);
            }
        });
        obey(face, args);
    }

    /**
     * The same for any program: {@code start} is {@link #exec(List)}, {@code run} becomes the program by execve(2), and
     * {@code reload} is not implemented (exit code 3), since nobody knows what it does on SIGHUP.
     *
     * @param args the command, and its options
     * @param command the program and its arguments
     * @throws IllegalStateException if there is no pidfile
     */
    public void main(String[] args, List<String> command) {
        control();
        CommandFace face = new CommandFace(spec, CommandFace.Kind.PROGRAM, new CommandFace.Service() {
            @Override
            public Launch launch(Asker asker) {
                return programLaunch(command, asker);
            }

            @Override
            public boolean staysHere() {
                return DaemonSpec.this.staysHere();
            }

            @Override
            public void run() {
                try {
                    become(command);
                } catch (RuntimeException | Error e) {
                    throw Leave.because(e, DaemonSpec.this::tellSupervisor);
                }
            }

            @Override
            public Plan plan() {
                return planOfProgram(command);
            }

            @Override
            public void rehearse() {
                throw new UnsupportedOperationException("another program has no use for a cache of this JVM");
            }
        });
        obey(face, args);
    }

    /**
     * What {@link #detach(DaemonTask)} and its like would do on this machine now, in order, and what of it would fail: a user or
     * a directory that does not exist, a log that cannot be written, rights that are missing, an instance that runs already.
     * Does nothing: looks at files, at {@code /proc} and at the user database, and has a port for a moment, without listening, to
     * see whether it is free. What only the execution would show, such as
     * a class path that the daemon's user may not read, is not foreseen.
     *
     * {@snippet :
     * System.out.print(spec.plan());
     * }
     *
     * @return the plan, whose {@code toString} is for people
     * @throws UnsupportedOperationException on another platform, or if native access is denied
     */
    public DaemonPlan plan() {
        return DaemonPlan.of(planOfTask());
    }

    /**
     * The same for {@link #exec(List)}.
     *
     * @param command the program and its arguments
     * @return the plan
     * @throws InvalidDaemonSpecException if the command is none
     * @throws UnsupportedOperationException on another platform, or if native access is denied
     */
    public DaemonPlan plan(List<String> command) {
        return DaemonPlan.of(programLaunch(command).plan());
    }

    /**
     * A systemd service unit that runs this program as specified, see systemd.service(5): {@code Type=notify}, hardened as far as a
     * JVM allows, with the reason beside each line that is not obvious. To be read and changed.
     *
     * <p>Its command line is this process's, with paths made absolute, the {@linkplain Builder#jvmOptions JVM options}, and the
     * program's own arguments as they are: for a program that {@linkplain #detach detaches}. One that has the {@linkplain #main
     * command face} prints its unit, with the verb {@code run}, by {@code generate unit}.
     *
     * @return its content
     * @throws InvalidDaemonSpecException if the command line cannot be repeated, or a path cannot be written to such a file
     */
    public String unit() {
        return generate().of(FileKind.UNIT).getFirst().content();
    }

    /**
     * All files for supervisors and distributions that make sense for this specification, made as {@link #unit()}:
     *
     * <ul>
     *   <li>{@code NAME.service}, and {@code NAME.socket} for the sockets it {@linkplain Builder#listen listens} on, one for each
     *       name: systemd
     *   <li>{@code NAME.tmpfiles}: directories and files that are to be there at boot, see tmpfiles.d(5)
     *   <li>{@code NAME.logrotate}: if logs are files that it does not {@linkplain Builder#rotateLogs rotate} itself
     *   <li>{@code Dockerfile} and {@code NAME.yaml}: a container image, and a Kubernetes manifest for it
     *   <li>{@code NAME.openrc} and {@code NAME.init}: scripts for OpenRC and LSB, only by the command face's {@code generate},
     *       since they need its verbs
     * </ul>
     *
     * @return at least the service unit
     * @throws InvalidDaemonSpecException as {@link #unit()}
     */
    public List<DaemonFile> files() {
        return generate().all().stream().map(DaemonFile::of).toList();
    }

    private ServiceFiles generate() {
        try {
            return ServiceFiles.of(spec, Optional.empty(), true);
        } catch (UnusableException e) {
            throw new InvalidDaemonSpecException(spec.name(), e.problems());
        }
    }

    /**
     * Control over the daemon of this specification, by its pidfile and its stop schedule.
     *
     * @return the control
     * @throws IllegalStateException if there is no pidfile
     */
    public DaemonControl control() {
        if (spec.pidfile().isEmpty()) {
            throw new IllegalStateException(
                    spec.name() + ": without a pidfile it cannot be controlled; give the specification one.");
        }
        return new DaemonControl(spec.pidfile().get(), stopSchedule);
    }

    private static void obey(CommandFace face, String... args) {
        Leave.prepare();
        int exitCode;
        try {
            exitCode = face.obey(args);
        } catch (RuntimeException | Error e) {
            throw Leave.because(e);
        }
        Leave.with(exitCode);
    }

    private void runIfDaemon(DaemonTask task) {
        Objects.requireNonNull(task, "task");
        Optional<Takeover> takeover = Takeover.ofThisProcess();
        if (takeover.isPresent()) {
            takeover.get().claim();
            DaemonMain.run(takeover.get(), spec, task);
        }
    }

    /** A JVM that has executed itself in this process has stayed already. */
    private boolean staysHere() {
        if (Foreground.isContinuation()) {
            return true;
        }
        StartPlace place = StartPlace.of(spec.mode());
        if (place.explanation().isPresent()) {
            System.err.println(spec.name() + ": " + place.explanation().get());
        }
        return place.isForeground();
    }

    private Plan planOfTask() {
        StartPlace place = StartPlace.of(spec.mode());
        return (place.isForeground()
                        ? Launch.planInForeground(spec)
                        : Launch.ofThisProgram(spec, Asker.PROGRAM).plan())
                .after(describe(place));
    }

    private Plan planOfProgram(List<String> command) {
        StartPlace place = StartPlace.of(spec.mode());
        Launch launch = programLaunch(command);
        return (place.isForeground() ? Launch.planInForeground(spec, command) : launch.plan()).after(describe(place));
    }

    private static String describe(StartPlace place) {
        return (place.isForeground() ? "stay in the foreground: " : "leave the foreground: ") + place.reason();
    }

    private Launch programLaunch(List<String> command) {
        return programLaunch(command, Asker.PROGRAM);
    }

    private Launch programLaunch(List<String> command, Asker asker) {
        List<String> problems = SpecProblems.ofCommand(command);
        if (!problems.isEmpty()) {
            throw new InvalidDaemonSpecException(spec.name(), problems);
        }
        return Launch.ofProgram(spec, command, asker);
    }

    private Foreground enter() {
        try {
            return switch (Foreground.enter(spec.name(), spec.pidfile(), spec.makePidfileDirectory(), spec.umask())) {
                case Foreground.Entry.Entered(Foreground host) -> host;
                case Foreground.Entry.AlreadyRunning(OptionalLong pid, Path pidfile) ->
                    throw new AlreadyRunningException(spec.name(), pidfile, pid);
            };
        } catch (PidfileException | SystemCallException e) {
            throw new InvalidDaemonSpecException(spec.name(), String.valueOf(e.getMessage()), e);
        }
    }

    /** A start that failed has no task that would say so: who waits for the service to be ready need not wait any longer. */
    private void tellSupervisor(Throwable failure, String reason, int exitCode) {
        new Notifier(spec.name(), Optional.empty(), false)
                .failed(reason, Failure.of(failure).errno(), exitCode);
    }

    /** Executes this very program again, in this process, if the process is to be somebody else. */
    private Foreground enterAsSpecified() {
        if (Foreground.isContinuation()) {
            Launch.whyNotItself(spec).ifPresent(reason -> {
                throw new StartFailedException(spec.name() + ": start failed: " + reason);
            });
            Foreground host = enter();
            host.keep(spec.preserved());
            listen(host, ProcessContext.INHERITED);
            return host;
        }
        // Who it shall be is looked up once: a user database that fails the next time must not make it stay who it is.
        String yetToBeKnown = Foreground.continuation("?");
        List<String> problems = new ArrayList<>();
        Optional<PreparedProgram> other = Launch.ofThisProcess(spec, yetToBeKnown, problems);
        if (!problems.isEmpty()) {
            throw new InvalidDaemonSpecException(spec.name(), problems);
        }
        Foreground host = enter();
        listen(host, other.map(PreparedProgram::context).orElse(ProcessContext.INHERITED));
        other.ifPresent(itself -> become(host, itself.replacing(yetToBeKnown, host.continuation())));
        return host;
    }

    private void listen(Foreground host, ProcessContext context) {
        try {
            host.listen(spec.sockets(), (posix, sockets) -> Listening.open(posix, sockets, context));
        } catch (RefusedSocketException e) {
            throw new StartFailedException(spec.name() + ": start failed: " + e.getMessage(), e);
        } catch (RefusedContextException | SystemCallException e) {
            throw new StartFailedException(spec.name() + ": start failed: " + e.getMessage() + adviceOn(e), e);
        }
    }

    private void become(List<String> command) {
        List<String> problems = SpecProblems.ofCommand(command);
        if (!problems.isEmpty()) {
            throw new InvalidDaemonSpecException(spec.name(), problems);
        }
        PreparedProgram prepared = PreparedProgram.find(spec, command, problems);
        if (!problems.isEmpty()) {
            throw new InvalidDaemonSpecException(spec.name(), problems);
        }
        Foreground host = enter();
        host.markReady(); // nobody can ask another program
        become(host, prepared);
    }

    /** Does not return. */
    private void become(Foreground host, PreparedProgram prepared) {
        Program program = prepared.program().orElseThrow();
        RuntimeException failure = host.execute(
                program.path(),
                program.arguments(),
                program.environment(),
                prepared.context(),
                spec.context().root(),
                spec.preserved());
        throw new StartFailedException(
                spec.name() + ": start failed: " + failure.getMessage() + adviceOn(failure), failure);
    }

    private static String adviceOn(RuntimeException failure) {
        return failure instanceof SystemCallException call ? call.advice() : ".";
    }

    private static DaemonTask readyAtOnce(Runnable task) {
        return new ReadyAtOnce(Objects.requireNonNull(task, "task"));
    }

    private record ReadyAtOnce(Runnable task) implements DaemonTask {

        @Override
        public void run(DaemonContext context) {
            context.ready();
            task.run();
        }
    }

    private DaemonHandle handle(StartResult result) {
        String name = spec.name();
        if (result instanceof StartResult.Started started) {
            for (String notice : started.notices()) {
                System.err.println(name + ": " + notice);
            }
            return new DaemonHandle(started.process());
        }
        if (result instanceof StartResult.AlreadyRunning running) {
            throw new AlreadyRunningException(name, running.pidfile(), running.pid());
        }
        if (result instanceof StartResult.Refused refused) {
            throw new InvalidDaemonSpecException(name, refused.problems());
        }
        StartResult.Failed failed = (StartResult.Failed) result;
        throw failed.cause()
                .map(cause -> new StartFailedException(failed.sentence(name), cause))
                .orElseGet(() -> new StartFailedException(failed.sentence(name)));
    }

    private DaemonHandle handle(RestartResult result) {
        String name = spec.name();
        return switch (result) {
            case RestartResult.Refused(List<String> problems) -> throw new InvalidDaemonSpecException(name, problems);
            case RestartResult.NotRunning() -> throw new IllegalStateException("a restart starts what does not run");
            case RestartResult.NotStopped not -> throw RestartFailedException.notStopped(name, not.reason());
            case RestartResult.Started started -> {
                try {
                    yield handle(started.start());
                } catch (InvalidDaemonSpecException | StartFailedException e) {
                    throw RestartFailedException.notStarted(
                            name, started.predecessor().isPresent(), control().status(), e);
                }
            }
        };
    }

    /**
     * Collects what a daemon shall be; every value has a default. Values are checked together by {@link #build()}, which names
     * all that is wrong. The calls that start a daemon exist here too, and build first. Not thread-safe.
     */
    public static final class Builder {

        private static final int PRIORITY_ERR = 3;
        private static final int PRIORITY_INFO = 6;

        private @Nullable String name;
        private DaemonMode mode = DaemonMode.AUTO;
        private @Nullable Path pidfile;
        private boolean createPidfileDirectory;
        private Path workingDirectory = Path.of("/");
        private int umask = 022;
        private StandardStream stdin = new StandardStream.Null();
        private StandardStream stdout = new StandardStream.Null();
        private StandardStream stderr = new StandardStream.Null();
        private final List<EnvironmentChange> environment = new ArrayList<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private final List<String> launcherOptions = new ArrayList<>();
        private @Nullable Path aotCache;
        private Duration readyTimeout = Duration.ofSeconds(60);
        private Duration stopTimeout = Duration.ofSeconds(8);
        private StopSchedule stopSchedule = StopSchedule.standard();
        private String usage = "";
        private OptionalInt workingDirectoryMode = OptionalInt.empty();
        private LogSpec logs = LogSpec.standard();
        private final NavigableSet<Integer> preserved = new TreeSet<>();
        private final List<SocketSpec> sockets = new ArrayList<>();
        private @Nullable Path crashDirectory;
        private @Nullable String user;
        private @Nullable String group;
        private @Nullable List<String> supplementaryGroups;
        private boolean noNewPrivileges;
        private @Nullable List<String> keptCapabilities;
        /** No EnumMap, which asks for the constants by reflection: 3 ms in a fresh JVM. */
        private final Map<ResourceLimit, ProcessContext.Limit> limits = new TreeMap<>();

        private OptionalInt nice = OptionalInt.empty();
        private @Nullable IoPriority ioPriority;
        private @Nullable Scheduling scheduling;
        private @Nullable SortedSet<Integer> cpus;
        private OptionalInt oomScoreAdjust = OptionalInt.empty();
        private @Nullable Boolean dumpable;
        private @Nullable String processName;
        private @Nullable Path root;

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
         * Whether {@link DaemonSpec#detach(DaemonTask)}, and {@code start} on the {@linkplain DaemonSpec#main(String[], DaemonTask)
         * command face}, leave this process. Default: {@link DaemonMode#AUTO}, which looks at NOTIFY_SOCKET, SYSTEMD_EXEC_PID and
         * INVOCATION_ID (systemd.exec(5)) and the {@code Type=} of the unit, at whether this is process 1 of a container or a child of its init, at the
         * names of the processes above, and at whether stdin is a socket of inetd(8).
         *
         * @param mode when to make a daemon
         * @return this builder
         */
        public Builder mode(DaemonMode mode) {
            this.mode = Objects.requireNonNull(mode, "mode");
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
            // Where there is a pidfile, an instance may run, and that can be seen without a native call.
            if (Files.notExists(pidfile, LinkOption.NOFOLLOW_LINKS)) {
                Takeover.prepareLauncher();
            }
            return this;
        }

        /**
         * Has the pidfile's directory made if it is missing, and those above it, with mode 0755 whatever the umask: {@code /run}
         * is empty after a boot. A start that fails takes away what it made, as far as nobody else uses it. Default: a missing directory is an error.
         *
         * @return this builder
         */
        public Builder createPidfileDirectory() {
            this.createPidfileDirectory = true;
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
         * Has the {@link #workingDirectory} made if it is missing, see mkdir(2), with exactly this mode whatever the umask, and what
         * is missing above it with mode 0755. A directory that exists is left as it is. A start that fails takes away what it
         * made, as far as it is empty. Not for {@link DaemonSpec#run}, which stays in its directory. Default: a missing directory is
         * an error.
         *
         * @param mode 0100 to 07775, in Java an octal literal such as {@code 0750}; its owner may enter it, and not everybody write
         * @return this builder
         */
        public Builder createWorkingDirectory(int mode) {
            this.workingDirectoryMode = OptionalInt.of(mode);
            return this;
        }

        /**
         * Has the daemon listen on a TCP or UNIX stream socket, as {@link #listen(ListenSocket)} with every default.
         *
         * @param address an {@link java.net.InetSocketAddress} or a {@link java.net.UnixDomainSocketAddress}
         * @return this builder
         */
        public Builder listen(SocketAddress address) {
            return listen(ListenSocket.at(address));
        }

        /**
         * Has the daemon listen on a socket, which is opened before it starts: with the rights of whoever starts it, so that root
         * can give port 80 to a daemon of another user, and so that a port that is taken is an error before anything runs. Calls add up.
         * Default: none.
         *
         * @param socket address, name, and who may connect
         * @return this builder
         */
        public Builder listen(ListenSocket socket) {
            sockets.add(Objects.requireNonNull(socket, "socket").spec());
            return this;
        }

        /**
         * Hands over descriptors that are open in the launcher: the daemon has them under the same numbers, and every other one is
         * closed. So a shell can give it a file that only the shell may read:
         *
         * <pre>{@code exec 3< /root/secret; java -jar app.jar start}</pre>
         *
         * {@snippet :
         * DaemonSpec.builder().preserve(3).detach(context -> {
         *     byte[] secret = Files.readAllBytes(Path.of("/proc/self/fd/3")); // see proc(5); for files, FIFOs and pipes
         *     ...
         * });
         * }
         *
         * <p>Opening {@code /proc/self/fd/N} opens the file anew, so the daemon's user has to be one who may; native code uses the
         * descriptor itself. Children of a task do not inherit it; a program that is {@linkplain DaemonSpec#exec executed} has it
         * as any other. Descriptors that the JDK opens have numbers that it does not tell, so this is for those that the launcher
         * inherited. One that is not open (EBADF) is an error, before anything is started. Calls add up. Default: none.
         *
         * @param descriptors 3 or more, below RLIMIT_NOFILE; for 0 to 2 there are {@link #stdin}, {@link #stdout} and
         *     {@link #stderr}
         * @return this builder
         */
        public Builder preserve(int... descriptors) {
            for (int descriptor : descriptors) {
                preserved.add(descriptor);
            }
            return this;
        }

        /**
         * Where a daemon's JVM leaves its traces when it crashes: {@code hs_err_NAME_PID.log}, and heap dumps
         * ({@code -XX:+HeapDumpOnOutOfMemoryError}). An {@code -XX:ErrorFile} or {@code -XX:HeapDumpPath} among the daemon's JVM
         * options wins. Core dumps are where the kernel puts them, see core(5), by default in the {@link #workingDirectory}. Only
         * for tasks. Default: the directory of stderr's file, or else of stdout's, or else the working directory unless that is {@code /}, the first that
         * the daemon's user may write; if there is none, the JVM's own choice, which is {@code /tmp}.
         *
         * @param directory exists; a relative path is relative to the launcher's working directory
         * @return this builder
         */
        public Builder crashDirectory(Path directory) {
            this.crashDirectory = Objects.requireNonNull(directory, "directory");
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
         * The file that stdout is appended to (O_APPEND, see open(2)), made with {@link #logMode} if it does not exist; a
         * symbolic link that leads nowhere is an error. When it has been renamed, as logrotate(8) does, SIGHUP or {@link
         * DaemonContext#reopenLogs()} has it opened anew. Default: {@code /dev/null}.
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
         * The mode of a log that is made, at the start and when it is opened anew, whatever the umask; see chmod(2). A file that
         * is there keeps its own. Default: 0640.
         *
         * @param mode 0200 to 0664, writable for its owner and not for others, in Java an octal literal such as {@code 0600}
         * @return this builder
         */
        public Builder logMode(int mode) {
            this.logs = logs.withMode(mode);
            return this;
        }

        /**
         * Has the daemon rotate its own logs, for machines without logrotate(8): when a file has reached the size, {@code log}
         * becomes {@code log.1}, that becomes {@code log.2} and so on, the last one goes, and a new {@code log} is made. The
         * daemon looks at the size when it starts and then each second, so a file may be larger by what is written in between;
         * output of native code counts and follows too. No line is lost, and none that is printed by one call is split.
         *
         * <p>The daemon's user has to be allowed to write in the log's directory; what keeps it from renaming is said on stderr,
         * once, and the file grows on. Symbolic links are not followed. Only for tasks in a daemon: a program that {@link #exec}
         * makes a daemon cannot open its log anew; for that use logrotate(8) with {@code copytruncate}. {@link DaemonSpec#run}
         * leaves the streams alone. Default: a log grows, or somebody else rotates it.
         *
         * @param bytes at least 1
         * @param keep how many older files there are at most, 1 to 1000
         * @return this builder
         */
        public Builder rotateLogs(long bytes, int keep) {
            this.logs = logs.rotated(bytes, keep);
            return this;
        }

        /**
         * As {@link #syslog(String)} with the facility {@code daemon}.
         *
         * @return this builder
         */
        public Builder syslog() {
            return syslog("daemon");
        }

        /**
         * Sends stdout and stderr to syslog, each line a message with the daemon's name as its tag and the daemon's pid: of stdout
         * with priority {@code info}, of stderr with {@code err}. A line that begins with {@code <N>}, see sd-daemon(3), chooses its
         * own. Lines of more than 8 KiB are several messages. {@link #stderrToStdout()} after this gives both priority
         * {@code info}; {@link #stdout} or {@link #stderr} after this sends one of them to a file.
         *
         * <p>The lines go through a pipe to stdbuf(1), sed(1) and logger(1), daemons of their own, a pair for each of the two
         * priorities, which end when the daemon and all its children that write there have ended, and keep nobody from ending. They
         * need {@code /dev/log}. Who writes waits if the syslog daemon does not keep up; if the helpers are killed, a task goes on
         * without a log, and a program may be ended by SIGPIPE. What the daemon says before it is ready is sent when it is ready, or
         * has failed. SIGHUP changes nothing about it. Default: no syslog.
         *
         * @param facility as in syslog(3), in small letters: {@code daemon}, {@code user}, {@code local0} and so on
         * @return this builder
         */
        public Builder syslog(String facility) {
            Objects.requireNonNull(facility, "facility");
            this.stdout = new StandardStream.Syslog(facility, PRIORITY_INFO);
            this.stderr = new StandardStream.Syslog(facility, PRIORITY_ERR);
            return this;
        }

        /**
         * Sends stdout and stderr to the systemd journal, each line an entry with the daemon's name as its identifier, see
         * sd_journal_stream_fd(3); priorities are as with {@link #syslog(String)}. There is no process in between: the two streams
         * are sockets that systemd-journald(8) reads, so opening {@code /dev/stdout} by name fails with ENXIO. Who writes waits if
         * the journal does not keep up. Needs {@code /run/systemd/journal/stdout}. SIGHUP changes nothing about it. Default: no
         * journal.
         *
         * @return this builder
         */
        public Builder journal() {
            this.stdout = new StandardStream.Journal(PRIORITY_INFO);
            this.stderr = new StandardStream.Journal(PRIORITY_ERR);
            return this;
        }

        /**
         * Who the daemon is: real, effective, saved and file system user, for every thread, see credentials(7). Comes into force in
         * the new process before its first instruction, and is read back from there; a daemon that would be anybody else is not
         * started.
         *
         * <ul>
         *   <li>The {@linkplain #group group} and the {@linkplain #supplementaryGroups supplementary groups} are the user's own unless
         *       given.
         *   <li>Another user than the launcher's has no capability: the bounding set and the inheritable and ambient sets are
         *       emptied, unless {@linkplain #keepCapabilities kept}. A launcher without CAP_SETPCAP, as in some containers, sets
         *       {@link #noNewPrivileges} instead of emptying the bounding set, which takes the last use from it.
         *   <li>HOME, USER, LOGNAME and SHELL are the user's, as login(1) sets them, unless {@linkplain #environment set}.
         *   <li>Pidfile, logs and stdin are opened before, with the launcher's rights; a log or a {@linkplain #createWorkingDirectory
         *       working directory} that is made belongs to the user. What the user could put in the way is not opened for him: a file
         *       that is not his, in a directory that he may change.
         * </ul>
         *
         * <p>Needs root, or CAP_SETUID, CAP_SETGID, CAP_SETPCAP, CAP_KILL and CAP_CHOWN, unless it is the launcher's own user. Default:
         * the launcher's.
         *
         * @param user a name or a number of the user database, see passwd(5) and nsswitch.conf(5); a number that is not in
         *     it needs {@link #group}
         * @return this builder
         */
        public Builder user(String user) {
            this.user = Objects.requireNonNull(user, "user");
            return this;
        }

        /**
         * Which group the daemon is in: real, effective, saved and file system group. Capabilities do not depend on it. Default: the {@linkplain #user user}'s own;
         * without user, the launcher's.
         *
         * @param group a name or a number, see group(5)
         * @return this builder
         */
        public Builder group(String group) {
            this.group = Objects.requireNonNull(group, "group");
            return this;
        }

        /**
         * In which groups the daemon is beside its {@linkplain #group group}, see setgroups(2). Default: all those that the
         * {@linkplain #user user} is in, as initgroups(3); without user, but with group, none.
         *
         * @param groups names or numbers; none of them means no groups
         * @return this builder
         */
        public Builder supplementaryGroups(String... groups) {
            this.supplementaryGroups = List.of(groups);
            return this;
        }

        /**
         * Makes set-user-ID programs and file capabilities ineffective for the daemon and all that it starts, see
         * PR_SET_NO_NEW_PRIVS in prctl(2). Default: as the launcher.
         *
         * @return this builder
         */
        public Builder noNewPrivileges() {
            this.noNewPrivileges = true;
            return this;
        }

        /**
         * Leaves the daemon these of the launcher's capabilities, see capabilities(7), and takes all others away, from the
         * bounding set too, so that no program it starts can get one of them. Another {@linkplain #user user} has them in its
         * ambient set, so that they outlive execve(2), and hands them on to its children. Default: with {@link #user} none,
         * otherwise the launcher's.
         *
         * @param names such as {@code net_bind_service} or {@code CAP_NET_BIND_SERVICE}
         * @return this builder
         */
        public Builder keepCapabilities(String... names) {
            this.keptCapabilities = List.of(names);
            return this;
        }

        /**
         * Sets a resource limit, soft and hard, see setrlimit(2). Default: as the launcher; note that a JVM raises its own soft
         * RLIMIT_NOFILE to the hard one.
         *
         * @param resource which
         * @param value not negative, in the resource's unit, or {@link ResourceLimit#UNLIMITED}
         * @return this builder
         */
        public Builder limit(ResourceLimit resource, long value) {
            return limit(resource, value, value);
        }

        /**
         * Sets a resource limit, see setrlimit(2). More than the hard limit in force needs root or CAP_SYS_RESOURCE.
         *
         * @param resource which
         * @param soft what holds, at most {@code hard}, or {@link ResourceLimit#UNLIMITED}
         * @param hard up to where the daemon may raise it, or {@link ResourceLimit#UNLIMITED}
         * @return this builder
         */
        public Builder limit(ResourceLimit resource, long soft, long hard) {
            limits.put(resource, new ProcessContext.Limit(resource.toString(), resource.number(), soft, hard));
            return this;
        }

        /**
         * No core dumps: RLIMIT_CORE 0.
         *
         * @return this builder
         */
        public Builder noCoreDumps() {
            return limit(ResourceLimit.CORE, 0);
        }

        /**
         * The nice value, see setpriority(2). Less than the launcher's needs root, CAP_SYS_NICE or RLIMIT_NICE. Default: the
         * launcher's.
         *
         * @param value -20, the most favourable, to 19
         * @return this builder
         */
        public Builder nice(int value) {
            this.nice = OptionalInt.of(value);
            return this;
        }

        /**
         * The I/O priority, see ioprio_set(2). Default: the launcher's.
         *
         * @param priority class and level
         * @return this builder
         */
        public Builder ioPriority(IoPriority priority) {
            this.ioPriority = Objects.requireNonNull(priority, "priority");
            return this;
        }

        /**
         * The scheduling policy, see sched_setscheduler(2). Default: the launcher's.
         *
         * @param policy policy and priority
         * @return this builder
         */
        public Builder scheduling(Scheduling policy) {
            this.scheduling = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * On which processors the daemon runs, see sched_setaffinity(2); a JVM takes their number for the machine's. Default: the
         * launcher's.
         *
         * @param cpus numbers from 0, at least one, all of which the launcher may use
         * @return this builder
         */
        public Builder cpuAffinity(int... cpus) {
            this.cpus = Arrays.stream(cpus).boxed().collect(Collectors.toCollection(TreeSet::new));
            return this;
        }

        /**
         * How gladly the kernel ends the daemon when memory runs out, see {@code /proc/PID/oom_score_adj} in proc(5). Less than the
         * launcher's needs root or CAP_SYS_RESOURCE. Default: the launcher's.
         *
         * @param value -1000, never, to 1000, first of all
         * @return this builder
         */
        public Builder oomScoreAdjust(int value) {
            this.oomScoreAdjust = OptionalInt.of(value);
            return this;
        }

        /**
         * Whether the daemon may be traced by others of its user and dump core, see PR_SET_DUMPABLE in prctl(2). If not, its
         * {@code /proc} entries belong to root, and jstack(1) and its like are for root alone. Only for tasks: execve(2) sets it anew.
         * Default: as the kernel has it, which is yes.
         *
         * @param dumpable whether
         * @return this builder
         */
        public Builder dumpable(boolean dumpable) {
            this.dumpable = dumpable;
            return this;
        }

        /**
         * What ps(1) and pgrep(1) call the process instead of {@code java}: {@code /proc/PID/comm}, see PR_SET_NAME in prctl(2). Only
         * for tasks: execve(2) sets it anew. Default: {@code java}.
         *
         * @param name 1 to 15 bytes, on one line
         * @return this builder
         */
        public Builder processName(String name) {
            this.processName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * The daemon's root directory, see chroot(2). The {@linkplain #workingDirectory working directory} and the program are
         * paths inside; pidfile, logs and stdin are opened outside. Needs root or CAP_SYS_CHROOT. Only for {@link #exec}: a JVM
         * inside would need its own JDK, libraries and {@code /proc} there. Default: the launcher's.
         *
         * @param directory exists
         * @return this builder
         */
        public Builder chroot(Path directory) {
            this.root = Objects.requireNonNull(directory, "directory");
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
         * Starts the daemon's environment anew, so that nothing is in it by accident: HOME, LANG, LANGUAGE, LC_*, LOGNAME, SHELL, TZ and
         * USER are as in the launcher, PATH is {@value EnvironmentChange#STANDARD_PATH}, and the rest is what is set after this
         * call. JVM options that came from {@code JDK_JAVA_OPTIONS} and its like stay in force.
         *
         * @return this builder
         */
        public Builder cleanEnvironment() {
            environment.add(new EnvironmentChange.Clean());
            return this;
        }

        /**
         * Sets the variables of a file, as systemd's {@code EnvironmentFile=}, see systemd.exec(5): {@code NAME=value} on each line,
         * comments with {@code #} or {@code ;}, quotes and backslashes as there; nothing is expanded. The file is read when the
         * daemon is started, by the launcher. A file that cannot be read, or a line that makes no sense, is an error.
         *
         * @param file exists and may be read; a relative path is relative to the launcher's working directory
         * @return this builder
         */
        public Builder environmentFile(Path file) {
            environment.add(new EnvironmentChange.File(Objects.requireNonNull(file, "file")));
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
            for (String option : options) {
                jvmOptions.add(Objects.requireNonNull(option, "option"));
            }
            return this;
        }

        /**
         * Options that are for the launcher's JVM alone: where one of them stands on its command line, or in a variable such as
         * {@code JDK_JAVA_OPTIONS}, the daemon's JVM is started without it. Default: none.
         *
         * <p>A JVM that starts, stops or asks after a daemon lives for tenths of a second. With {@code -Xint} it does not compile what it
         * will not run again, and with {@code -XX:+UseSerialGC} it starts fewer threads: together they take two fifths off the time and CPU
         * of a command. So a script may give every command these options:
         *
         * {@snippet :
         * // exec java -Xint -XX:+UseSerialGC -cp 'lib/*' com.example.Echo "$@"
         * DaemonSpec.builder()
         *     .pidfile(Path.of("/run/echo.pid"))
         *     .launcherOptions("-Xint", "-XX:+UseSerialGC")
         *     .main(args, context -> { ... });
         * }
         *
         * <p>With {@code -Xbootclasspath/a:} and the path of daemonspec's two jars, which stay on the class path as well, a JVM loads these classes without
         * its Java code for that, and without verifying them, which saves another quarter of a command's CPU, and makes a daemon ready some 20 ms sooner. To
         * start the daemon without it, add {@code "-Xbootclasspath/a:*"} here. It is not for a launcher with an
         * {@linkplain #aotCache AOT cache}, which would have these classes twice; a daemon with it leaves the cache aside.
         *
         * <p>Where this process would be the service itself, in the {@linkplain DaemonSpec#run foreground} or below a supervisor, it executes
         * itself once more without them, under the same pid. {@linkplain DaemonSpec#unit() Generated files} have none of them.
         *
         * @param options as they stand there, before the main class; each in one word that begins with {@code -}; with a {@code *} at its end, it
         *     stands for every option that begins so
         * @return this builder
         */
        public Builder launcherOptions(String... options) {
            return launcherOptions(Arrays.asList(options));
        }

        /**
         * As {@link #launcherOptions(String...)}.
         *
         * @param options as they stand on the launcher's command line, before the main class
         * @return this builder
         */
        public Builder launcherOptions(List<String> options) {
            for (String option : options) {
                launcherOptions.add(Objects.requireNonNull(option, "option"));
            }
            return this;
        }

        /**
         * A file with what the JVM has to load and link for a start, done before: an AOT cache as of JEP 483, JEP 514 and JEP 515, with JDK
         * 22 and 23 a dynamic CDS archive. It is made by the {@linkplain DaemonSpec#main(String[], DaemonTask) command} {@code train},
         * and one file serves the daemon and, where its command line names it ({@code -XX:AOTCache=FILE -Xlog:aot*=off,cds*=off} with JDK 25),
         * the launcher. Default: none.
         *
         * <p>If there is such a file, the daemon's JVM is told of it, unless options for another cache, or for none, were given. A cache
         * made with another JDK, another class path (its jars and those that their manifests name, with sizes and times), other module
         * options or another kind of heap is ignored without a word ({@link DaemonSpec#plan} tells), and
         * so is one that is damaged at its beginning; a JVM option of the launcher's own that is not the daemon's, such as
         * {@code --enable-native-access}, makes the launcher ignore it too. So train again after each change of these. What
         * {@code -javaagent} and {@code -Xbootclasspath/a} name is not compared, so {@code train} refuses these, and a daemon with the latter leaves
         * the cache aside. For the
         * launcher, JDK 25 looks at no jar: a script that names the cache should leave out one that is older than the jars.
         *
         * <p>A cache is code, which the launcher runs as well. One that is no regular file, or that others than root and this user could
         * have written, as the owners and modes of the file and of each directory on the way to it tell, is a
         * {@linkplain InvalidDaemonSpecException problem}: nothing is
         * started. So a launcher of root's takes no cache of the daemon's {@linkplain #user user}; a script that names the cache to the launcher
         * has to see to the same. It has mode 0600, and 0644 if the daemon is another user than this one. Only for tasks that detach: in
         * the foreground it does nothing, nor is it in {@linkplain DaemonSpec#unit() generated units}, since nobody would look
         * whether it fits the jars.
         *
         * @param file need not exist; for {@code train}, an absolute path in a directory that does
         * @return this builder
         */
        public Builder aotCache(Path file) {
            this.aotCache = Objects.requireNonNull(file, "file");
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
         * How long the daemon waits for its {@linkplain DaemonContext#onStop stop handlers}, all together, before it goes on to
         * end without them. Default: 8 s, less than the {@linkplain StopSchedule#standard() 10 s} after which it is asked less
         * kindly.
         *
         * @param timeout more than zero
         * @return this builder
         */
        public Builder stopTimeout(Duration timeout) {
            this.stopTimeout = Objects.requireNonNull(timeout, "timeout");
            return this;
        }

        /**
         * How {@link DaemonSpec#main(String[], DaemonTask)}, {@link DaemonSpec#restart(DaemonTask)} and {@link DaemonSpec#control()} end the daemon. Default:
         * {@link StopSchedule#standard()}.
         *
         * @param schedule what to send, and how long to wait
         * @return this builder
         */
        public Builder stopSchedule(StopSchedule schedule) {
            this.stopSchedule = Objects.requireNonNull(schedule, "schedule");
            return this;
        }

        /**
         * What the usage message of {@link DaemonSpec#main(String[], DaemonTask)} says of the program's own options. Default: nothing.
         *
         * @param options on one line, such as {@code [--port N]}
         * @return this builder
         */
        public Builder usage(String options) {
            this.usage = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * The specification, checked as far as that is possible without looking at the machine.
         *
         * @return an immutable specification
         * @throws InvalidDaemonSpecException with everything that is wrong
         */
        public DaemonSpec build() {
            if (pidfile == null) {
                Takeover.prepareLauncher();
            }
            LaunchSpec spec = new LaunchSpec(
                    effectiveName(),
                    startMode(),
                    Optional.ofNullable(pidfile),
                    createPidfileDirectory,
                    workingDirectory,
                    workingDirectoryMode,
                    umask,
                    stdin,
                    stdout,
                    stderr,
                    logs,
                    preserved,
                    sockets,
                    context(),
                    Optional.ofNullable(crashDirectory),
                    environment,
                    jvmOptions,
                    launcherOptions,
                    Optional.ofNullable(aotCache),
                    readyTimeout,
                    stopTimeout,
                    stopSchedule.toSteps(),
                    usage);
            List<String> problems = SpecProblems.of(spec);
            if (!problems.isEmpty()) {
                throw new InvalidDaemonSpecException(spec.name(), problems);
            }
            return new DaemonSpec(spec, stopSchedule);
        }

        /** Neither by name, which takes reflection, nor by a switch, which takes a class: this is on the way of each start. */
        private StartMode startMode() {
            if (mode == DaemonMode.AUTO) {
                return StartMode.AUTO;
            }
            return mode == DaemonMode.DETACH ? StartMode.DETACH : StartMode.FOREGROUND;
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
            buildOrLeave().detach(task);
        }

        /**
         * Builds, and then {@link DaemonSpec#main(String[], DaemonTask)}.
         *
         * @param args the command, and its options
         * @param task runs in the daemon
         */
        public void main(String[] args, DaemonTask task) {
            buildOrLeave().main(args, task);
        }

        /**
         * Builds, and then {@link DaemonSpec#main(String[], List)}.
         *
         * @param args the command, and its options
         * @param command the program and its arguments
         */
        public void main(String[] args, List<String> command) {
            buildOrLeave().main(args, command);
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
         * Builds, and then {@link DaemonSpec#launch(DaemonTask, DaemonPipes.Attendant)}.
         *
         * @param task runs in the daemon
         * @param attendant runs in the launcher
         * @return the daemon, in the launcher
         * @throws DaemonException if there is no new daemon
         */
        public DaemonHandle launch(DaemonTask task, DaemonPipes.Attendant attendant) {
            return build().launch(task, attendant);
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

        private DaemonSpec buildOrLeave() {
            try {
                return build();
            } catch (RuntimeException | Error e) {
                throw Leave.because(e);
            }
        }

        private ContextSpec context() {
            return new ContextSpec(
                    Optional.ofNullable(user),
                    Optional.ofNullable(group),
                    Optional.ofNullable(supplementaryGroups),
                    noNewPrivileges,
                    Optional.ofNullable(keptCapabilities),
                    List.copyOf(limits.values()),
                    nice,
                    ioPriority == null
                            ? Optional.empty()
                            : Optional.of(new ProcessContext.IoClass(
                                    ioPriority.toString(), ioPriority.ioClass(), ioPriority.level())),
                    scheduling == null
                            ? Optional.empty()
                            : Optional.of(new ProcessContext.Policy(
                                    scheduling.toString(), scheduling.policy(), scheduling.priority())),
                    Optional.ofNullable(cpus),
                    oomScoreAdjust,
                    Optional.ofNullable(dumpable),
                    Optional.ofNullable(processName),
                    Optional.ofNullable(root));
        }

        private String effectiveName() {
            if (name != null) {
                return name;
            }
            return pidfile == null ? "daemon" : Pidfile.programOf(pidfile);
        }
    }
}
