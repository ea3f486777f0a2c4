package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daemonspec.ContextDaemons.Kind;
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
import org.junit.jupiter.params.provider.EnumSource;

/** Who a daemon is, and what it may, as the kernel has it for each of its threads. */
class IdentityIT {

    private static final long NOBODY = 65534;
    private static final ProcView SELF = new ProcView(ProcessHandle.current().pid());
    private static final long NET_BIND_SERVICE = 1L << 10;
    private static final List<String> FEWER =
            List.of("setpriv", "--bounding-set", "-setpcap", "--inh-caps", "-setpcap", "--");
    private static final List<String> BLIND =
            List.of("setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace", "--");

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
        Prefix.assumeRoot();
        classPath = WorldReadable.classPath(WorldReadable.directory(code));
    }

    @BeforeEach
    void name() throws Exception {
        directory = WorldReadable.directory(directory);
        pidfile = directory.resolve("probe.pid");
        daemons = new ContextDaemons(processes, pidfile, classPath);
    }

    // Who

    @ParameterizedTest
    @EnumSource
    void aNameIsAllOfAUserAndNothingOfTheLauncher(Kind kind) throws Exception {
        ProcView daemon = daemons.start(kind, "user=nobody");

        ContextDaemons.assertIs(daemon, NOBODY, NOBODY, NOBODY);
        ContextDaemons.assertMay(daemon, 0);
        assertThat(daemon.statusOfThreads("NoNewPrivs")).containsExactly("0");
        assertThat(daemon.owner()).as("dumpable").isEqualTo((int) NOBODY);
        String[] entry = processes
                .run(List.of("getent", "passwd", "nobody"))
                .out()
                .strip()
                .split(":", -1);
        assertThat(daemon.environment())
                .contains("USER=nobody", "LOGNAME=nobody", "HOME=" + entry[5], "SHELL=" + entry[6])
                .contains("PATH=" + System.getenv("PATH"));
    }

    @ParameterizedTest
    @EnumSource
    void aNumberIsTheUserOfThatNumber(Kind kind) throws Exception {
        ProcView daemon = daemons.start(kind, "user=33", "noNewPrivileges");

        ContextDaemons.assertIs(daemon, 33, 33, 33L);
        ContextDaemons.assertMay(daemon, 0);
        assertThat(daemon.statusOfThreads("NoNewPrivs")).containsExactly("1");
        assertThat(daemon.environment()).contains("USER=www-data", "LOGNAME=www-data");
    }

    @ParameterizedTest
    @EnumSource
    void aNumberThatNobodyHasNeedsAGroupAndHasNoName(Kind kind) throws Exception {
        assertThat(daemons.refusal(kind, "user=54321"))
                .contains("user 54321: not in the user database, so its group is unknown; give the group too.");

        ProcView daemon = daemons.start(kind, "user=54321", "group=54322");

        ContextDaemons.assertIs(daemon, 54321, 54322);
        ContextDaemons.assertMay(daemon, 0);
        assertThat(daemon.environment())
                .contains("HOME=/")
                .noneMatch(variable -> variable.matches("(USER|LOGNAME|SHELL)=.*"));
    }

    @ParameterizedTest
    @EnumSource
    void groupsAreTheUsersUnlessGiven(Kind kind) throws Exception {
        ProcView daemon = daemons.start(kind, "user=nobody", "group=backup", "groups=daemon,33,daemon");

        ContextDaemons.assertIs(daemon, NOBODY, 34, 1L, 33L);
        ContextDaemons.assertMay(daemon, 0);
    }

    @ParameterizedTest
    @EnumSource
    void groupsMayBeNone(Kind kind) throws Exception {
        ContextDaemons.assertIs(daemons.start(kind, "user=nobody", "groups="), NOBODY, NOBODY);
    }

    @ParameterizedTest
    @EnumSource
    void aGroupAloneLeavesTheUser(Kind kind) throws Exception {
        ProcView daemon = daemons.start(kind, "group=backup", "env.USER=x");

        ContextDaemons.assertIs(daemon, 0, 34);
        assertThat(daemon.environment()).contains("USER=x");
    }

    @Test
    void byDefaultAUserIsInAllGroupsThatTheDatabaseSays() throws Exception {
        Path groups = directory.resolve("group");
        String many = IntStream.range(70_000, 70_150)
                .mapToObj(gid -> "many" + gid + ":x:" + gid + ":daemon,backup\n")
                .collect(Collectors.joining());
        String big = "big:x:70200:"
                + IntStream.range(0, 20_000).mapToObj(i -> "member" + i).collect(Collectors.joining(",")) + ",backup\n";
        Files.writeString(groups, Files.readString(Path.of("/etc/group")) + many + big);
        Prefix elsewhere = Prefix.mounting(processes, "mount --bind \"$1\" /etc/group", groups);

        Finished launcher = processes.run(elsewhere.before(daemons.task("user=backup", "group=big")));

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        Stream<Long> expected =
                Stream.concat(IntStream.range(70_000, 70_150).mapToObj(Long::valueOf), Stream.of(70_200L));
        ContextDaemons.assertIs(ProcView.ofPidfile(pidfile), 34, 70_200, expected.toArray(Long[]::new));
    }

    @ParameterizedTest
    @EnumSource
    void whoIsNotThereIsSaidAllAtOnce(Kind kind) throws Exception {
        assertThat(daemons.refusal(kind, "user=mr-nobody", "group=no-group", "groups=none-such", "keep=fly"))
                .contains("user mr-nobody: no such user; create it")
                .contains("keepCapabilities fly: no such capability");
        assertThat(daemons.refusal(kind, "user=nobody", "group=no-group"))
                .contains("group no-group: no such group; create it");
        assertThat(daemons.refusal(kind, "user=nobody", "groups=none-such"))
                .contains("group none-such: no such group; create it");
    }

    // Its environment

    @ParameterizedTest
    @EnumSource
    void whatIsSetExplicitlyWins(Kind kind) throws Exception {
        ProcView daemon = daemons.start(kind, "user=nobody", "env.HOME=/srv", "env.SHELL=/bin/false");

        assertThat(daemon.environment()).contains("USER=nobody", "HOME=/srv", "SHELL=/bin/false");
        assertThat(daemon.environment().stream().filter(variable -> variable.startsWith("HOME=")))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aCleanEnvironmentIsTheUsers(Kind kind) throws Exception {
        assertThat(daemons.start(kind, "user=nobody", "clean").environment())
                .contains("USER=nobody", "LOGNAME=nobody", "SHELL=/usr/sbin/nologin")
                .allMatch(variable -> variable.matches("(HOME|LANG|LANGUAGE|LC_\\w+|LOGNAME|PATH|SHELL|TZ|USER)=.*"));
    }

    @ParameterizedTest
    @EnumSource
    void aClearedEnvironmentIsEmpty(Kind kind) throws Exception {
        assertThat(daemons.start(kind, "user=nobody", "clear", "env.ONLY=this").environment())
                .containsExactly("ONLY=this");
    }

    // What it may

    @ParameterizedTest
    @EnumSource
    void keptCapabilitiesAreAllThatIsLeft(Kind kind) throws Exception {
        ProcView daemon = daemons.start(kind, "user=nobody", "keep=net_bind_service,CAP_KILL");

        ContextDaemons.assertIs(daemon, NOBODY, NOBODY, NOBODY);
        ContextDaemons.assertMay(daemon, NET_BIND_SERVICE | 1L << 5);
    }

    @ParameterizedTest
    @EnumSource
    void rootMayKeepLessThanAll(Kind kind) throws Exception {
        ProcView daemon = daemons.start(kind, "keep=net_bind_service,chown");

        ContextDaemons.assertIs(daemon, 0, 0, ownGroups());
        String kept = String.format("%016x", NET_BIND_SERVICE | 1);
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd")) {
            assertThat(daemon.statusOfThreads(set)).as(set).containsExactly(kept);
        }
    }

    @Test
    void withOneKeptNobodyListensOnAPortOfRoots() throws Exception {
        assumeTrue(
                Integer.parseInt(processes
                                .run(List.of("cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start"))
                                .out()
                                .strip())
                        >= 1024,
                "here everybody may listen on any port");
        String port = Integer.toString(freePortOfRoots());
        Launcher bind = Launcher.mode("bind")
                .classPath(classPath)
                .with("pidfile", pidfile)
                .with("user", "nobody");

        assertThat(processes.run(bind.command(port)).err()).contains("start failed", "Permission denied");

        assertThat(processes
                        .run(bind.with("keep", "net_bind_service").command(port))
                        .err())
                .isEmpty();
        ContextDaemons.assertMay(ProcView.ofPidfile(pidfile), NET_BIND_SERVICE);
    }

    @Test
    void whatADaemonStartsHasWhatItHas() throws Exception {
        Path mark = ofNobody("work").resolve("mark");

        assertThat(processes
                        .run(Launcher.mode("child")
                                .classPath(classPath)
                                .with("pidfile", pidfile)
                                .with("user", "nobody")
                                .with("keep", "net_bind_service")
                                .with("mark", mark)
                                .command("grep", "-E", "^(Cap|Uid)", "/proc/self/status"))
                        .err())
                .isEmpty();

        assertThat(Files.readAllLines(mark))
                .containsExactlyInAnyOrder(
                        "Uid:\t65534\t65534\t65534\t65534",
                        "CapInh:\t0000000000000400",
                        "CapPrm:\t0000000000000400",
                        "CapEff:\t0000000000000400",
                        "CapBnd:\t0000000000000400",
                        "CapAmb:\t0000000000000400");
    }

    @Test
    void whereTheBoundingSetMayNotBeEmptiedNobodyGetsMoreThanItHas() throws Exception {
        assertThat(processes.run(ContextDaemons.by(FEWER, daemons.task("user=nobody"))))
                .isEqualTo(new Finished(0, "", ""));

        ProcView daemon = ProcView.ofPidfile(pidfile);
        ContextDaemons.assertIs(daemon, NOBODY, NOBODY, NOBODY);
        assertThat(daemon.statusOfThreads("NoNewPrivs")).containsExactly("1");
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapAmb")) {
            assertThat(daemon.statusOfThreads(set)).as(set).containsExactly("0000000000000000");
        }
    }

    @Test
    void whatTheLauncherDoesNotHaveCannotBeKept() throws Exception {
        assertThat(processes
                        .run(ContextDaemons.by(FEWER, daemons.task("user=nobody", "keep=setpcap")))
                        .err())
                .contains("keepCapabilities setpcap: EPERM (this process does not have it); start it as root");
        assertThat(pidfile).doesNotExist();
    }

    // Its pidfile

    @Test
    void aPidfileWhereTheUserMayNotRemoveItIsEmptied() throws Exception {
        ProcView daemon = daemons.start(Kind.TASK, "user=nobody");
        assertThat(face("status").out()).startsWith("probe: running (pid " + daemon.pid());

        assertThat(face("stop").out()).startsWith("probe: stopped (pid " + daemon.pid());

        assertThat(daemon.isAlive()).isFalse();
        assertThat(face("status")).isEqualTo(new Finished(3, "probe: not running\n", ""));
        ContextDaemons.assertIs(daemons.start(Kind.TASK, "user=nobody"), NOBODY, NOBODY, NOBODY);
    }

    @Test
    void aPidfileOfADaemonThatEndsByItselfIsEmptied() throws Exception {
        ProcView daemon = daemons.start(Kind.TASK, "user=nobody");

        assertThat(processes.run(List.of("kill", Long.toString(daemon.pid()))).exitCode())
                .isZero();
        Processes.await("the daemon's end", () -> !daemon.isAlive());

        assertThat(pidfile).isEmptyFile();
        assertThat(face("status")).isEqualTo(new Finished(3, "probe: not running\n", ""));
        ContextDaemons.assertIs(daemons.start(Kind.TASK, "user=nobody"), NOBODY, NOBODY, NOBODY);
    }

    @Test
    void aPidfileInADirectoryOfTheUsersIsRemoved() throws Exception {
        Path own = ofNobody("run").resolve("own.pid");
        ContextDaemons there = new ContextDaemons(processes, own, classPath);
        ProcView daemon = there.start(Kind.TASK, "user=nobody");

        assertThat(processes.run(List.of("kill", Long.toString(daemon.pid()))).exitCode())
                .isZero();
        Processes.await("the daemon's end", () -> !daemon.isAlive());

        assertThat(own).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void aGroupAloneTakesNoCapability(Kind kind) throws Exception {
        ProcView daemon = daemons.start(kind, "group=adm");

        ContextDaemons.assertIs(daemon, 0, 4);
        for (String set : List.of("CapPrm", "CapEff", "CapBnd")) {
            assertThat(daemon.statusOfThreads(set)).as(set).containsExactly(SELF.status(set));
        }
    }

    /** A container's root often has no CAP_SYS_PTRACE. */
    @Test
    void rootThatMayNotLookIntoOthersControlsItsDaemons() throws Exception {
        assertThat(processes.run(ContextDaemons.by(BLIND, daemons.task("user=nobody"))))
                .isEqualTo(new Finished(0, "", ""));
        ProcView daemon = ProcView.ofPidfile(pidfile);

        assertThat(blindly("status").out()).startsWith("probe: running (pid " + daemon.pid());
        assertThat(processes
                        .run(ContextDaemons.by(BLIND, daemons.task("user=nobody")))
                        .err())
                .isEqualTo("probe: already running (pid " + daemon.pid() + ").\n");
        assertThat(blindly("stop").out()).startsWith("probe: stopped (pid " + daemon.pid());
        assertThat(daemon.isAlive()).isFalse();
        assertThat(blindly("status")).isEqualTo(new Finished(3, "probe: not running\n", ""));
    }

    /** Another program says nothing of itself. */
    @Test
    void rootThatMayNotLookIntoOthersIsNotToldWhoseTheLockIsByAProgram() throws Exception {
        ProcView program = daemons.start(Kind.PROGRAM, "user=nobody");

        assertThat(blindly("status").out()).startsWith("probe: running (").contains("names no holder");
        assertThat(blindly("stop").err()).startsWith("probe: not stopped: ");
        assertThat(program.isAlive()).isTrue();
        assertThat(face("stop").out()).startsWith("probe: stopped (pid " + program.pid());
    }

    @Test
    void aStatusThatCannotBeSeenIsNotTakenForSuccess() throws Exception {
        Finished blind = processes.run(ContextDaemons.by(
                BLIND,
                Launcher.mode("exit")
                        .classPath(classPath)
                        .with("pidfile", pidfile)
                        .with("user", "nobody")
                        .command("0")));

        assertThat(blind.exitCode()).isEqualTo(7);
        assertThat(blind.err())
                .contains("exit status unknown: its parent was killed, or this process lacks CAP_SYS_PTRACE");
    }

    // Its launcher

    @Test
    void theLauncherStaysWhoItIs() throws Exception {
        List<String> before = identityOfThisProcess();

        daemons.start(Kind.PROGRAM, "user=nobody", "keep=net_bind_service", "noNewPrivileges", "nice=3");

        assertThat(identityOfThisProcess()).isEqualTo(before);
    }

    @Test
    void aLauncherThatGoesOnStaysWhoItIsAndIsShutWhileTheOtherRunsInItsMemory() throws Exception {
        Path gate = directory.resolve("gate");
        Path log = directory.resolve("log");
        Process launcher = processes
                .builder(Launcher.mode("ready")
                        .classPath(classPath)
                        .with("pidfile", pidfile)
                        .with("stdout", log)
                        .with("gate", gate)
                        .with("user", "nobody")
                        .command())
                .start();
        Processes.await("the task to run", () -> log.toFile().length() > 0);
        ProcView intermediate = new ProcView(ProcView.ofPidfile(pidfile).parent());

        assertThat(intermediate.parent()).isEqualTo(launcher.pid());
        ContextDaemons.assertIs(intermediate, NOBODY, NOBODY, NOBODY);
        assertThat(intermediate.owner()).as("not dumpable").isZero();
        assertThat(processes
                        .run(Prefix.nobody().before(List.of("cat", "/proc/" + intermediate.pid() + "/environ")))
                        .err())
                .contains("Permission denied");
        ContextDaemons.assertIs(new ProcView(launcher.pid()), 0, 0, ownGroups());

        Files.createFile(gate);
        assertThat(launcher.waitFor()).isZero();
    }

    private static List<String> identityOfThisProcess() throws IOException {
        return Stream.of("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")
                .map(key -> {
                    try {
                        return key + SELF.statusOfThreads(key);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static Long[] ownGroups() {
        return Stream.of(SELF.status("Groups").split("\\s+"))
                .filter(group -> !group.isEmpty())
                .map(Long::valueOf)
                .toArray(Long[]::new);
    }

    private Finished face(String word) throws Exception {
        return processes.run(Launcher.mode("main").with("pidfile", pidfile).command(word));
    }

    private Finished blindly(String word) throws Exception {
        return processes.run(ContextDaemons.by(
                BLIND, Launcher.mode("main").with("pidfile", pidfile).command(word)));
    }

    private Path ofNobody(String name) throws IOException {
        Path made = Files.createDirectory(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.setAttribute(made, "unix:uid", (int) NOBODY);
        Files.setAttribute(made, "unix:gid", (int) NOBODY);
        return made;
    }

    private static int freePortOfRoots() throws IOException {
        for (int port = 1023; port > 600; port--) {
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
                return free.getLocalPort();
            } catch (java.net.BindException taken) {
                // the next one
            }
        }
        throw new AssertionError("no free port below 1024");
    }
}
