package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.SystemdUnits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Generated files, put to use by the programs that they are for. */
class GeneratedFilesIT {

    private static final Set<String> INSTRUCTIONS = Set.of(
            "FROM", "RUN", "ENV", "COPY", "WORKDIR", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT");

    private static final int START_OF_TYPE = 0170000;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("a probe.pid"); // to be quoted in all of them
        log = directory.resolve("a probe.log");
    }

    @Test
    void theLsbScriptStartsReloadsRestartsAndStops() throws Exception {
        Path script = script("lsb");

        assertThat(Files.readString(script))
                .containsPattern("(?s)^#!/bin/sh\n.*\n### BEGIN INIT INFO\n(# [A-Z][A-Za-z-]*: +\\S.*\n)+"
                        + "### END INIT INFO\n")
                .contains("\n# Provides:          a-probe\n");
        assertThat(run(script, "status").exitCode()).isEqualTo(3);
        assertThat(run(script, "start").exitCode()).isZero();
        long pid = pid();
        assertThat(run(script, "start").exitCode())
                .as("the LSB's exit code of a service that runs")
                .isZero();
        assertThat(pid()).isEqualTo(pid);
        assertThat(run(script, "status").exitCode()).isZero();
        assertThat(run(script, "reload").exitCode()).isZero();
        assertThat(run(script, "restart").exitCode()).isZero();
        assertThat(pid()).isNotEqualTo(pid);
        assertThat(run(script, "stop").exitCode()).isZero();
        assertThat(run(script, "status").exitCode()).isEqualTo(3);
        assertThat(run(script, "nonsense").exitCode()).isEqualTo(2);
    }

