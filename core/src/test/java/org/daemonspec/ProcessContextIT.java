package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daemonspec.ContextDaemons.Kind;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits, priorities and the like, read back from {@code /proc} and by the tools of an administrator. */
class ProcessContextIT {

    private static final ProcView SELF = new ProcView(ProcessHandle.current().pid());
    private static final int SYS_NICE = 23;

    @TempDir
    static Path code;

    private static String classPath = "";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private ContextDaemons daemons;

    @BeforeAll
    static void copy() throws Exception {
        classPath = WorldReadable.classPath(WorldReadable.directory(code));
    }

    @BeforeEach
    void name() throws Exception {
        directory = WorldReadable.directory(directory);
        pidfile = directory.resolve("probe.pid");
        daemons = new ContextDaemons(processes, pidfile, classPath);
    }

    // Limits

    @ParameterizedTest
    @EnumSource
    void everyLimitOfAProgram(ResourceLimit limit) throws Exception {
        String values = lower(limit);

        ProcView program = daemons.start(Kind.PROGRAM, "limit." + limit.name() + "=" + values);

        assertThat(program.limit(limit.number())).isEqualTo(values);
        for (ResourceLimit other : ResourceLimit.values()) {
            if (other != limit) {
                assertThat(program.limit(other.number())).as(other.toString()).isEqualTo(SELF.limit(other.number()));
            }
        }
    }

