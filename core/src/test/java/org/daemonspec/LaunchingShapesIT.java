package org.daemonspec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProbeProgram;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In whatever shape the launcher's command line is, the daemon runs the same program with the same arguments. */
class LaunchingShapesIT {

    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final String FAST = "-XX:TieredStopAtLevel=1";

    private static final List<String> ARGUMENTS = List.of(
            "a b",
            "it's",
            "\"quoted\"",
            "two\nlines",
            "a\ttab",
            "",
            "grün 日本 \uD83D\uDE00",
            "@notafile",
            "@@",
            "-Dlooks=like",
            "-cp",
            "*",
            "$HOME",
            "\\",
            "#",
            "");

    /** The program, see {@link ShapeProgram}; launchers start here. */
    @TempDir
    private static Path home;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path mark;
    private Path gate;
    private Path log;

    @BeforeAll
    static void createProgram() throws Exception {
        ShapeProgram.create(home);
    }

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("probe.pid");
        mark = directory.resolve("mark");
        gate = directory.resolve("gate");
        log = directory.resolve("log");
    }

    /** JUnit would do it too, but tell of each link. */
    @AfterEach
    void deleteJdk() throws Exception {
        processes.run(List.of("rm", "-rf", directory.resolve("jdk").toString()));
    }

    @Test
    void relativeClassPath() throws Exception {
        assertRunsAgain("null", NATIVE_ACCESS, "-cp", "app.jar:lib/*", ShapeProgram.MAIN);
    }

    @Test
    void classPathVariable() throws Exception {
        assertRunsAgain(Map.of("CLASSPATH", "app.jar:lib/*"), "null", NATIVE_ACCESS, ShapeProgram.MAIN);
    }

    @Test
    void relativeJarWithClassPathInItsManifest() throws Exception {
        assertRunsAgain("null", NATIVE_ACCESS, "-jar", "app.jar");
    }

    @Test
    void relativeModulePath() throws Exception {
        ProcView daemon = assertRunsAgain(
                "org.daemonspec",
                "--enable-native-access=org.daemonspec,org.daemonspec.bindings",
                "-p",
                "app.jar:lib",
                "-m",
                "app/" + ShapeProgram.MAIN);

        assertThat(daemon.arguments())
                .filteredOn(word -> word.contains("native-access"))
                .hasSize(1);
    }

    @Test
    void relativeArgumentFileWithCommentsAndQuotes() throws Exception {
        Files.writeString(home.resolve("java.args"), """
            # how to start it
            --enable-native-access=ALL-UNNAMED -cp "app.jar:\\
                lib/daemonspec.jar:lib/bindings.jar" # the class path
            'app.Main'
            """);

        assertRunsAgain("null", "@java.args");
    }

    @Test
    void launcherOptionsVariableWithRelativeClassPath() throws Exception {
        ProcView daemon = assertRunsAgain(
                Map.of("JDK_JAVA_OPTIONS", "-cp 'app.jar:lib/*' " + NATIVE_ACCESS), "null", ShapeProgram.MAIN);

        assertThat(daemon.environment()).anyMatch(variable -> variable.startsWith("JDK_JAVA_OPTIONS="));
    }

    @Test
    void launcherOptionsVariableThatTheDaemonLacks() throws Exception {
        ProcView daemon = assertRunsAgain(
                Map.of("JDK_JAVA_OPTIONS", "-cp 'app.jar:lib/*' -Dclear " + NATIVE_ACCESS), "null", ShapeProgram.MAIN);

        assertThat(daemon.environment()).containsExactly("LC_ALL=C.UTF-8");
    }

    @Test
    void relativeSourceFile() throws Exception {
        assertRunsAgain("null", NATIVE_ACCESS, "--class-path", "lib/*", "src/app/Main.java");
    }

    @Test
    void classPathThatIsTooLongForOneArgument() throws Exception {
        Files.writeString(home.resolve("long.args"), "-cp app.jar:lib/*" + ":none".repeat(20_000));

        assertRunsAgain("null", NATIVE_ACCESS, "@long.args", ShapeProgram.MAIN);
    }

    @Test
    void optionsThatAreTooLongTogether() throws Exception {
        Files.writeString(home.resolve("many.args"), ("-Dlong=" + "x".repeat(100_000) + "\n").repeat(30));

        assertRunsAgain("null", NATIVE_ACCESS, "-cp", "app.jar:lib/*", "@many.args", ShapeProgram.MAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "C.UTF-8"})
    void argumentsPassByteForByteInAnyLocale(String locale) throws Exception {
        List<String> command = Launcher.mode("ready")
                .with("pidfile", pidfile)
                .with("gate", gate)
                .with("stdout", log)
                .command(ARGUMENTS.toArray(String[]::new));
        ProcessBuilder builder = inHome(command);
        builder.environment().put("LC_ALL", locale);
        Process launcher = start(builder);
        Processes.await("the task", () -> !launcher.isAlive() || read(log).equals("waiting\n"));
        assertThat(launcher.isAlive()).as(read(output())).isTrue();
        ProcView daemon = ProcView.ofPidfile(pidfile);

        assertThat(new ProcView(launcher.pid()).arguments()).endsWith(bytes(ARGUMENTS));
        assertThat(daemon.arguments()).endsWith(bytes(ARGUMENTS));
        Files.createFile(gate);
        assertLeftWithSuccess(launcher);
    }

    @Test
    void executableThatWasReplaced() throws Exception {
        Path java = copyJdk().resolve("bin/java");
        Process launcher = startUpToMain(java);
        Files.delete(java);
        Files.copy(Path.of(Launcher.java()), java);

        ProcView daemon = assertDetaches(launcher);

        assertThat(executable(daemon)).isEqualTo(java.toRealPath());
    }

    @Test
    void executableThatIsGone() throws Exception {
        Path java = copyJdk().resolve("bin/java");
        Process launcher = startUpToMain(java);
        Files.delete(java);

        ProcView daemon = assertDetaches(launcher);

        assertThat(executable(daemon)).hasToString(java + " (deleted)");
    }

    @Test
    void debuggerPortStaysWithTheLauncher() throws Exception {
        assertStaysWithLauncher(
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + freePort());
    }

    @Test
    void managementPortStaysWithTheLauncher() throws Exception {
        assertStaysWithLauncher(
                "-Dcom.sun.management.jmxremote.port=" + freePort(),
                "-Dcom.sun.management.jmxremote.authenticate=false",
                "-Dcom.sun.management.jmxremote.ssl=false");
    }

    @Test
    void addedOptionsComeAfterThoseOfTheLauncher() throws Exception {
        Finished launcher = processes.run(Launcher.mode("detach")
                .option("-Xmx64m")
                .with("pidfile", pidfile)
                .with("jvmOption", "-Xmx48m")
                .command());

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        assertThat(ProcView.ofPidfile(pidfile).arguments())
                .containsSubsequence("-Xmx64m", "-Xmx48m", ProbeProgram.class.getName());
    }

    /** The daemon runs the program again: with its arguments, in the root directory, and without any complaint. */
    private ProcView assertRunsAgain(String module, String... words) throws Exception {
        return assertRunsAgain(Map.of(), module, words);
    }

    private ProcView assertRunsAgain(Map<String, String> environment, String module, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(Launcher.java(), FAST));
        command.addAll(List.of(words));
        command.addAll(List.of(pidfile.toString(), mark.toString()));
        command.addAll(ARGUMENTS);
        ProcessBuilder builder = inHome(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);

        Finished launcher = processes.run(builder);

        assertThat(launcher.exitCode()).as(launcher.err()).isZero();
        assertNoComplaint(launcher.err());
        ProcView daemon = ProcView.ofPidfile(pidfile);
        processes.own(daemon.pid());
        Processes.await("the task to run", () -> Files.exists(mark));
        List<String> expected = concat(List.of(module), ARGUMENTS);
        assertThat(Files.readString(mark)).isEqualTo(String.join("\0", expected) + "\0");
        assertThat(daemon.workingDirectory()).isEqualTo(Path.of("/"));
        assertNoComplaint(read(Path.of(pidfile + ".err")));
        return daemon;
    }

    /** None of the program, and none of the JVM, such as a warning of native access that has to be allowed. */
    private static void assertNoComplaint(String errors) {
        assertThat(errors.lines()).allMatch(line -> line.startsWith("NOTE: Picked up JDK_JAVA_OPTIONS: "));
    }

    /** Runs a command from a script in UTF-8: what this test's locale cannot encode gets through as well. */
    private ProcessBuilder inHome(List<String> command) throws IOException {
        Path script = Files.writeString(directory.resolve("start.sh"), "exec " + Shell.quoted(command));
        ProcessBuilder builder =
                processes.builder(List.of("sh", script.toString())).directory(home.toFile());
        builder.environment().remove("CLASSPATH");
        return builder;
    }

    private Process start(ProcessBuilder builder) throws IOException {
        return builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
    }

    private Path output() {
        return directory.resolve("output");
    }

    private void assertLeftWithSuccess(Process launcher) throws Exception {
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).as("left in time").isTrue();
        assertThat(launcher.exitValue()).as(read(output())).isZero();
    }

    private void assertStaysWithLauncher(String held, String... others) throws Exception {
        Launcher spec = Launcher.mode("detach").option(held).with("pidfile", pidfile);
        Stream.of(others).forEach(spec::option);

        Finished launcher = processes.run(spec.command());

        assertThat(launcher.exitCode()).as(launcher.err()).isZero();
        assertThat(launcher.err())
                .startsWith("probe: " + held + ": stays with the launcher")
                .hasLineCount(1);
        assertThat(ProcView.ofPidfile(pidfile).arguments()).doesNotContain(held).containsAll(List.of(others));
    }

    /** A JDK of links, apart from the two files that tell it where it is. */
    private Path copyJdk() throws Exception {
        Path jdk = directory.resolve("jdk");
        String script = """
            cp -rs "$1/." "$2"
            for file in bin/java lib/server/libjvm.so; do cp --remove-destination "$1/$file" "$2/$file"; done
            """;
        Finished copy =
                processes.run(List.of("sh", "-e", "-c", script, "sh", System.getProperty("java.home"), jdk.toString()));
        assertThat(copy).isEqualTo(new Finished(0, "", ""));
        return jdk.toRealPath();
    }

    /** Starts a launcher; returns when its main waits, before it detaches. */
    private Process startUpToMain(Path java) throws Exception {
        List<String> command = new ArrayList<>(Launcher.mode("detach")
                .with("pidfile", pidfile)
                .with("mark", mark)
                .with("mainGate", gate)
                .command());
        command.set(0, java.toString());
        Process launcher = start(processes.builder(command));
        Processes.await("main", () -> !launcher.isAlive() || read(output()).equals("main waits\n"));
        assertThat(launcher.isAlive()).as(read(output())).isTrue();
        return launcher;
    }

    private ProcView assertDetaches(Process launcher) throws Exception {
        Files.createFile(gate);
        assertLeftWithSuccess(launcher);
        Processes.await("the task to run", () -> Files.exists(mark));
        return ProcView.ofPidfile(pidfile);
    }

    private static Path executable(ProcView process) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/exe"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** As {@link ProcView} gives them. */
    private static String[] bytes(List<String> words) {
        return words.stream()
                .map(word -> new String(word.getBytes(UTF_8), ISO_8859_1))
                .toArray(String[]::new);
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
