package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.SystemdUnits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The generated systemd units, as systemd reads them. */
class GeneratedUnitIT {

    /** Of 100: what {@code systemd-analyze security} calls 10.0 is a service without any restriction. */
    private static final int HIGHEST_EXPOSURE = 20;

    private static final String AWKWARD =
            " \t\n\"'\\$%;#&|<>*?~`!{}[]()=:@-+^,./aZ0\u00e4\u20ac\uD83D\uDE00\u007f\u0001";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    static Stream<Arguments> specifications() {
        return Stream.of(
                specification("the defaults", spec -> {}),
                specification("a user and a pidfile in /run", spec -> spec.user("www-data")),
                specification(
                        "a directory in /run, and logs in one",
                        spec -> spec.user("www-data")
                                .pidfile(Path.of("/run/echo/echo.pid"))
                                .stdout(Path.of("/var/log/echo/out.log"))
                                .stderr(Path.of("/var/log/echo/err.log"))),
                specification("everything about the process", GeneratedUnitIT::everything),
                specification(
                        "sockets",
                        spec -> spec.user("www-data")
                                .listen(ListenSocket.at(new InetSocketAddress(443))
                                        .named("https"))
                                .listen(ListenSocket.at(new InetSocketAddress(InetAddress.ofLiteral("::1"), 8080))
                                        .named("admin"))
                                .listen(ListenSocket.at(UnixDomainSocketAddress.of("/run/echo/echo.sock"))
                                        .mode(0660)
                                        .group("www-data"))),
                specification(
                        "a stop schedule of many steps",
                        spec -> spec.stopSchedule(StopSchedule.of(Signal.INT, Duration.ofMillis(1500))
                                .then(Signal.TERM, Duration.ofSeconds(2))
                                .then(Signal.QUIT, Duration.ofSeconds(3)))),
                specification(
                        "a name and paths that need quotes",
                        spec -> spec.name("my echo 100%")
                                .pidfile(Path.of("/srv/my echo/100%/echo.pid"))
                                .stdout(Path.of("/srv/my echo/100%/out.log"))
                                .workingDirectory(Path.of("/srv/my echo"))
                                .environmentFile(Path.of("/etc/my echo/100%"))));
    }

    private static Arguments specification(String name, Consumer<DaemonSpec.Builder> change) {
        DaemonSpec.Builder spec = DaemonSpec.builder().pidfile(Path.of("/run/echo.pid"));
        change.accept(spec);
        return Arguments.argumentSet(name, spec);
    }

    private static void everything(DaemonSpec.Builder spec) {
        spec.user("www-data")
                .group("daemon")
                .supplementaryGroups("mail", "audio")
                .keepCapabilities("net_bind_service", "CAP_SYS_NICE")
                .nice(-5)
                .ioPriority(IoPriority.bestEffort(3))
                .scheduling(Scheduling.fifo(10))
                .cpuAffinity(0, 1)
                .oomScoreAdjust(-500)
                .umask(027)
                .workingDirectory(Path.of("/var/lib/echo"))
                .createWorkingDirectory(0750)
                .crashDirectory(Path.of("/var/cache/echo"))
                .stdin(Path.of("/etc/hostname"))
                .syslog("local3")
                .environment("GREETING", "100% \"sure\"")
                .unsetEnvironment("LANG")
                .readyTimeout(Duration.ofMillis(2500));
        for (ResourceLimit limit : ResourceLimit.values()) {
            spec.limit(limit, 30, ResourceLimit.UNLIMITED);
        }
    }

    @ParameterizedTest
    @MethodSource("specifications")
    void systemdHasNothingToSayAboutIt(DaemonSpec.Builder builder) throws Exception {
        assertThat(SystemdUnits.verify(processes, written(builder.build()))).isEqualTo(new Finished(0, "", ""));
    }

    @ParameterizedTest
    @MethodSource("specifications")
    void itIsAsHardAsAJvmCanBear(DaemonSpec.Builder builder) throws Exception {
        Path unit = written(builder.build())[0];

        Finished finished = processes.run(List.of(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--no-pager",
                "--threshold=" + HIGHEST_EXPOSURE,
                unit.toString()));

        assertThat(finished.exitCode()).as(finished.out()).isZero();
    }