    @Test
    void allLimitsOfATaskAtOnce() throws Exception {
        String[] words = {
            "limit.AS=20000000000:30000000000",
            "limit.DATA=10000000000:20000000000",
            "limit.CORE=0:0",
            "limit.CPU=1000:2000",
            "limit.FSIZE=1000000:2000000",
            "limit.NOFILE=100:200",
            "limit.MEMLOCK=4096:65536",
            "limit.STACK=2000000:4000000",
            "limit.NPROC=2000:3000",
            "limit.LOCKS=5:10",
            "limit.RSS=-1:-1",
            "limit.SIGPENDING=100:200",
            "limit.MSGQUEUE=1000:2000",
            "limit.RTTIME=1000000:2000000"
        };

        ProcView daemon = daemons.start(Kind.TASK, words);

        for (String word : words) {
            String[] parts = word.substring("limit.".length()).split("=", -1);
            assertThat(daemon.limit(ResourceLimit.valueOf(parts[0]).number()))
                    .as(parts[0])
                    .isEqualTo(parts[1].replace("-1:-1", "unlimited:unlimited"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noCoreDumps(Kind kind) throws Exception {
        assertThat(daemons.start(kind, "noCoreDumps").limit(ResourceLimit.CORE.number()))
                .isEqualTo("0:0");
    }

    @ParameterizedTest
    @EnumSource
    void moreFilesThanTheKernelHasAreRefusedEvenForRoot(Kind kind) throws Exception {
        String most = said("cat", "/proc/sys/fs/nr_open").strip();

        assertThat(daemons.refusal(kind, "limit.NOFILE=100:" + (Long.parseLong(most) + 1)))
                .contains("limit RLIMIT_NOFILE 100:" + (Long.parseLong(most) + 1) + ": EPERM (")
                .contains(":" + SELF.limit(ResourceLimit.NOFILE.number()).replaceFirst(".*:", "") + " is in force");
    }

    // Priorities

    @ParameterizedTest
    @EnumSource
    void everyPriorityOfOneDaemon(Kind kind) throws Exception {
        ProcView daemon = daemons.start(kind, "nice=5", "io=best-effort:6", "scheduling=batch", "cpus=0", "oom=200");

        assertThat(daemon.nice()).isEqualTo(5);
        assertThat(said("ionice", "-p", pid(daemon))).isEqualTo("best-effort: prio 6\n");
        assertThat(said("chrt", "-a", "-p", pid(daemon)).lines().filter(line -> line.contains("policy")))
                .allMatch(line -> line.endsWith("SCHED_BATCH"));
        assertThat(daemon.statusOfThreads("Cpus_allowed_list")).containsExactly("0");
        assertThat(daemon.line("oom_score_adj")).isEqualTo("200");
    }

    @ParameterizedTest
    @CsvSource({
        "io=idle, ionice, idle",
        "io=best-effort:0, ionice, best-effort: prio 0",
        "io=realtime:3, ionice, realtime: prio 3",
        "scheduling=other, chrt, SCHED_OTHER",
        "scheduling=idle, chrt, SCHED_IDLE",
        "scheduling=fifo:3, chrt, SCHED_FIFO",
        "scheduling=rr:2, chrt, SCHED_RR"
    })
    void classesAndPolicies(String word, String tool, String words) throws Exception {
        assumeMay(SYS_NICE, "CAP_SYS_NICE");

        assertThat(said(tool, "-p", pid(daemons.start(Kind.PROGRAM, word)))).contains(words);
    }

    @Test
    void aTaskMayBeRealtime() throws Exception {
        assumeMay(SYS_NICE, "CAP_SYS_NICE");

        ProcView daemon = daemons.start(Kind.TASK, "scheduling=fifo:1", "nice=-3", "io=realtime:7");

        String policies = said("chrt", "-a", "-p", pid(daemon));
        assertThat(policies.lines().filter(line -> line.contains("policy")))
                .hasSizeGreaterThan(5)
                .allMatch(line -> line.endsWith("SCHED_FIFO"));
        assertThat(policies.lines().filter(line -> line.contains("priority"))).allMatch(line -> line.endsWith(": 1"));
        assertThat(daemon.nice()).isEqualTo(-3);
        assertThat(said("ionice", "-p", pid(daemon))).isEqualTo("realtime: prio 7\n");
    }

    @ParameterizedTest
    @EnumSource
    void aProcessorThatIsNotThereIsRefusedWithThoseThatAre(Kind kind) throws Exception {
        assertThat(daemons.refusal(kind, "cpus=0,8191"))
                .containsPattern("cpuAffinity 8191: EINVAL \\(\\[0.*\\] is in force\\); name some of these\\.");
    }

    // What only a task can have

    @Test
    void aTaskIsCalledAsItsProcessName() throws Exception {
        ProcView daemon = daemons.start(Kind.TASK, "processName=the-probe");

        assertThat(daemon.line("comm")).isEqualTo("the-probe");
        assertThat(said("pgrep", "-x", "the-probe").lines()).contains(pid(daemon));
    }

    @Test
    void aTaskThatIsNotDumpableBelongsToRoot() throws Exception {
        assumeTrue(isRoot(), "only root may be anybody else");

        assertThat(daemons.start(Kind.TASK, "user=nobody", "dumpable=false").owner())
                .isZero();
    }

    @Test
    void aTaskThatIsDumpableBelongsToItsUser() throws Exception {
        assumeTrue(isRoot(), "only root may be anybody else");

        assertThat(daemons.start(Kind.TASK, "user=nobody", "dumpable=true").owner())
                .isEqualTo(65534);
    }

    @Test
    void aDirectoryIsNotHandedIntoANewRootNorTracesOfAJvmGivenToAProgram() throws Exception {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/usr"))) {
            assertThat(open).isNotEmpty();
            int number = new ProcView(ProcessHandle.current().pid())
                    .descriptors().entrySet().stream()
                            .filter(entry -> entry.getValue().equals("/usr"))
                            .findAny()
                            .orElseThrow()
                            .getKey();

            DaemonPlan plan = DaemonSpec.builder()
                    .chroot(Path.of("/"))
                    .preserve(number)
                    .crashDirectory(Path.of("/tmp"))
                    .build()
                    .plan(List.of("true"));

            assertThat(plan.toString())
                    .contains("preserve " + number
                            + ": a directory, which is a way out of the new root directory; leave one of the two out.")
                    .contains("crashDirectory /tmp: only a JVM leaves its traces there, so it can only be given for a"
                            + " task; leave it out.");
        }
    }

    @Test
    void aProgramIsToldThatItsExecveUndoesIt() throws Exception {
        assertThat(daemons.refusal(Kind.PROGRAM, "dumpable=false", "processName=x"))
                .contains("dumpable: execve(2) sets it anew, so it can only be set for a task; leave it out.")
                .contains("processName x: execve(2) sets it anew, so it can only be set for a task; leave it out.");
    }

    // Its root directory

    @Test
    void aProgramIsInItsRootDirectoryAndFindsNoWayOut() throws Exception {
        Path root = smallRoot();

        ProcView program = start(root, "/bin/busybox", "sleep", "60");

        assertThat(said("readlink", "/proc/" + program.pid() + "/root").strip()).isEqualTo(root.toString());
        assertThat(program.workingDirectory()).isEqualTo(root.resolve("work"));
        assertThat(program.descriptors())
                .containsOnlyKeys(0, 1, 2, 3)
                .containsEntry(0, "/dev/null")
                .containsEntry(3, pidfile.toString());
        assertThat(Files.readSymbolicLink(Path.of("/proc", pid(program), "exe")))
                .isEqualTo(root.resolve("bin/busybox"));
    }

    @Test
    void aNameIsLookedForInTheNewRootDirectory() throws Exception {
        Path root = smallRoot();
        Files.move(root.resolve("bin/busybox"), root.resolve("bin/busybox-inside"));

        ProcView program = start(root, "busybox-inside", "sleep", "60");

        assertThat(Files.readSymbolicLink(Path.of("/proc", pid(program), "exe")))
                .isEqualTo(root.resolve("bin/busybox-inside"));
    }

    @Test
    void whatIsOnlyOutsideIsNotFound() throws Exception {
        Path root = smallRoot();

        assertThat(refusal(root, "/work", "sleep"))
                .contains("exec sleep: ENOENT (not in PATH")
                .contains(root.toString());
        assertThat(refusal(root, "/work", "/bin/sh")).contains("posix_spawn /bin/sh: ENOENT");
        assertThat(refusal(root, "/nowhere", "/bin/busybox")).contains("ENOENT").contains("/nowhere");
        assertThat(refusal(root, "work", "/bin/busybox")).contains("workingDirectory work: relative");
        assertThat(refusal(root.resolve("none"), "/", "/bin/busybox"))
                .contains("chroot " + root.resolve("none") + ": ENOENT");
        assertThat(refusal(root.resolve("bin/busybox"), "/", "/bin/busybox")).contains(": ENOTDIR");
    }

    @Test
    void aUserInItsRootDirectory() throws Exception {
        Path root = smallRoot();

        ProcView program = new ProcView(DaemonSpec.builder()
                .pidfile(pidfile)
                .chroot(root)
                .workingDirectory(Path.of("/work"))
                .user("nobody")
                .noNewPrivileges()
                .exec("/bin/busybox", "sleep", "60")
                .pid());
        processes.own(program.pid());

        ContextDaemons.assertIs(program, 65534, 65534, 65534L);
        ContextDaemons.assertMay(program, 0);
        assertThat(said("readlink", "/proc/" + program.pid() + "/root").strip()).isEqualTo(root.toString());
    }

    @Test
    void aTaskIsToldWhatItWouldNeedInside() throws Exception {
        assertThat(daemons.refusal(Kind.TASK, "chroot=" + directory))
                .contains(
                        "chroot " + directory + ": a JVM would need its JDK, its libraries and /proc inside; use exec");
    }

    private ProcView start(Path root, String... command) {
        ProcView program = new ProcView(DaemonSpec.builder()
                .pidfile(pidfile)
                .chroot(root)
                .workingDirectory(Path.of("/work"))
                .exec(command)
                .pid());
        processes.own(program.pid());
        return program;
    }

    private String refusal(Path root, String workingDirectory, String program) {
        DaemonSpec.Builder spec =
                DaemonSpec.builder().pidfile(pidfile).chroot(root).workingDirectory(Path.of(workingDirectory));
        try {
            processes.own(spec.exec(program, "60").pid());
            throw new AssertionError("it has started");
        } catch (DaemonException e) {
            assertThat(pidfile).doesNotExist();
            return e.getMessage();
        }
    }

    /** A program with the libraries that it needs, and an empty directory. */
    private Path smallRoot() throws Exception {
        assumeTrue(isRoot(), "only root may change its root directory");
        Path busybox = Path.of(said("sh", "-c", "command -v busybox || true").strip());
        assumeTrue(!busybox.toString().isEmpty(), "busybox is not installed");
        Path root = Files.createDirectory(directory.resolve("root"));
        WorldReadable.directory(root);
        for (String name : List.of("bin", "work")) {
            WorldReadable.directory(Files.createDirectory(root.resolve(name)));
        }
        Path copy = Files.copy(busybox.toRealPath(), root.resolve("bin/busybox"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        Matcher libraries = Pattern.compile("(/\\S+) \\(0x").matcher(said("sh", "-c", "ldd " + busybox + " || true"));
        while (libraries.find()) {
            Path inside = root.resolve(libraries.group(1).substring(1));
            Files.createDirectories(inside.getParent());
            Files.copy(Path.of(libraries.group(1)).toRealPath(), inside);
        }
        said("chmod", "-R", "a+rX", root.toString());
        return root;
    }

    /** Less than what is in force, as far as there is less. */
    private static String lower(ResourceLimit limit) {
        long[] wanted = switch (limit) {
            case AS, DATA -> new long[] {500_000_000, 1_000_000_000};
            case STACK, FSIZE, RSS, RTTIME -> new long[] {1_000_000, 2_000_000};
            default -> new long[] {100, 200};
        };
        String[] inForce = SELF.limit(limit.number()).split(":", -1);
        long hard = inForce[1].equals("unlimited") ? wanted[1] : Math.min(wanted[1], Long.parseLong(inForce[1]));
        return Math.min(wanted[0], hard) + ":" + hard;
    }

    private static boolean isRoot() {
        return SELF.status("Uid").startsWith("0\t");
    }

    private static void assumeMay(int capability, String name) {
        assumeTrue(
                (Long.parseUnsignedLong(SELF.status("CapEff"), 16) >>> capability & 1) == 1,
                "this process has no " + name);
    }

    private String said(String... command) throws Exception {
        return processes.run(Stream.of(command).toList()).out();
    }

    private static String pid(ProcView process) {
        return Long.toString(process.pid());
    }
}
