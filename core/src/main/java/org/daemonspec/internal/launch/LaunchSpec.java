package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.daemonspec.internal.control.StopStep;
import org.daemonspec.internal.daemon.LogFiles;
import org.daemonspec.internal.socket.SocketSpec;
import org.daemonspec.internal.supervisor.StartMode;
import org.daemonspec.internal.supervisor.Supervision;

/**
 * What a daemon shall be, complete: every default filled in. The public specification is a front to this record.
 *
 * @param name how messages call it
 * @param mode whether a start leaves this process
 * @param pidfile as given, relative or absolute
 * @param makePidfileDirectory whether the pidfile's directory is made if it is missing
 * @param workingDirectory as given
 * @param workingDirectoryMode with which it is made if it is missing; empty if it has to be there
 * @param umask 0 to 0777
 * @param stdin where it reads from
 * @param stdout where it writes
 * @param stderr where it complains
 * @param logs how output files are made and kept
 * @param preserved descriptors of the launcher that the daemon has under the same numbers
 * @param sockets what it listens on, in order
 * @param context what else the process is
 * @param crashDirectory where a JVM that crashes leaves its traces; empty for the logs' directory
 * @param environment changes to the launcher's environment, in order
 * @param jvmOptions for the daemon JVM, after those of the launcher's own command line
 * @param launcherOptions of a launcher's JVM alone, which that of the daemon does not get
 * @param aotCache what the daemon JVM finds linked already, as given; empty for none
 * @param readyTimeout how long the launcher waits for <em>ready</em>
 * @param stopTimeout how long the daemon waits for its stop handlers
 * @param stopSchedule how the daemon is ended
 * @param usage what the usage message says of the program's own options
 */
public record LaunchSpec(
        String name,
        StartMode mode,
        Optional<Path> pidfile,
        boolean makePidfileDirectory,
        Path workingDirectory,
        OptionalInt workingDirectoryMode,
        int umask,
        StandardStream stdin,
        StandardStream stdout,
        StandardStream stderr,
        LogSpec logs,
        SortedSet<Integer> preserved,
        List<SocketSpec> sockets,
        ContextSpec context,
        Optional<Path> crashDirectory,
        List<EnvironmentChange> environment,
        List<String> jvmOptions,
        List<String> launcherOptions,
        Optional<Path> aotCache,
        Duration readyTimeout,
        Duration stopTimeout,
        List<StopStep> stopSchedule,
        String usage) {

    public LaunchSpec {
        preserved = Collections.unmodifiableSortedSet(new TreeSet<>(preserved));
        sockets = List.copyOf(sockets);
        environment = List.copyOf(environment);
        jvmOptions = List.copyOf(jvmOptions);
        launcherOptions = List.copyOf(launcherOptions);
        stopSchedule = List.copyOf(stopSchedule);
    }

    /** What launcher and daemon have to agree on: main builds the specification in both. */
    String fingerprint() {
        return name + "\n" + (pidfile.isPresent() ? pidfile.get() : "");
    }

    /** The same with no other change of the environment than the user's variables. */
    LaunchSpec inForeground(ResolvedContext resolved) {
        return withEnvironment(resolved.environment(List.of()));
    }

    /** The same with the user's variables, and every file of variables read; what is wrong with one is added to the problems. */
    LaunchSpec prepared(ResolvedContext resolved, List<String> problems) {
        return withEnvironment(EnvironmentChange.readFiles(
                resolved.environment(environment), resolved.process().identity(), problems));
    }

    /** The same for a process that no supervisor speaks to: unless it was asked for, it is not told how to speak to one. */
    LaunchSpec detached() {
        boolean speaks = mode == StartMode.DETACH
                || (System.getenv("NOTIFY_SOCKET") != null
                        && Supervision.ofThisProcess().wantsDaemon());
        List<EnvironmentChange> changes = new ArrayList<>();
        for (String variable : Supervision.VARIABLES) {
            if (!speaks || !Supervision.OF_WHOEVER_IS_READY.contains(variable)) {
                changes.add(new EnvironmentChange.Unset(variable));
            }
        }
        changes.addAll(environment);
        return withEnvironment(changes);
    }

    private LaunchSpec withEnvironment(List<EnvironmentChange> changes) {
        return new LaunchSpec(
                name,
                mode,
                pidfile,
                makePidfileDirectory,
                workingDirectory,
                workingDirectoryMode,
                umask,
                stdin,
                stdout,
                stderr,
                logs,
                preserved,
                sockets,
                context,
                crashDirectory,
                changes,
                jvmOptions,
                launcherOptions,
                aotCache,
                readyTimeout,
                stopTimeout,
                stopSchedule,
                usage);
    }

    /** The files that the daemon's output goes to, absolute. */
    public LogFiles logFiles() {
        Optional<Path> out = absolute(stdout);
        return new LogFiles(
                out,
                stderr instanceof StandardStream.SameAsStdout ? out : absolute(stderr),
                logs.mode(),
                logs.rotation());
    }

    private static Optional<Path> absolute(StandardStream stream) {
        return stream instanceof StandardStream.File file
                ? Optional.of(file.path().toAbsolutePath())
                : Optional.empty();
    }
}
