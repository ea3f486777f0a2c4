package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a plan foretells, and that it does nothing. */
class PlanIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @Test
    void namesEachStepInTheOrderOfAStart() {
        Path pidfile = directory.resolve("echo.pid");
        Path log = directory.resolve("echo.log");

        DaemonPlan plan = DaemonSpec.builder()
                .pidfile(pidfile)
                .stdout(log)
                .stderrToStdout()
                .umask(027)
                .user("nobody")
                .keepCapabilities("net_bind_service")
                .limit(ResourceLimit.NOFILE, 100, 200)
                .nice(5)
                .oomScoreAdjust(300)
                .processName("echod")
                .build()
                .plan();

        assertThat(plan.works()).as(plan.toString()).isTrue();
        assertThat(plan.steps()).allSatisfy(step -> assertThat(step.problems()).isEmpty());
        assertThat(actions(plan))
                .containsSubsequence(
                        "lock the pidfile " + pidfile + ", which is made with mode 0644",
                        "open stdin: /dev/null",
                        "open stdout: " + log + " to append to, which is made with mode 0640 for nobody",
                        "open stderr: the same as stdout",
                        "prlimit RLIMIT_NOFILE 100:200",
                        "setpriority 5",
                        "prctl PR_CAPBSET_DROP",
                        "setgroups [65534]",
                        "setresgid 65534",
                        "setresuid 65534",
                        "capset net_bind_service",
                        "prctl PR_CAP_AMBIENT_RAISE net_bind_service",
                        "write 300 to oom_score_adj",
                        "prove from /proc that the process is all that, or end it",
                        "enter the working directory /",
                        "name the process echod",
                        "write its pid to " + pidfile,
                        "wait until it is ready, at most 60 s");
        assertThat(actions(plan)).anySatisfy(action -> assertThat(action).contains("with umask 027"));
        assertThat(actions(plan))
                .anySatisfy(action -> assertThat(action).matches("execute /.*/java .* with \\d+ variables"));
        assertThat(plan.toString()).endsWith("echo: a start would do this; nothing was done.\n");
    }

    @Test
    void putsEachProblemUnderTheStepThatWouldFail() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        DaemonPlan plan = DaemonSpec.builder()
                .pidfile(directory.resolve("missing/echo.pid"))
                .stdin(directory.resolve("none"))
                .stdout(directory)
                .stderr(file.resolve("log"))
                .workingDirectory(directory.resolve("nowhere"))
                .user("no-such-user")
                .group("no-such-group")
                .limit(ResourceLimit.NOFILE, 1L << 40)
                .environmentFile(directory.resolve("no.env"))
                .build()
                .plan();

        assertThat(plan.works()).isFalse();
        assertProblem(plan, "lock the pidfile", "pidfile .*missing/echo.pid: ENOENT .*");
        assertProblem(plan, "open stdin", "stdin .*none: ENOENT .*");
        assertProblem(plan, "open stdout", "stdout .*: EISDIR .*");
        assertProblem(plan, "open stderr", "stderr .*log: ENOTDIR .*");
        assertProblem(plan, "enter the working directory", "workingDirectory .*nowhere: ENOENT .*");
        assertProblem(
                plan, "prlimit RLIMIT_NOFILE", "limit RLIMIT_NOFILE 1099511627776:1099511627776: EPERM .* in force.*");
        assertProblem(plan, "execute ", "environmentFile .*no.env: ENOENT .*");
        assertProblem(plan, "check the specification", "user no-such-user: no such user; .*");
        assertProblem(plan, "check the specification", "group no-such-group: no such group; .*");
        assertThat(plan.toString())
                .contains("     FAILS: user no-such-user: no such user; create it")
                .contains("echo: a start would be refused for ")
                .endsWith(" problems; nothing was done.\n");
    }

    @Test
    void ofAnotherProgramSaysWhatWouldBeExecuted() {
        DaemonSpec spec = DaemonSpec.builder().name("sleeper").build();

        assertThat(actions(spec.plan(List.of("sleep", "60"))))
                .anySatisfy(action -> assertThat(action).matches("execute /(usr/)?bin/sleep 60 with \\d+ variables"))
                .endsWith("be done when its execve has succeeded");
        assertProblem(spec.plan(List.of("no-such-program")), "execute the program", "exec no-such-program: ENOENT .*");
        assertThatThrownBy(() -> spec.plan(List.of())).isInstanceOf(InvalidDaemonSpecException.class);
    }

    @Test
    void foretellsWhatAnotherUserWouldStumbleOver() throws Exception {
        Path closed = Files.createDirectory(
                directory.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path program = Files.copy(Path.of("/bin/sleep"), closed.resolve("sleep"));
        DaemonSpec.Builder spec =
                DaemonSpec.builder().name("echo").user("nobody").workingDirectory(closed);

        DaemonPlan task = spec.crashDirectory(closed)
                .stdout(closed.resolve("log"))
                .rotateLogs(1000, 3)
                .build()
                .plan();

        String reason = ": EACCES \\(nobody may not %s, since " + closed + " has mode 0700 and belongs to uid 0\\); .*";
        assertProblem(
                task, "enter the working directory", "workingDirectory " + closed + String.format(reason, "enter it"));
        assertProblem(task, "execute ", "crashDirectory " + closed + String.format(reason, "make files in it"));
        assertProblem(task, "open stdout", "rotateLogs " + closed + String.format(reason, "rename files in it"));
        assertThat(task.steps()).flatMap(DaemonPlan.Step::problems).hasSize(3);
        assertProblem(
                DaemonSpec.builder().name("echo").user("nobody").build().plan(List.of(program.toString())),
                "execute ",
                "exec " + program + String.format(reason, "execute it"));
    }

    @Test
    void ofADaemonThatRunsSaysThatItRuns() {
        DaemonSpec spec =
                DaemonSpec.builder().pidfile(directory.resolve("echo.pid")).build();
        long pid = spec.exec("sleep", "600").pid();
        processes.own(pid);

        assertProblem(spec.plan(), "lock the pidfile", "echo: already running \\(pid " + pid + "\\)\\.");
    }

    @Test
    void leavesNothingBehind() throws Exception {
        DaemonSpec spec = DaemonSpec.builder()
                .pidfile(directory.resolve("run/echo.pid"))
                .createPidfileDirectory()
                .stdout(directory.resolve("echo.log"))
                .build();

        assertThat(spec.plan().works()).isTrue();

        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private static List<String> actions(DaemonPlan plan) {
        return plan.steps().stream().map(DaemonPlan.Step::action).toList();
    }

    private static void assertProblem(DaemonPlan plan, String action, String problem) {
        assertThat(plan.steps())
                .as(plan.toString())
                .filteredOn(step -> step.action().startsWith(action))
                .singleElement()
                .satisfies(step -> assertThat(step.problems()).anyMatch(text -> text.matches(problem)));
    }
}
