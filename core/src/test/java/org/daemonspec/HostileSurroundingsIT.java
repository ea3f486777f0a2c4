package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.SingleJar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A start where something that everybody takes for granted is not there, or is used up: it works, or it is a sentence that says what is
 * missing, and nothing is left.
 */
class HostileSurroundingsIT {

    private static final int KILOBYTE = 1024;
    private static final int MOST_DESCRIPTORS = 60;

    private static final Pattern NO_DESCRIPTORS = Pattern.compile("\\Aprobe: (start failed|not started): [a-z][^\\n"
            + "]+: EMFILE \\(Too many open files\\); raise RLIMIT_NOFILE \\(ulimit -n\\)\\.\\n"
            + "\\z|\\Aprobe: start failed: the daemon's JVM ended before it was ready \\(exit status \\d+\\)\\n"
            + "its last words:\\n"
            + "(    [^\\n"
            + "]+\\n"
            + ")+\\z|\\Adaemonspec: libc's functions cannot be found: the JDK could not load [^\\n"
            + "]+/libsyslookup.so: (Too many open files|it can by now, but not when it was needed); raise RLIMIT_NOFILE"
            + " [^\\n"
            + "]+\\.\\n"
            + "\\z");

    private static final Pattern JVM_WITHOUT_DESCRIPTORS = Pattern.compile(
            "Error occurred during initialization of VM|Could not find or load main class|Could not create the Java"
                    + " Virtual Machine|cannot open shared object file|Too many open files");

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;

    @BeforeEach
    void name() throws Exception {
        pidfile = directory.toRealPath().resolve("probe.pid");
    }

    @Test
    void withoutDevNullItIsSaidWhatIsMissing() throws Exception {
        Finished start = processes.run(Prefix.mounting(
                        processes,
                        "mount -t tmpfs none /dev && mknod -m 0666 /dev/urandom c 1 9 && mknod -m 0666 /dev/random c 1"
                                + " 8")
                .before(launcher().command("start")));

        assertThat(start.err()).contains("/dev/null", "ENOENT").endsWith(".\n");
        assertRefused(start);
    }

    /** The JVM would not find its own libraries. */
    @Test
    void withoutProcItIsSaidWhatIsMissing() throws Exception {
        Path java = Path.of(System.getProperty("java.home"));
        ProcessBuilder builder = processes.builder(
                Prefix.mounting(processes, "umount -l /proc").before(launcher().command("start")));
        builder.environment().put("LD_LIBRARY_PATH", java.resolve("lib") + ":" + java.resolve("lib/server"));

        Finished start = processes.run(builder);

        assertThat(start.err()).contains("/proc").contains("mount").endsWith(".\n");
        assertRefused(start);
    }

    /** The JDK says no word about it, and finds no function of libc from then on. */
    @Test
    void withoutTheLibraryOfTheJdkThatFindsFunctionsItIsSaid() throws Exception {
        Path library = Path.of(System.getProperty("java.home"), "lib", "libsyslookup.so");

        Finished start = processes.run(Prefix.mounting(processes, "mount --bind /dev/null \"$1\"", library)
                .before(launcher().command("start")));

        assertThat(start.err().lines().toList().getLast()) // the JVM itself has a warning for a file that is no library
                .isEqualTo("daemonspec: libc's functions cannot be found: the JDK could not load " + library
                        + ": file too short; raise RLIMIT_NOFILE (ulimit -n) if that is about open files, else see that"
                        + " this JDK is complete.");
        assertThat(start.exitCode()).isEqualTo(7);
        assertNothingIsLeft();
    }

    /**
     * One more each time: first the JVM cannot open what it needs, and says so; from the first sentence of ours on it is always one, or
     * the daemon's JVM cannot, whose words are quoted; and then a start works.
     */
    @Test
    void withFewDescriptorsItWorksOrSaysEmfile() throws Exception {
        String jar = SingleJar.make(directory.resolve("probe.jar")).toString();
        int ours = 0;
        int worked = 0;
        for (int descriptors = 4; descriptors < MOST_DESCRIPTORS && worked < 3; descriptors++) {
            Finished start = processes.run(Prefix.limits("--nofile=" + descriptors + ":" + descriptors)
                    .before(launcher().classPath(jar).with("name", "probe").command("start")));
            if (start.exitCode() == 0) {
                worked++;
                assertRunsAndStops();
            } else if (start.err().matches("(?s)(probe|daemonspec): .*")) {
                ours++;
                assertThat(start.err()).as("with " + descriptors).containsPattern(NO_DESCRIPTORS);
                assertThat(start.exitCode()).isIn(6, 7);
            } else {
                assertThat(ours).as(start.toString()).isZero();
                assertThat(worked).as(start.toString()).isZero();
                assertThat(start.exitCode()).isEqualTo(1);
                assertThat(start.out() + start.err()).containsPattern(JVM_WITHOUT_DESCRIPTORS);
            }
            assertNothingIsLeft();
        }
        assertThat(ours).as("sentences of ours").isPositive();
        assertThat(worked).isEqualTo(3);
    }