    @Test
    void everyWordOfTheCommandLineArrivesAsItIs() throws Exception {
        List<String> options = new ArrayList<>(List.of("-D;=", "-D#", "-D%n$HOME${HOME}", "-Da=\\x41\\n"));
        Random random = new Random(18);
        for (int i = 0; i < 200; i++) {
            options.add("-Dx=" + randomText(random));
        }

        Path[] unit = written(DaemonSpec.builder().jvmOptions(options).build());

        List<String> words = SystemdUnits.words(
                SystemdUnits.understood(processes, "Command Line", unit).getFirst());
        assertThat(words.getFirst())
                .isEqualTo(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
        assertThat(words.stream().filter(word -> word.startsWith("-D") && options.contains(word)))
                .containsExactlyElementsOf(options);
    }

    @Test
    void variablesArriveAsTheyAreAndTheLastWordOnEachCounts() throws Exception {
        Path[] unit = written(DaemonSpec.builder()
                .environment("A", "100% \"sure\" 'a' \\ $HOME ${HOME} #;")
                .environment("GONE", "x")
                .unsetEnvironment("GONE")
                .unsetEnvironment("BACK")
                .environment("BACK", "y")
                .build());

        assertThat(SystemdUnits.understood(processes, "Environment", unit))
                .containsExactly("A=100% \"sure\" 'a' \\ $HOME ${HOME} #;", "BACK=y");
        assertThat(SystemdUnits.understood(processes, "UnsetEnvironment", unit)).containsExactly("GONE");
    }

    @Test
    void aLineBreakInAVariableBeginsNoLine() {
        DaemonSpec spec = DaemonSpec.builder()
                .environment("LINES", "a\nExecStartPre=/bin/false\r\\")
                .build();

        assertThat(spec.unit()).contains("\nEnvironment=\"LINES=a\\nExecStartPre=/bin/false\\x0d\\\\\"\n");
        assertThat(spec.files()).extracting(DaemonFile::name).doesNotContain("Dockerfile");
    }

    static Stream<Arguments> whatNoFileTakes() {
        return Stream.of(
                specification("environment", spec -> spec.environment("A\nUSER", "root")),
                specification("unset", spec -> spec.unsetEnvironment("A\nUSER")),
                specification("environment file", spec -> spec.environmentFile(Path.of("/etc/a\nUser=root"))),
                specification("stdin", spec -> spec.stdin(Path.of("/etc/a\nUser=root"))),
                specification("backslash", spec -> spec.environmentFile(Path.of("/etc/a\\"))));
    }

    @ParameterizedTest
    @MethodSource("whatNoFileTakes")
    void whatWouldBeginAnotherLineIsRefused(DaemonSpec.Builder builder) {
        DaemonSpec spec = builder.build();

        assertThatThrownBy(spec::unit)
                .hasMessageFindingMatch("'[^\n]*': it (contains a control character|ends with a backslash), which")
                .hasMessageEndingWith("; rename it.");
    }

    @Test
    void theStopScheduleIsSystemds() {
        assertThat(values(DaemonSpec.builder().build().unit()))
                .containsEntry("KillSignal", "SIGTERM")
                .containsEntry("TimeoutStopSec", "10")
                .containsEntry("TimeoutStopFailureMode", "abort")
                .containsEntry("WatchdogSignal", "SIGQUIT")
                .containsEntry("TimeoutAbortSec", "2")
                .doesNotContainKey("SendSIGKILL");
        assertThat(values(DaemonSpec.builder()
                        .stopSchedule(StopSchedule.of(Signal.INT, Duration.ofMillis(1500)))
                        .build()
                        .unit()))
                .containsEntry("KillSignal", "SIGINT")
                .containsEntry("TimeoutStopSec", "1500ms")
                .containsEntry("SendSIGKILL", "no")
                .doesNotContainKey("TimeoutStopFailureMode");
    }

    @Test
    void theProcessIsWhatTheSpecificationSays() {
        DaemonSpec.Builder spec = DaemonSpec.builder();
        everything(spec);

        assertThat(values(spec.build().unit()))
                .containsEntry("Type", "notify")
                .containsEntry("User", "www-data")
                .containsEntry("Group", "daemon")
                .containsEntry("SupplementaryGroups", "mail audio")
                .containsEntry("CapabilityBoundingSet", "CAP_NET_BIND_SERVICE CAP_SYS_NICE")
                .containsEntry("AmbientCapabilities", "CAP_NET_BIND_SERVICE CAP_SYS_NICE")
                .containsEntry("Nice", "-5")
                .containsEntry("IOSchedulingClass", "best-effort")
                .containsEntry("IOSchedulingPriority", "3")
                .containsEntry("CPUSchedulingPolicy", "fifo")
                .containsEntry("CPUSchedulingPriority", "10")
                .containsEntry("CPUAffinity", "0 1")
                .containsEntry("OOMScoreAdjust", "-500")
                .containsEntry("UMask", "0027")
                .containsEntry("LimitNOFILE", "30:infinity")
                .containsEntry("LimitRTTIME", "30:infinity")
                .containsEntry("WorkingDirectory", "/var/lib/echo")
                .containsEntry("StateDirectory", "echo")
                .containsEntry("CacheDirectory", "echo")
                .containsEntry("StandardInput", "file:/etc/hostname")
                .containsEntry("StandardOutput", "journal")
                .containsEntry("SyslogFacility", "local3")
                .containsEntry("TimeoutStartSec", "2500ms")
                .doesNotContainKey("RestrictRealtime");
    }

    @Test
    void aPidfileHasAPlaceWhereItsUserMayWriteIt() {
        assertThat(values(DaemonSpec.builder()
                        .user("www-data")
                        .pidfile(Path.of("/var/run/echo/echo.pid"))
                        .build()
                        .unit()))
                .containsEntry("RuntimeDirectory", "echo")
                .doesNotContainKeys("ExecStartPre", "ReadWritePaths");
        assertThat(values(DaemonSpec.builder()
                        .user("www-data")
                        .pidfile(Path.of("/run/echo.pid"))
                        .build()
                        .unit()))
                .containsEntry(
                        "ExecStartPre",
                        "+/bin/sh -c \"test -e /run/echo.pid || exec install -m 0644 -o www-data -g www-data"
                                + " /dev/null /run/echo.pid\"")
                .containsEntry("ReadWritePaths", "-/run/echo.pid")
                .doesNotContainKeys("RuntimeDirectory", "PIDFile");
    }

    @Test
    void aLogIsAppendedToUnlessNobodyWouldRotateIt() {
        DaemonSpec.Builder spec =
                DaemonSpec.builder().stdout(Path.of("/var/log/echo.log")).stderrToStdout();
        assertThat(values(spec.build().unit()))
                .containsEntry("StandardOutput", "append:/var/log/echo.log")
                .containsEntry("ReadWritePaths", "/var/log")
                .doesNotContainKey("StandardError");
        assertThat(values(spec.rotateLogs(1000, 3).build().unit())).containsEntry("StandardOutput", "journal");
    }

    /** What systemd and logrotate open as root must not be a symbolic link that the service has put there. */
    @Test
    void rootOpensNoLogThatTheUserMayReplace() {
        DaemonSpec.Builder spec = DaemonSpec.builder()
                .name("echo")
                .user("www-data")
                .pidfile(Path.of("/run/echo/echo.pid"))
                .workingDirectory(Path.of("/var/lib/echo"))
                .stdout(Path.of("/var/log/echo/out.log"))
                .stderr(Path.of("/var/lib/echo/logs/err.log"));

        List<DaemonFile> files = spec.build().files();

        assertThat(values(content(files, "echo.service")))
                .containsEntry("StandardOutput", "append:/var/log/echo/out.log")
                .containsEntry("StandardError", "journal")
                .containsEntry("ReadWritePaths", "/var/log/echo")
                .containsEntry("StateDirectory", "echo echo/logs")
                .doesNotContainKeys("LogsDirectory", "LogsDirectoryMode");
        assertThat(content(files, "echo.tmpfiles"))
                .contains("\nd /var/log/echo 0750 root www-data -\nf /var/log/echo/out.log 0640 www-data www-data -\n")
                .contains("\nd /var/lib/echo/logs 0750 www-data www-data -\n");
        String logrotate = content(files, "echo.logrotate");
        int second = logrotate.indexOf("\n\"/var/lib/echo/logs/err.log\" {\n");
        assertThat(logrotate.substring(0, second))
                .contains("\n\"/var/log/echo/out.log\" {\n")
                .doesNotContain("\n    su ");
        assertThat(logrotate.substring(second)).contains("\n    su www-data www-data\n");
        for (String unsafe : List.of("/tmp/out.log", "/home/echo/logs/out.log", "/run/echo/out.log")) {
            assertThat(values(spec.stdout(Path.of(unsafe)).build().unit()))
                    .as(unsafe)
                    .containsEntry("StandardOutput", "journal");
        }
    }

    @Test
    void aDirectoryWhereTheDaemonRotatesItsLogsIsItsUsers() {
        List<DaemonFile> files = DaemonSpec.builder()
                .name("echo")
                .user("www-data")
                .stdout(Path.of("/var/log/echo/out.log"))
                .stderrToStdout()
                .rotateLogs(1000, 3)
                .build()
                .files();

        assertThat(values(content(files, "echo.service")))
                .containsEntry("StandardOutput", "journal")
                .containsEntry("LogsDirectory", "echo");
        assertThat(content(files, "echo.tmpfiles")).contains("\nd /var/log/echo 0750 www-data www-data -\n");
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, true", "2001:db8::1, true", "0.0.0.0, false", "::, false", "127.0.0.2, false", "::1, false"
    })
    void anAddressOfTheMachinesOwnIsWaitedFor(String address, boolean waits) {
        DaemonSpec spec = DaemonSpec.builder()
                .listen(new InetSocketAddress(InetAddress.ofLiteral(address), 8080))
                .build();

        String network = waits ? "network-online.target" : "network.target";
        assertThat(values(spec.unit())).containsEntry("After", network).containsEntry("RestartPreventExitStatus", "2");
        assertThat(spec.unit().contains("\nWants=network-online.target\n")).isEqualTo(waits);
    }