    @Test
    void theOpenrcScriptsFunctionsStartReloadAndStop() throws Exception {
        Path script = script("openrc");
        assertThat(Files.readString(script)).startsWith("#!/sbin/openrc-run\n");

        // what openrc-run(8) gives a script, as far as this one asks for it
        Path runner = directory.resolve("openrc-run");
        Files.writeString(runner, """
            ebegin() { :; }
            eend() { return "$1"; }
            RC_SVCNAME=probe
            . "$1"
            "$2"
            """);
        assertThat(function(runner, script, "status").exitCode()).isEqualTo(3);
        assertThat(function(runner, script, "start").exitCode()).isZero();
        assertThat(function(runner, script, "status").exitCode()).isZero();
        assertThat(function(runner, script, "reload").exitCode()).isZero();
        assertThat(function(runner, script, "stop").exitCode()).isZero();
        assertThat(function(runner, script, "reload").exitCode()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void logrotatePutsTheLogAsideAndTheServiceWritesToTheNewOne(boolean daemon) throws Exception {
        if (daemon) {
            assertThat(run(face("start")).exitCode()).isZero();
        } else { // as under systemd with StandardOutput=append:
            processes
                    .builder(face("run"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        }
        Processes.await("ready", () -> said(log).contains("ready"));
        ProcView process = ProcView.ofPidfile(pidfile);
        Path configuration = Files.writeString(directory.resolve("logrotate.conf"), printed("logrotate"));

        Finished trial = run(List.of("/usr/sbin/logrotate", "--debug", configuration.toString()));
        assertThat(trial.exitCode()).isZero();
        assertThat(trial.err()).contains("considering log " + log).doesNotContain("error");
        Finished rotated = run(List.of(
                "/usr/sbin/logrotate",
                "--force",
                "--state",
                directory.resolve("state").toString(),
                configuration.toString()));

        assertThat(rotated).isEqualTo(new Finished(0, "", ""));
        assertThat(said(log.resolveSibling("a probe.log.1"))).contains("ready");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                .isEqualTo("rw-r-----");
        Processes.await("stdout to be the new file", () -> isOpen(process, 1, log) && isOpen(process, 2, log));
    }

    /** The pidfile is the user's: what it says is signalled with no more than the user's rights. */
    @ParameterizedTest
    @CsvSource({"www-data, false, true", "nobody, false, false", "www-data, true, false", "garbage, false, false"})
    void logrotateSignalsOnlyWhomTheUserMight(String victimsUser, boolean unlocked, boolean signalled)
            throws Exception {
        boolean garbage = victimsUser.equals("garbage");
        String user = garbage ? "www-data" : victimsUser;
        Path hup = directory.resolve("hup");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createFile(pidfile);
        Process victim = processes
                .builder(List.of(
                        "setpriv",
                        "--reuid=" + user,
                        "--regid=www-data",
                        "--clear-groups",
                        "sh",
                        "-c",
                        "trap '>\"$1\"; exit' HUP; exec 9<\"$2\"; " + (unlocked ? "" : "flock 9; ")
                                + "echo ready; while :; do sleep 0.1 9<&-; done",
                        "sh",
                        hup.toString(),
                        pidfile.toString()))
                .redirectErrorStream(true)
                .start();
        assertThat(victim.inputReader().readLine()).isEqualTo("ready");
        Files.writeString(pidfile, (garbage ? "-" : "") + victim.pid() + "\n");
        DaemonSpec spec = DaemonSpec.builder()
                .name("echo")
                .user("www-data")
                .pidfile(pidfile)
                .stdout(log)
                .build();
        String script = file(spec.files(), "echo.logrotate").content();
        script =
                script.substring(script.indexOf("postrotate\n") + "postrotate\n".length(), script.indexOf("endscript"));

        Finished finished = run(List.of("sh", "-c", script));

        assertThat(finished.exitCode() == 0).as(finished.toString()).isEqualTo(!victimsUser.equals("nobody"));
        if (signalled) {
            assertThat(victim.waitFor()).isZero();
            assertThat(hup).exists();
        } else {
            assertThat(victim.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(hup).doesNotExist();
        }
    }

    @Test
    void systemdTmpfilesMakesDirectoriesAndLogsWithTheirModeAndOwner() throws Exception {
        DaemonSpec spec = DaemonSpec.builder()
                .user("www-data")
                .pidfile(Path.of("/run/my echo/100%/echo.pid"))
                .stdout(Path.of("/var/log/echo/out.log"))
                .stderr(Path.of("/var/log/err.log"))
                .logMode(0600)
                .workingDirectory(Path.of("/srv/echo"))
                .createWorkingDirectory(0710)
                .build();
        Path etc = Files.createDirectories(directory.resolve("etc"));
        for (String database : List.of("passwd", "group")) {
            Files.copy(Path.of("/etc", database), etc.resolve(database), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path configuration = file(spec.files(), "echo.tmpfiles").writeTo(directory);

        assertThat(run(List.of("systemd-tmpfiles", "--create", "--root=" + directory, configuration.toString())))
                .isEqualTo(new Finished(0, "", ""));

        assertThat(List.of("run/my echo/100%", "var/log/echo", "var/log/echo/out.log", "var/log/err.log", "srv/echo"))
                .extracting(this::modeAndOwner)
                .containsExactly(
                        "755 www-data www-data",
                        "750 root www-data",
                        "600 www-data www-data",
                        "600 www-data www-data",
                        "710 www-data www-data");
    }

    @Test
    void theUnitsCommandLineRunsWhereSystemdRunsItWithoutEnvironmentAndInTheRootDirectory() throws Exception {
        Path unit = Files.writeString(directory.resolve("probe.service"), printed("unit"));
        assertThat(SystemdUnits.verify(processes, unit)).isEqualTo(new Finished(0, "", ""));
        List<String> words = SystemdUnits.words(
                SystemdUnits.understood(processes, "Command Line", unit).getFirst());

        ProcessBuilder builder = processes.builder(words).directory(Path.of("/").toFile());
        builder.environment().keySet().retainAll(Set.of("DAEMONSPEC_TEST_MARK"));
        Process process =
                builder.redirectOutput(log.toFile()).redirectErrorStream(true).start();
        Processes.await("ready", () -> said(log).contains("ready"));

        assertThat(pid()).isEqualTo(process.pid());
        assertThat(run(face("status")).exitCode()).isZero();
        assertThat(run(face("stop")).exitCode()).isZero();
        assertThat(process.waitFor()).isIn(0, 143);
    }

    @Test
    void aDockerfileHasKnownInstructionsAndTheProgramsFiles() throws Exception {
        Map<String, List<String>> lines =
                instructions(printed("dockerfile", "env.GREETING=a \"b\" $c", "user=www-data"));

        assertThat(INSTRUCTIONS).containsAll(lines.keySet());
        assertThat(lines.get("FROM"))
                .containsExactly("eclipse-temurin:" + Runtime.version().feature() + "-jre");
        assertThat(lines.get("USER")).containsExactly("10001:10001");
        assertThat(lines.get("STOPSIGNAL")).containsExactly("SIGTERM");
        assertThat(lines.get("ENV")).contains("GREETING=\"a \\\"b\\\" \\$c\"");
        List<String> entrypoint = list(lines.get("ENTRYPOINT").getFirst());
        assertThat(entrypoint)
                .startsWith("/opt/java/openjdk/bin/java")
                .endsWith("--", "run")
                .contains("pidfile=" + pidfile);
        String health = lines.get("HEALTHCHECK").getFirst();
        assertThat(health).startsWith("--interval=60s --timeout=20s --start-period=60s CMD [");
        assertThat(list(health.substring(health.indexOf('[')))).endsWith("--", "status");
        for (String path : entrypoint.get(entrypoint.indexOf("-cp") + 1).split(":", -1)) {
            assertThat(lines.get("COPY"))
                    .as(path)
                    .anyMatch(copy -> copy.endsWith(" " + path) || copy.endsWith(" " + path + "/"));
        }
    }

    @Test
    void aKubernetesManifestSaysWhatTheSpecificationSays() throws Exception {
        List<Map<String, Object>> documents = yaml(file(
                        DaemonSpec.builder()
                                .name("My Echo")
                                .pidfile(Path.of("/run/echo/echo.pid"))
                                .user("1234")
                                .group("1235")
                                .keepCapabilities("net_bind_service")
                                .environment("A", "$(B) \"c\"")
                                .readyTimeout(Duration.ofSeconds(61))
                                .stopSchedule(StopSchedule.of(Signal.TERM, Duration.ofMillis(1500))
                                        .then(Signal.KILL, Duration.ofSeconds(1)))
                                .listen(ListenSocket.at(new InetSocketAddress(443))
                                        .named("https"))
                                .listen(ListenSocket.at(
                                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9000)))
                                .build()
                                .files(),
                        "My-Echo.yaml")
                .content());

        assertThat(documents).extracting("kind").containsExactly("Deployment", "Service");
        Object pod = at(documents.getFirst(), "spec", "template", "spec");
        assertThat(at(documents.getFirst(), "metadata", "name")).isEqualTo("my-echo");
        assertThat(at(pod, "terminationGracePeriodSeconds")).isEqualTo(3);
        assertThat(at(pod, "securityContext"))
                .isEqualTo(Map.of(
                        "runAsNonRoot",
                        true,
                        "runAsUser",
                        1234,
                        "runAsGroup",
                        1235,
                        "fsGroup",
                        1235,
                        "seccompProfile",
                        Map.of("type", "RuntimeDefault"),
                        "sysctls",
                        List.of(Map.of("name", "net.ipv4.ip_unprivileged_port_start", "value", "0"))));
        Object container = at(pod, "containers", "0");
        assertThat(at(container, "securityContext"))
                .isEqualTo(Map.of(
                        "allowPrivilegeEscalation", false,
                        "readOnlyRootFilesystem", true,
                        "capabilities", Map.of("drop", List.of("ALL"), "add", List.of("NET_BIND_SERVICE"))));
        assertThat(at(container, "ports"))
                .isEqualTo(List.of(
                        Map.of("name", "https", "containerPort", 443),
                        Map.of("name", "port-9000", "containerPort", 9000)));
        assertThat(at(container, "env")).isEqualTo(List.of(Map.of("name", "A", "value", "$$(B) \"c\"")));
        assertThat(at(container, "startupProbe"))
                .isEqualTo(Map.of(
                        "tcpSocket", Map.of("port", 443),
                        "periodSeconds", 5,
                        "timeoutSeconds", 5,
                        "failureThreshold", 13));
        assertThat(at(container, "readinessProbe", "tcpSocket", "port")).isEqualTo(443);
        assertThat(at(container, "livenessProbe", "tcpSocket", "port")).isEqualTo(443);
        assertThat(at(container, "volumeMounts"))
                .isEqualTo(List.of(
                        Map.of("name", "writable-0", "mountPath", "/run/echo"),
                        Map.of("name", "tmp", "mountPath", "/tmp")));
        assertThat(at(pod, "volumes"))
                .isEqualTo(List.of(
                        Map.of("name", "writable-0", "emptyDir", Map.of()),
                        Map.of("name", "tmp", "emptyDir", Map.of())));
        assertThat(at(documents.getLast(), "spec", "ports"))
                .isEqualTo(List.of(
                        Map.of("name", "https", "port", 443, "targetPort", "https"),
                        Map.of("name", "port-9000", "port", 9000, "targetPort", "port-9000")));
        assertThat(at(documents.getLast(), "spec", "selector"))
                .isEqualTo(at(documents.getFirst(), "spec", "selector", "matchLabels"));
    }

    @Test
    void aStartupProbeIsRightBeforeAndAfterTheServiceIsReady() throws Exception {
        Path gate = directory.resolve("gate");
        Object pod = at(yaml(printed("kubernetes")).getFirst(), "spec", "template", "spec");
        List<String> probe = new ArrayList<>();
        for (Object word : (List<?>) at(pod, "containers", "0", "startupProbe", "exec", "command")) {
            probe.add(word.equals("/opt/java/openjdk/bin/java") ? Launcher.java() : word.toString());
        }
        assertThat(run(probe).exitCode()).as("it does not run").isNotZero();
        List<String> command = new ArrayList<>(launcher("gate=" + gate).command("run"));
        processes
                .builder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Processes.await("waiting", () -> said(log).contains("waiting"));
        assertThat(run(probe).exitCode()).as("it is not ready").isNotZero();

        Files.createFile(gate);
        Processes.await("ready", () -> said(log).contains("ready"));

        Processes.await("the probe to notice", () -> exitCode(probe) == 0);
    }

    @Test
    void aFileIsWrittenWithItsModeWhateverIsThere() throws Exception {
        DaemonFile script = new DaemonFile("echo.init", "new \u00e4\n", 0755);
        Path there = Files.writeString(directory.resolve("echo.init"), "something old that is longer");

        assertThat(script.writeTo(directory)).isEqualTo(there).hasContent("new \u00e4\n");

        assertThat((int) Files.getAttribute(there, "unix:mode") & ~START_OF_TYPE)
                .isEqualTo(0755);
    }

    @Test
    void theListSaysWhatThereIsAndWhatMakesNoSense() throws Exception {
        Finished list = run(launcher().command("generate"));

        assertThat(list.exitCode()).isZero();
        assertThat(list.out().lines())
                .hasSize(8)
                .contains("unit        systemd service unit, for /etc/systemd/system")
                .contains("socket      none: the specification names no socket that it listens on (with a port that is"
                        + " known beforehand).");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "socket   | 6 | a probe: no socket file: the specification names no socket",
                "dockerfile | 6 | a probe: no dockerfile file: the value of variable LINES contains a control"
                        + " character",
                "nonsense | 2 | a probe: unknown file 'nonsense'; give one of unit",
            })
    void whatThereIsNotIsSaid(String word, int exitCode, String complaint) throws Exception {
        Finished finished = run(launcher("env.LINES=a\nUSER root").command("generate", word));

        assertThat(finished.exitCode()).isEqualTo(exitCode);
        assertThat(finished.err()).startsWith(complaint).hasLineCount(1);
    }

    private Launcher launcher(String... settings) {
        return Launcher.mode("main")
                .with("pidfile", pidfile)
                .with("name", "a probe")
                .with(List.of(settings));
    }

    private List<String> face(String... words) {
        return launcher("stdout=" + log, "stderrToStdout", "onReload=say").command(words);
    }

    private String printed(String file, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("stdout=" + log, "stderrToStdout", "onReload=say"));
        all.addAll(List.of(settings));
        Finished finished = run(launcher(all.toArray(String[]::new)).command("generate", file));
        assertThat(finished).isEqualTo(new Finished(0, finished.out(), ""));
        return finished.out();
    }

    private Path script(String kind) throws Exception {
        Path script = new DaemonFile("script", printed(kind), 0755).writeTo(directory);
        assertThat(run(List.of("sh", "-n", script.toString()))).isEqualTo(new Finished(0, "", ""));
        return script;
    }

    private Finished run(Path script, String verb) throws Exception {
        return run(List.of(script.toString(), verb));
    }

    private Finished function(Path runner, Path script, String name) throws Exception {
        return run(List.of("sh", runner.toString(), script.toString(), name));
    }

    private Finished run(List<String> command) throws Exception {
        return processes.run(command);
    }

    private int exitCode(List<String> command) {
        try {
            return run(command).exitCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private long pid() throws Exception {
        return ProcView.ofPidfile(pidfile).pid();
    }

    private static String said(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean isOpen(ProcView process, int descriptor, Path file) {
        try {
            return file.toRealPath().toString().equals(process.descriptors().get(descriptor));
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private String modeAndOwner(String path) {
        Path file = directory.resolve(path);
        try {
            Map<String, Object> attributes =
                    Files.readAttributes(file, "unix:mode,owner,group", LinkOption.NOFOLLOW_LINKS);
            return Integer.toOctalString((int) attributes.get("mode") & 07777) + " " + attributes.get("owner") + " "
                    + attributes.get("group");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static DaemonFile file(List<DaemonFile> files, String name) {
        return files.stream()
                .filter(file -> file.name().equals(name))
                .findAny()
                .orElseThrow(() -> new AssertionError(name + " is not among " + files));
    }

    private static List<String> list(String json) {
        return new Yaml().load(json);
    }

    private static List<Map<String, Object>> yaml(String text) {
        return StreamSupport.stream(new Yaml().loadAll(text).spliterator(), false)
                .map(GeneratedFilesIT::map)
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    /** What a path of keys and indices leads to. */
    private static Object at(Object value, String... path) {
        Object here = value;
        for (String key : path) {
            here = here instanceof List<?> list
                    ? list.get(Integer.parseInt(key))
                    : map(here).get(key);
            assertThat(here).as(key + " of " + value).isNotNull();
        }
        return here;
    }

    /** Instructions with their arguments, in order; lines that go on are joined. */
    private static Map<String, List<String>> instructions(String dockerfile) {
        return dockerfile
                .replaceAll("(?m)^#.*\n", "")
                .replaceAll(" *\\\\\n *", " ")
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.split(" ", 2))
                .collect(java.util.stream.Collectors.groupingBy(
                        words -> words[0],
                        java.util.TreeMap::new,
                        java.util.stream.Collectors.mapping(words -> words[1], java.util.stream.Collectors.toList())));
    }
}