    @Test
    void tenThousandVariablesAreHandedOn() throws Exception {
        ProcessBuilder builder = processes.builder(launcher().command("start"));
        for (int i = 0; i < 10_000; i++) {
            builder.environment().put("VARIABLE_" + i, "value " + i);
        }

        Finished start = processes.run(builder);

        assertThat(start.exitCode()).as(start.toString()).isZero();
        assertThat(ProcView.ofPidfile(pidfile).environment())
                .contains("VARIABLE_0=value 0", "VARIABLE_9999=value 9999");
        assertRunsAndStops();
    }

    /** The kernel takes 2 MiB of arguments and environment under the usual limit of the stack, see execve(2). */
    @ParameterizedTest
    @ValueSource(ints = {1000, 1500, 1900, 1990, 2000, 2010, 2020, 2030, 2036, 2040})
    void withArgumentsNearTheLimitItWorksOrSaysE2big(int kilobytes) throws Exception {
        ProcessBuilder builder = processes.builder(launcher().command("start"));
        builder.environment().keySet().removeIf(name -> !name.startsWith("DAEMONSPEC"));
        int before = sizeOf(builder);
        int left = kilobytes * KILOBYTE - before;
        for (int i = 0; left > 0; i++) {
            int size = Math.min(left, 100 * KILOBYTE);
            builder.environment().put("LARGE_" + i, "x".repeat(size));
            left -= size;
        }

        Finished start;
        try {
            start = processes.run(builder);
        } catch (java.io.IOException launcherItself) {
            assertThat(launcherItself).hasMessageContaining("error=7");
            return;
        }

        if (start.exitCode() == 0) {
            assertRunsAndStops();
        } else {
            assertThat(start.err()).contains("E2BIG").contains("shorten the command line or the environment");
            assertNothingIsLeft();
        }
    }

    private static int sizeOf(ProcessBuilder builder) {
        return Stream.concat(
                        builder.command().stream(),
                        builder.environment().entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()))
                .mapToInt(word -> word.length() + 1 + Long.BYTES)
                .sum();
    }

    @Test
    void onAFullDiskTheDaemonGoesOnWithoutItsLog() throws Exception {
        Path log = directory.toRealPath().resolve("disk").resolve("probe.log");
        Files.createDirectory(log.getParent());
        Prefix full = Prefix.mounting(
                processes,
                "mount -t tmpfs -o size=16k none \"$1\" && { head -c 64k /dev/zero >\"$1/fill\" || true; }",
                log.getParent());

        Finished started = processes.run(full.before(
                launcher().with("stdout", log).with("stderrToStdout", "").command("start")));

        assertThat(started.exitCode()).as(started.toString()).isZero();
        assertRunsAndStops();
    }

    /** The one with most memory is killed: the daemon, whose heap does not fit. */
    @Test
    void aDaemonThatTheOomKillerEndsIsAFailedStart() throws Exception {
        Path group = Path.of(
                "/sys/fs/cgroup/memory/daemonspec-" + ProcessHandle.current().pid());
        assumeTrue(Files.isWritable(group.getParent()), "there is no memory controller of cgroup v1 to be used here");
        Files.createDirectory(group);
        try {
            Files.writeString(group.resolve("memory.limit_in_bytes"), "200M");
            Finished start =
                    processes.run(Prefix.of("sh", "-c", "echo $$ >" + group + "/cgroup.procs && exec \"$@\"", "sh")
                            .before(launcher()
                                    .option("-Xmx64m")
                                    .with("jvmOption", "-XX:+AlwaysPreTouch")
                                    .with("heap", "1g")
                                    .command("start")));

            assertThat(start.err()).startsWith("probe: start failed: ").contains("killed by SIGKILL");
            assertRefused(start);
        } finally {
            Processes.await("the group to be empty", () -> {
                try {
                    return Files.readString(group.resolve("cgroup.procs")).isEmpty();
                } catch (java.io.IOException e) {
                    return true;
                }
            });
            Files.delete(group);
        }
    }

    private Launcher launcher() {
        return Launcher.mode("main").with("pidfile", pidfile);
    }

    private void assertRefused(Finished start) throws Exception {
        assertThat(start.exitCode()).as(start.toString()).isIn(6, 7);
        assertThat(start.err().lines()).as(start.err()).hasSize(1);
        assertNothingIsLeft();
    }

    private void assertRunsAndStops() throws Exception {
        assertThat(DaemonControl.of(pidfile).status()).isInstanceOf(DaemonStatus.Running.class);
        assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() throws Exception {
        Processes.await("all processes to be gone", () -> {
            try {
                return processes.marked().isEmpty();
            } catch (java.io.IOException e) {
                return false;
            }
        });
        assertThat(pidfile).doesNotExist();
    }
}
