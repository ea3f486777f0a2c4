package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code run} as somebody else: the same process, the same pidfile, another identity. */
class ForegroundContextIT {

    private static final long NOBODY = 65534;
    private static final long NET_BIND_SERVICE = 1L << 10;

    @TempDir
    static Path code;

    private static String classPath = "";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path output;

    @BeforeAll
    static void copy() throws Exception {
        Prefix.assumeRoot();
        classPath = WorldReadable.classPath(WorldReadable.directory(code));
    }

    @BeforeEach
    void name() throws Exception {
        directory = WorldReadable.directory(directory);
        pidfile = directory.resolve("probe.pid");
        output = directory.resolve("output");
    }

    @ParameterizedTest
    @ValueSource(strings = {"main", "main-program"})
    void theProcessThatWasStartedBecomesTheOther(String mode) throws Exception {
        Process process = start(command(
                mode,
                "user=nobody",
                "keep=net_bind_service",
                "noNewPrivileges",
                "limit.NOFILE=100:200",
                "nice=3",
                "oom=300"));
        ProcView other = running(process);

        ContextDaemons.assertIs(other, NOBODY, NOBODY, NOBODY);
        ContextDaemons.assertMay(other, NET_BIND_SERVICE);
        assertThat(other.statusOfThreads("NoNewPrivs")).containsExactly("1");
        assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/limits")))
                .containsPattern("Max open files +100 +200 ");
        assertThat(Files.readString(Path.of("/proc/" + process.pid() + "/oom_score_adj")))
                .isEqualTo("300\n");
        Processes.await("its environment", () -> !other.environment().isEmpty());
        assertThat(other.environment()).contains("USER=nobody").doesNotContain("USER=root");

        assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
        assertThat(process.waitFor()).isEqualTo(mode.equals("main") ? 0 : 128 + 15);
        assertThat(DaemonControl.of(pidfile).status()).isEqualTo(new DaemonStatus.Stopped());
    }

    /** As under systemd, with a filter that lets nobody change who he is. */
    @ParameterizedTest
    @ValueSource(strings = {"main", "main-program"})
    void whoIsTheOtherAlreadyCallsNothingForIt(String mode) throws Exception {
        Files.setOwner(
                directory,
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        List<String> command = new ArrayList<>(List.of(
                "prlimit",
                "--nofile=100:200",
                "nice",
                "-n3",
                "setpriv",
                "--reuid=nobody",
                "--regid=nogroup",
                "--init-groups",
                "--inh-caps=-all,+net_bind_service",
                "--ambient-caps=-all,+net_bind_service",
                "--bounding-set=-all,+net_bind_service",
                "--no-new-privs",
                "strace",
                "-D",
                "-f",
                "-qq",
                "--seccomp-bpf",
                "-o/dev/null",
                "-einject=capset,setgroups,setresuid,setresgid,setpriority:error=EPERM"));
        command.addAll(Launcher.mode(mode)
                .classPath(classPath)
                .option("-XX:-MaxFDLimit")
                .with("pidfile", pidfile)
                .with(List.of("user=nobody", "keep=net_bind_service", "limit.NOFILE=100:200", "nice=3"))
                .command("run"));

        Process process = start(command);
        ProcView same = running(process);

        ContextDaemons.assertMay(same, NET_BIND_SERVICE);
        assertThat(same.arguments()).noneMatch(argument -> argument.startsWith("-Dorg.daemonspec.foreground"));
        assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
    }

    @Test
    void thereIsOneInstanceAllTheWay() throws Exception {
        Process process = start(command("main", "user=nobody"));
        running(process);

        Processes.Finished second = processes.run(command("main", "user=nobody"));

        assertThat(second)
                .isEqualTo(new Processes.Finished(1, "", "probe: already running (pid " + process.pid() + ").\n"));
    }

    @Test
    void whatCannotBeIsSaidBeforeAnythingIsLocked() throws Exception {
        Processes.Finished refused = processes.run(command("main", "user=no-such-user", "chroot=/"));

        assertThat(refused.exitCode()).isEqualTo(6);
        assertThat(refused.err()).contains("user no-such-user: no such user", "chroot /: a JVM would need");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aPretendedContinuationDoesNotRunAsTheLauncher() throws Exception {
        List<String> command = Launcher.mode("main")
                .classPath(classPath)
                .option("-Dorg.daemonspec.foreground=none")
                .with("pidfile", pidfile)
                .with(List.of("user=nobody"))
                .command("run");

        Processes.Finished refused = processes.run(command);

        assertThat(refused.exitCode()).isEqualTo(7);
        assertThat(refused.err()).isEqualTo("probe: start failed: the process has not become uid 65534.\n");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void whoCannotBeLookedUpIsNotTakenForTheLauncher() throws Exception {
        List<String> command = Launcher.mode("main")
                .classPath(classPath)
                .option("-Dorg.daemonspec.foreground=none")
                .with("pidfile", pidfile)
                .with(List.of("user=no-such-user"))
                .command("run");

        Processes.Finished refused = processes.run(command);

        assertThat(refused.exitCode()).isEqualTo(7);
        assertThat(refused.err())
                .startsWith("probe: start failed: it is not known who it shall be: user no-such-user: no such user; ");
        assertThat(pidfile).doesNotExist();
    }

    private List<String> command(String mode, String... words) {
        return Launcher.mode(mode)
                .classPath(classPath)
                .with("pidfile", pidfile)
                .with(List.of(words))
                .command("run");
    }

    private Process start(List<String> command) throws Exception {
        return processes
                .builder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Once it says so itself, or has executed its program. */
    private ProcView running(Process process) throws Exception {
        DaemonStatus status = DaemonControl.of(pidfile).awaitReady(java.time.Duration.ofSeconds(60));
        assertThat(status).as(Files.readString(output)).isInstanceOf(DaemonStatus.Running.class);
        ProcView view = new ProcView(process.pid());
        Processes.await("the other identity", () -> view.status("Uid").startsWith("65534\t"));
        assertThat(((DaemonStatus.Running) status).pid()).hasValue(process.pid());
        return view;
    }
}
