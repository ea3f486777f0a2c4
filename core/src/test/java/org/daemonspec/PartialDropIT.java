package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that could not be made all of what it should be executes nothing: strace(1) answers one of the calls in the
 * kernel's place, with an error, or with a success that is none.
 */
class PartialDropIT {

    @TempDir
    static Path code;

    private static String classPath = "";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path mark;
    private Path trace;

    @BeforeAll
    static void copy() throws Exception {
        Prefix.assumeRoot();
        classPath = WorldReadable.classPath(WorldReadable.directory(code));
    }

    @BeforeEach
    void name() throws Exception {
        directory = WorldReadable.directory(directory);
        pidfile = directory.resolve("probe.pid");
        mark = directory.resolve("mark");
        trace = directory.resolve("trace");
        assumeTrue(processes.run(List.of("sh", "-c", "command -v strace")).exitCode() == 0, "strace is not installed");
        assumeTrue(
                processes.run(injected("chroot:error=EPERM", List.of("true"))).exitCode() == 0,
                "strace may not trace here: ptrace(2) is not allowed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        user=nobody groups=33,34     | setgroups:error=EPERM          | setgroups [33, 34]: EPERM
        user=nobody                  | setresgid:error=EPERM          | setresgid 65534: EPERM
        user=nobody                  | setresuid:error=EAGAIN         | setresuid 65534: EAGAIN
        user=nobody                  | capset:error=EPERM             | capset none: EPERM
        user=nobody keep=chown       | capset:error=EPERM             | capset chown: EPERM
        user=nobody                  | prctl:error=EPERM:when=20      | prctl PR_CAPBSET_DROP: EPERM
        user=nobody                  | prctl:error=EINVAL:when=LAST+1 | prctl PR_CAP_AMBIENT_CLEAR_ALL: EINVAL
        user=nobody noNewPrivileges  | prctl:error=EINVAL:when=LAST+2 | prctl PR_SET_NO_NEW_PRIVS: EINVAL
        user=nobody keep=chown       | prctl:error=EPERM:when=LAST+2  | prctl PR_CAP_AMBIENT_RAISE chown: EPERM
        limit.CPU=100:200            | prlimit64:error=EPERM:when=1   | prlimit RLIMIT_CPU 100:200: EPERM
        nice=5                       | setpriority:error=EACCES       | setpriority 5: EACCES
        io=idle                      | ioprio_set:error=EPERM         | ioprio_set idle: EPERM
        scheduling=batch             | sched_setscheduler:error=EPERM | sched_setscheduler batch: EPERM
        cpus=0                       | sched_setaffinity:error=EINVAL | sched_setaffinity [0]: EINVAL
        user=nobody                  | fchdir:error=EACCES            | fchdir to the working directory /: EACCES
        """)
    void aCallThatFailsIsNamedAndTheTaskNeverRuns(String settings, String injection, String words) throws Exception {
        Finished launcher = processes.run(injected(injection, task(settings)));

        assertThat(launcher).isEqualTo(new Finished(DaemonException.EXIT_NOT_RUNNING, "", launcher.err()));
        assertThat(launcher.err())
                .startsWith("probe: start failed: " + words)
                .endsWith("; nothing was executed, ask for less or start it with more rights.\n");
        assertNothingHasHappened();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        user=nobody                  | setresuid:error=EPERM     | setresuid 65534: EPERM
        user=nobody                  | setgroups:error=EPERM     | setgroups [65534]: EPERM
        user=nobody keep=chown       | capset:error=EPERM        | capset chown: EPERM
        user=nobody                  | prctl:error=EPERM:when=20 | prctl PR_CAPBSET_DROP: EPERM
        chroot=/                     | chroot:error=EPERM        | chroot: EPERM
        chroot=/                     | fchdir:error=EACCES       | fchdir to the new root directory: EACCES
        user=nobody                  | setresuid:retval=0        | uids: [65534, 65534, 65534, 65534] was asked for
        """)
    void aProgramIsNotExecutedEither(String settings, String injection, String words) throws Exception {
        List<String> command = Launcher.mode("exec")
                .with("pidfile", pidfile)
                .with(Stream.of(settings.split(" ", -1)).toList())
                .command("touch", mark.toString());

        Finished launcher = processes.run(injected(injection, command));

        assertThat(launcher.exitCode()).isNotZero();
        assertThat(launcher.out()).isEmpty();
        assertThat(launcher.err()).contains("probe: start failed: " + words);
        assertNothingHasHappened();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        user=nobody             | setresuid:retval=0          | uids: [65534, 65534, 65534, 65534] was asked for, [0, 0, 0, 0] is in force
        user=nobody             | setresgid:retval=0          | gids: [65534, 65534, 65534, 65534] was asked for, [0, 0, 0, 0] is in force
        user=nobody groups=33   | setgroups:retval=0          | supplementary groups: [33] was asked for
        keep=chown              | capset:retval=0             | CapInh: chown was asked for, none is in force
        user=nobody             | prctl:retval=0:when=20      | CapBnd beyond what is kept: none was asked for
        user=nobody noNewPrivileges | prctl:retval=0:when=LAST+2 | no_new_privs: true was asked for, false is in force
        nice=5                  | setpriority:retval=0        | nice: 5 was asked for, 0 is in force
        scheduling=batch        | sched_setscheduler:retval=0 | scheduling policy of batch: 3 was asked for, 0 is in force
        io=idle                 | ioprio_set:retval=0         | I/O priority: idle was asked for
        """)
    void aCallThatPretendsToSucceedIsFoundOut(String settings, String injection, String words) throws Exception {
        Finished launcher = processes.run(injected(injection, task(settings)));

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err())
                .startsWith("probe: start failed: ")
                .contains(words)
                .contains("; nothing was executed");
        assertNothingHasHappened();
    }

    /** The intermediate process takes its time for the last step; until then the launcher is stopped, so that nobody lets it go. */
    @Test
    void whenTheLauncherDiesAtTheGateNothingIsExecuted() throws Exception {
        Process strace = processes
                .builder(injected("fchdir:delay_enter=4s", task("user=nobody")))
                .start();
        ProcView intermediate = awaitIntermediate();
        long launcher = intermediate.parent();
        signal("STOP", launcher);
        Processes.await("the intermediate process at the gate", () -> reads(intermediate));
        assertThat(intermediate.status("Uid")).startsWith("65534");
        assertThat(intermediate.isAlive()).isTrue();

        signal("KILL", launcher);

        Processes.await("its end", () -> !intermediate.isAlive());
        assertThat(strace.waitFor()).isNotZero();
        // By the signal that the launcher's death is, or by SIGPIPE at the next write, whichever is first.
        assertThat(Files.readString(trace))
                .containsPattern(intermediate.pid() + " +\\+\\+\\+ killed by SIG(KILL|PIPE)");
        assertThat(mark).doesNotExist();
        assertThat(processes.marked()).isEmpty();
    }

    /** Somebody whose parent is no strace and who is nobody. */
    private ProcView awaitIntermediate() throws Exception {
        List<ProcView> found = new ArrayList<>();
        Processes.await("the intermediate process", () -> {
            try {
                processes.marked().stream()
                        .filter(process -> process.status("Uid").startsWith("65534"))
                        .forEach(found::add);
            } catch (java.io.IOException | AssertionError goneMeanwhile) {
                return false;
            }
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    /** In read(2), which is 0 on x86-64 and 63 on aarch64. */
    private static boolean reads(ProcView process) {
        return process.line("syscall").matches("(0|63) .*");
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private List<String> task(String settings) {
        return Launcher.mode("detach")
                .classPath(classPath)
                .with("pidfile", pidfile)
                .with("mark", mark)
                .with(Stream.of(settings.split(" ", -1)).toList())
                .command();
    }

    /** LAST stands for the number of the call that drops the last capability from the bounding set. */
    private List<String> injected(String injection, List<String> command) throws Exception {
        String what = injection;
        int plus = injection.indexOf("LAST+");
        if (plus >= 0) {
            int drops = Integer.parseInt(processes
                            .run(List.of("cat", "/proc/sys/kernel/cap_last_cap"))
                            .out()
                            .strip())
                    + 1;
            what = injection.substring(0, plus)
                    + (drops + Integer.parseInt(injection.substring(plus + "LAST+".length())));
        }
        List<String> traced = new ArrayList<>(List.of(
                "strace",
                "-f",
                "-qq",
                "-o",
                trace.toString(),
                "-e",
                "trace=" + injection.substring(0, injection.indexOf(':')),
                "-e",
                "inject=" + what));
        traced.addAll(command);
        return traced;
    }

    private void assertNothingHasHappened() throws Exception {
        assertThat(Files.readString(trace)).contains("(INJECTED)");
        assertThat(mark).doesNotExist();
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).as("processes").isEmpty();
    }
}