    @Test
    void eachSocketHasAUnit() {
        List<DaemonFile> files = DaemonSpec.builder()
                .name("echo")
                .listen(ListenSocket.at(new InetSocketAddress(443)).named("web").backlog(7))
                .listen(ListenSocket.at(new InetSocketAddress(InetAddress.ofLiteral("::1"), 8443)))
                .listen(ListenSocket.at(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9000))
                        .named("admin"))
                .listen(ListenSocket.at(UnixDomainSocketAddress.of("/run/echo/echo.sock"))
                        .mode(0660)
                        .owner("daemon")
                        .group("www-data"))
                .build()
                .files();

        assertThat(content(files, "echo.service"))
                .contains("\nSockets=echo-web.socket echo-8443.socket echo-admin.socket echo-echo.sock.socket\n")
                .contains("\nRuntimeDirectory=echo\n")
                .contains("\nRuntimeDirectoryPreserve=yes\n");
        assertThat(content(files, "echo-web.socket"))
                .contains("\nListenStream=443\n")
                .contains("\nFileDescriptorName=web\n", "\nBacklog=7\n", "\nService=echo.service\n")
                .doesNotContain("SocketMode");
        assertThat(content(files, "echo-8443.socket")).contains("\nListenStream=[0:0:0:0:0:0:0:1]:8443\n");
        assertThat(content(files, "echo-admin.socket")).contains("\nListenStream=127.0.0.1:9000\n");
        assertThat(values(content(files, "echo-echo.sock.socket")))
                .containsEntry("ListenStream", "/run/echo/echo.sock")
                .containsEntry("SocketMode", "0660")
                .containsEntry("SocketUser", "daemon")
                .containsEntry("SocketGroup", "www-data");
    }

    /** Units, the service first. */
    private Path[] written(DaemonSpec spec) throws Exception {
        List<Path> units = new ArrayList<>();
        for (DaemonFile file : spec.files()) {
            if (file.name().endsWith(".service") || file.name().endsWith(".socket")) {
                units.add(file.writeTo(directory));
            }
        }
        return units.toArray(Path[]::new);
    }

    private static String content(List<DaemonFile> files, String name) {
        return files.stream()
                .filter(file -> file.name().equals(name))
                .findAny()
                .orElseThrow()
                .content();
    }

    private static Map<String, String> values(String unit) {
        return IniFile.values(unit);
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            int at = random.nextInt(AWKWARD.codePointCount(0, AWKWARD.length()));
            text.appendCodePoint(AWKWARD.codePointAt(AWKWARD.offsetByCodePoints(0, at)));
        }
        return text.toString();
    }
}
