package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
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

/** What somebody without rights may ask for, and what is refused before anything is forked: nobody starts the launcher. */
class OrdinaryUserIT {

    private static final Prefix AS_NOBODY =
            Prefix.nobody().then(Prefix.limits("--nofile=1000:1000", "--nice=0:0", "--rtprio=0:0", "--core=0:0"));

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
        Prefix.give(directory, Prefix.NOBODY);
        pidfile = directory.resolve("probe.pid");
        daemons = new ContextDaemons(processes, pidfile, classPath);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        user=www-data         | user www-data (uid 33): EPERM (this process is uid 65534 and lacks CAP_SETUID); start it as root.
        user=root             | user root (uid 0): EPERM (this process is uid 65534 and lacks CAP_SETUID); start it as root.
        group=daemon          | group 1 and supplementary groups []: EPERM (this process is uid 65534 and lacks CAP_SETGID); start it as root.
        groups=daemon         | group 65534 and supplementary groups [1]: EPERM (this process is uid 65534 and lacks CAP_SETGID)
        keep=chown            | keepCapabilities chown: EPERM (this process does not have it); start it as root
        limit.NOFILE=100:2000 | limit RLIMIT_NOFILE 100:2000: EPERM (1000:1000 is in force, and only root or CAP_SYS_RESOURCE may raise the hard limit); ask for at most that
        limit.CORE=0:-1       | limit RLIMIT_CORE 0:unlimited: EPERM (0:0 is in force
        nice=-1               | nice -1: EACCES (0 is in force, and less needs root, CAP_SYS_NICE or RLIMIT_NICE); ask for at least 0
        io=realtime:4         | ioPriority realtime 4: EPERM (it needs root or CAP_SYS_NICE); ask for best-effort
        scheduling=fifo:10    | scheduling fifo 10: EPERM (it needs root, CAP_SYS_NICE or RLIMIT_RTPRIO); ask for another policy
        scheduling=rr:1       | scheduling rr 1: EPERM (it needs root, CAP_SYS_NICE or RLIMIT_RTPRIO); ask for another policy
        oom=-1000             | oomScoreAdjust -1000: EACCES (0 is in force, and less needs root or CAP_SYS_RESOURCE); ask for at least that
        """)
    void whatIsRefusedIsToldWithTheValueInForce(String word, String sentence) throws Exception {
        Finished launcher = processes.run(AS_NOBODY.before(daemons.task(word)));

        assertThat(launcher).isEqualTo(new Finished(DaemonException.EXIT_NOT_CONFIGURED, "", launcher.err()));
        assertThat(launcher.err()).contains(sentence);
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).isEmpty();
    }

    @Test
    void aNewRootDirectoryIsRefused() throws Exception {
        List<String> command = Launcher.mode("exec")
                .classPath(classPath)
                .with("pidfile", pidfile)
                .with("chroot", "/")
                .command("sleep", "60");

        assertThat(processes.run(AS_NOBODY.before(command)).err())
                .contains("chroot /: EPERM (this process is uid 65534 and lacks CAP_SYS_CHROOT); start it as root.");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void everythingIsToldAtOnce() throws Exception {
        Finished launcher = processes.run(AS_NOBODY.before(daemons.task(
                "user=daemon",
                "keep=kill",
                "limit.NOFILE=1:1001",
                "nice=-5",
                "io=realtime:0",
                "scheduling=fifo:1",
                "oom=-1",
                "chroot=/nowhere")));

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(launcher.err())
                .contains(
                        "user daemon (uid 1): EPERM",
                        "group 1 and supplementary groups [1]: EPERM",
                        "keepCapabilities kill: EPERM",
                        "limit RLIMIT_NOFILE 1:1001: EPERM",
                        "nice -5: EACCES",
                        "ioPriority realtime 0: EPERM",
                        "scheduling fifo 1: EPERM",
                        "oomScoreAdjust -1: EACCES",
                        "chroot /nowhere: ENOENT",
                        "chroot /nowhere: a JVM would need");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void oneselfNeedsNoRights() throws Exception {
        ProcView daemon = start("user=nobody", "group=65534");

        ContextDaemons.assertIs(daemon, Prefix.NOBODY, Prefix.NOBODY);
        assertThat(daemon.environment()).contains("USER=nobody", "LOGNAME=nobody", "SHELL=/usr/sbin/nologin");
    }

    @Test
    void lessAndWorseIsAlwaysAllowed() throws Exception {
        ProcView daemon = start(
                "noNewPrivileges",
                "limit.NOFILE=100:200",
                "limit.CPU=1000:2000",
                "nice=7",
                "io=idle",
                "scheduling=batch",
                "oom=300",
                "cpus=0");

        ContextDaemons.assertIs(daemon, Prefix.NOBODY, Prefix.NOBODY);
        assertThat(daemon.statusOfThreads("NoNewPrivs")).containsExactly("1");
        assertThat(daemon.limit(ResourceLimit.NOFILE.number())).isEqualTo("100:200");
        assertThat(daemon.limit(ResourceLimit.CPU.number())).isEqualTo("1000:2000");
        assertThat(daemon.nice()).isEqualTo(7);
        assertThat(daemon.line("oom_score_adj")).isEqualTo("300");
        assertThat(daemon.statusOfThreads("Cpus_allowed_list")).containsExactly("0");
        assertThat(said("ionice", "-p", pid(daemon))).isEqualTo("idle\n");
        assertThat(said("chrt", "-p", pid(daemon))).contains("SCHED_BATCH");
    }

    @Test
    void noCapabilitiesAtAllMayBeAskedFor() throws Exception {
        ProcView daemon = start("keep=");

        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapAmb")) {
            assertThat(daemon.statusOfThreads(set)).as(set).containsExactly("0000000000000000");
        }
        assertThat(daemon.statusOfThreads("NoNewPrivs")).containsExactly("1");
    }

    @Test
    void aLimitOfSchedulingAllowsWhatItSays() throws Exception {
        Prefix allowed = Prefix.limits("--nice=25:25", "--rtprio=5:5");
        Finished tried = processes.run(allowed.before(List.of("true")));
        assumeTrue(tried.exitCode() == 0, "these limits may not be raised here: " + tried.err());

        Finished launcher =
                processes.run(allowed.then(Prefix.nobody()).before(daemons.task("nice=-5", "scheduling=batch")));

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        assertThat(ProcView.ofPidfile(pidfile).nice()).isEqualTo(-5);
    }

    private ProcView start(String... words) throws Exception {
        assertThat(processes.run(AS_NOBODY.before(daemons.task(words)))).isEqualTo(new Finished(0, "", ""));
        return ProcView.ofPidfile(pidfile);
    }

    private String said(String... command) throws Exception {
        return processes.run(List.of(command)).out();
    }

    private static String pid(ProcView process) {
        return Long.toString(process.pid());
    }
}
