package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.daemonspec.bindings.Libc;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Options that make a launcher quick, and that a service must not have. */
class LauncherOptionsIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;

    @BeforeEach
    void name() {
        pidfile = directory.resolve("probe.pid");
    }

    @Test
    void theDaemonIsStartedWithoutThem() throws Exception {
        assertThat(processes.run(command("start")).exitCode()).isZero();

        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(daemon.arguments())
                .contains("-XX:TieredStopAtLevel=1", "-Xmx77m")
                .doesNotContain("-Xint", "-XX:+UseSerialGC");
        assertThat(processes.run(command("stop"))).matches(stop -> stop.exitCode() == 0);
    }

    /** Ours are loaded quicker so, and once more by the daemon, from its class path. */
    @Test
    void theBootClassPathIsTheLaunchersAlone() throws Exception {
        String option = "-Xbootclasspath/a:" + placeOf(DaemonSpec.class) + ":" + placeOf(Libc.class);
        Launcher launcher = Launcher.mode("main")
                .option(option)
                .option("-Xint")
                .option("-Xlog:class+load:file=" + directory.resolve("classes.%p") + "::filecount=0")
                .with("pidfile", pidfile)
                .with("launcherOption", "-Xint,-Xbootclasspath/a:*,-Xlog:*");

        for (String word : List.of("start", "status", "plan", "restart")) {
            Finished finished = processes.run(launcher.command(word));
            assertThat(finished.err()).isEmpty();
            assertThat(finished.exitCode()).as(finished.toString()).isEqualTo(word.equals("plan") ? 1 : 0);
        }
        assertThat(ProcView.ofPidfile(pidfile).arguments())
                .noneMatch(word -> word.startsWith("-Xboot") || word.equals("-Xint"));
        assertThat(processes.run(launcher.command("stop")).exitCode()).isZero();
        assertThat(processes.run(launcher.command("run", "--help")).exitCode()).isZero();
        try (Stream<Path> logs = Files.list(directory)) {
            assertThat(logs.filter(file -> file.getFileName().toString().startsWith("classes."))
                            .toList())
                    .hasSize(6)
                    .allSatisfy(log -> assertThat(Files.readAllLines(log))
                            .anyMatch(line -> line.contains(" org.daemonspec.DaemonSpec source: ")));
        }
    }

    private static String placeOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** As a supervisor starts it: what it watches stays the same process. */
    @Test
    void theForegroundExecutesItselfOnceWithoutThem() throws Exception {
        Process process = processes
                .builder(command("run"))
                .redirectOutput(directory.resolve("output").toFile())
                .redirectErrorStream(true)
                .start();
        awaitReady(process);

        ProcView service = new ProcView(process.pid());
        assertThat(service.arguments()).contains("-Xmx77m").doesNotContain("-Xint", "-XX:+UseSerialGC");
        assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void whoHasNoneOfThemStaysAsHeIs() throws Exception {
        Launcher launcher = Launcher.mode("main")
                .option("-Dmade=once")
                .with("pidfile", pidfile)
                .with("launcherOption", "-Xint");
        Process process = processes
                .builder(launcher.command("run"))
                .redirectOutput(directory.resolve("output").toFile())
                .redirectErrorStream(true)
                .start();
        awaitReady(process);

        assertThat(new ProcView(process.pid()).arguments())
                .contains("-Dmade=once")
                .noneMatch(word -> word.startsWith("-Ddaemonspec."));
        assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void thePlanOfTheForegroundSaysThatItExecutesItself() throws Exception {
        Finished plan = processes.run(launcher().with("mode", "FOREGROUND").command("plan"));

        assertThat(plan.exitCode()).isZero();
        assertThat(plan.out()).contains("execute ").contains("run the task, in this process");
    }

    private void awaitReady(Process process) throws Exception {
        assertThat(DaemonControl.of(pidfile).awaitReady(Duration.ofSeconds(60)))
                .as(Files.readString(directory.resolve("output")))
                .isInstanceOfSatisfying(
                        DaemonStatus.Running.class,
                        running -> assertThat(running.pid()).hasValue(process.pid()));
    }

    private List<String> command(String word) {
        return launcher().command(word);
    }

    private Launcher launcher() {
        return Launcher.mode("main")
                .option("-Xint")
                .option("-XX:+UseSerialGC")
                .option("-Xmx77m")
                .with("pidfile", pidfile)
                .with("launcherOption", "-Xint,-XX:+UseSerialGC");
    }
}
