package org.daemonspec.internal.launch.commandline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.daemonspec.internal.launch.commandline.ProbeStart.Report;
import org.daemonspec.internal.posix.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts a JVM, lets it compute its daemon's command, runs that from the root directory, and compares the two. */
class RestartedJvmTest {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private static final List<String> FAST =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx40m");

    @TempDir
    private static Path home;

    @TempDir
    private Path scratch;

    @BeforeAll
    static void createProbe() throws Exception {
        ProbeFiles.create(home);
    }

    /** JUnit would follow none of them, but tell of each. */
    @AfterEach
    void deleteLinks() throws IOException {
        try (Stream<Path> tree = Files.walk(scratch)) {
            for (Path link : tree.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    @Test
    void relativeClassPathWithWildcardAndEmptyEntryIsFound() throws Exception {
        Report daemon = restart(java("-Dprobe.load=Extra,InDirectory", "-cp", "lib/app:ext/*:", ProbeFiles.MAIN, "x"));

        assertThat(daemon.arguments()).containsExactly("x");
        assertThat(daemon.command()).containsSequence("-cp", home + "/lib/app:" + home + "/ext/*:" + home);
    }

    @Test
    void relativeClassPathVariableIsFound() throws Exception {
        Report daemon = restart(java(ProbeFiles.MAIN).with("CLASSPATH", "lib/app"));

        assertThat(daemon.environment()).containsEntry("CLASSPATH", home + "/lib/app");
    }

    @Test
    void classPathVariableThatTheDaemonLacksBecomesAnOption() throws Exception {
        Report daemon =
                restart(java(ProbeFiles.MAIN).with("CLASSPATH", "lib/app").with(CommandLineProbe.CLEAR, "y"));

        assertThat(daemon.environment()).isEmpty();
    }

    @Test
    void withoutAnyClassPathTheWorkingDirectoryIsIt() throws Exception {
        Report daemon = restart(start(home.resolve("lib/app").toString(), ProbeFiles.MAIN));

        assertThat(daemon.command()).containsSequence("-cp", home + "/lib/app");
    }

    @Test
    void relativeJarIsFound() throws Exception {
        Report daemon = restart(java("-cp", "nowhere", "-jar", "probe.jar", "-jar", "x"));

        assertThat(daemon.arguments()).containsExactly("-jar", "x");
    }

    @Test
    void optionsBetweenJarFlagAndJarFileStayInForce() throws Exception {
        Report daemon = restart(java("-jar", "-Dprobe.x=y", "probe.jar"));

        assertThat(daemon.inForce().getFirst()).contains("probe.x=y");
    }

    @Test
    void relativeModulePathIsFound() throws Exception {
        Report daemon = restart(java("-p", "mods", "-m", "probe/" + ProbeFiles.MAIN, "-m", "x"));

        assertThat(daemon.arguments()).containsExactly("-m", "x");
    }

    @Test
    void joinedModuleOptionsAreUnderstood() throws Exception {
        Report daemon = restart(java("--module-path=mods", "--module=probe/" + ProbeFiles.MAIN, "x"));

        assertThat(daemon.arguments()).containsExactly("x");
    }

    @Test
    void argumentFileIsReplacedByItsContents() throws Exception {
        Path file = home.resolve("options.args");
        Files.writeString(file, """
            # a comment
            -Dprobe.quoted="a # b\\tc" -Dprobe.apostrophe='d "e"'
            -cp "lib/app:\\
                 ext/*" # the class path
            """);
        Report launcher = java("-Dprobe.load=Extra", "@options.args", ProbeFiles.MAIN, "@options.args", "@@x")
                .run();
        Files.delete(file);
        Report daemon = launcher.next(scratch).run();

        assertSame(launcher, daemon);
        assertThat(daemon.arguments()).containsExactly("@options.args", "@@x");
    }

    @Test
    void argumentFileMayHoldTheWholeCommandLine() throws Exception {
        Files.writeString(home.resolve("all.args"), "-cp lib/app " + ProbeFiles.MAIN + " 'a b' @c \"\"\n");
        Report launcher = java("@all.args", "@d").run();
        Report daemon = launcher.next(scratch).run();

        assertThat(launcher.decodedArguments()).containsExactly("a b", "@c", "", "@d");
        assertThat(daemon.arguments()).containsExactly("a b", "@c", "", "@d");
    }

    @Test
    void disabledArgumentFilesStayDisabled() throws Exception {
        Report daemon = restart(
                java("-cp", "lib/app", "--disable-@files", "--enable-native-access", "@module", ProbeFiles.MAIN, "@x"));

        assertThat(daemon.arguments()).containsExactly("@x");
        assertThat(daemon.command()).contains("--enable-native-access=@module");
    }

    @Test
    void argumentFileIsReadAsTheLauncherReadsIt() throws Exception {
        String contents = """
            plain "double  quoted" 'single "mixed"' join"ed 'parts'"'too' "" ''
            "escapes \\a\\n\\t\\f\\r\\\\ \\" \\'" not\\escaped
            lost#comment
            "kept"#comment
            next
            "open to the end of the line
            'continued \\
            \t  here' #
            last\
            """;
        Files.writeString(home.resolve("quirks.args"), "-cp lib/app " + ProbeFiles.MAIN + "\n" + contents);
        Report launcher = java("@quirks.args").run();

        assertThat(ArgFile.parse(contents)).isEqualTo(launcher.decodedArguments());
    }

    @Test
    void formattedArgumentFileGivesTheSameArguments() throws Exception {
        List<String> arguments = List.of("", " ", "\"", "'", "\\", "\\n", "a\nb\r\tc\f", "#", "a#b", "@x", "\\\"");
        List<String> all = new ArrayList<>(List.of("-cp", "lib/app", ProbeFiles.MAIN));
        all.addAll(arguments);
        Files.writeString(home.resolve("formatted.args"), ArgFile.format(all), ISO_8859_1);

        assertThat(java("@formatted.args").run().decodedArguments()).isEqualTo(arguments);
    }

    @Test
    void launcherOptionsVariableIsKeptWithAbsolutePaths() throws Exception {
        Files.writeString(home.resolve("variable.args"), "-Dprobe.file=1");
        Report daemon = restart(java(ProbeFiles.MAIN, "x")
                .with(
                        "JDK_JAVA_OPTIONS",
                        "-cp \"lib/app\" -Dprobe.q='a \"b\"'\"'c d'\" @variable.args -Dprobe.empty=''"));

        assertThat(daemon.arguments()).containsExactly("x");
        assertThat(daemon.inForce().getFirst()).contains("probe.q=a \"b\"'c d'", "probe.file=1", "probe.empty=,");
        assertThat(daemon.environment().get("JDK_JAVA_OPTIONS")).doesNotContain("@");
    }

    @Test
    void variablesThatTheDaemonLacksMoveToTheCommandLineInTheirOrder() throws Exception {
        Report daemon = restart(java("-Dprobe.c=argv", "-Dprobe.d=argv", ProbeFiles.MAIN)
                .with("JAVA_TOOL_OPTIONS", "-Dprobe.a=tool -Dprobe.b=tool '-Dprobe.t=a b'")
                .with("JDK_JAVA_OPTIONS", "-cp lib/app -Dprobe.b=jdk -Dprobe.c=jdk")
                .with("_JAVA_OPTIONS", "-Dprobe.d=last -Xmx48m")
                .with(CommandLineProbe.CLEAR, "y"));

        assertThat(daemon.environment()).isEmpty();
        assertThat(daemon.inForce().getFirst())
                .contains("probe.a=tool", "probe.b=jdk", "probe.c=argv", "probe.d=last", "probe.t=a b");
    }

    @Test
    void virtualMachineOptionsFileIsReplacedByItsContents() throws Exception {
        Files.writeString(home.resolve("vm.options"), "-Dprobe.v='a b'\n-javaagent:agent.jar=\"c d\"");
        Report daemon = restart(java("-XX:VMOptionsFile=vm.options", "-cp", "lib/app", ProbeFiles.MAIN));

        assertThat(daemon.inForce().getFirst()).contains("probe.v=a b", "probe.agent=c d");
    }

    @Test
    void relativeAgentAndLogAreFound() throws Exception {
        Report daemon = restart(java(
                "-javaagent:agent.jar=o=p", "-Xlog:gc:gc.log:uptime:filecount=0", "-cp", "lib/app", ProbeFiles.MAIN));

        assertThat(daemon.inForce().getFirst()).contains("probe.agent=o=p");
        assertThat(daemon.command()).contains("-Xlog:gc:file=" + home + "/gc.log:uptime:filecount=0");
    }

    @Test
    void relativeSourceFileIsFound() throws Exception {
        Report daemon = restart(java("-cp", "lib/app", "Start.java", "x"));

        assertThat(daemon.arguments()).containsExactly("x");
    }

    @Test
    void sourceFileOfAnyNameIsFound() throws Exception {
        Files.copy(home.resolve("start"), home.resolve("lib/app/start"));
        Report daemon = restart(start(home.resolve("lib/app").toString(), "--source", "22", "start", "x"));

        assertThat(daemon.arguments()).containsExactly("x");
    }

    @Test
    void sourceFileThatWasExecutedIsFound() throws Exception {
        String source = "#!" + JAVA + " --source 22 -cp lib/app\n" + Files.readString(home.resolve("start"));
        Path script = Files.writeString(home.resolve("executable"), source);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Report daemon = restart(new ProbeStart(scratch, home.toString(), Map.of(), List.of("./executable", "x")));

        assertThat(daemon.arguments()).containsExactly("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void argumentsPassByteForByte(String locale) throws Exception {
        String utf8 = new String("grün €".getBytes(UTF_8), ISO_8859_1);
        String[] arguments = {
            "a b", "it's", "\"q\"", "new\nline", "", utf8, "\u00ff\u00fe\u0080", "@x", "-cp", "*", "\\", ""
        };
        List<String> words = new ArrayList<>(List.of("-Dprobe.x=" + utf8, "-cp", "lib/app", ProbeFiles.MAIN));
        words.addAll(List.of(arguments));
        Report daemon = restart(
                java(words.toArray(String[]::new)).with("LC_ALL", locale).with("VARIABLE", "\u00ff=" + utf8));

        assertThat(daemon.arguments()).containsExactly(arguments);
        assertThat(daemon.environment()).containsEntry("VARIABLE", "\u00ff=" + utf8);
    }

    @Test
    void workingDirectoryMayHaveAnyName() throws Exception {
        String directory = scratch + new String("/grün und \"gelb\"".getBytes(UTF_8), ISO_8859_1);
        Files.createSymbolicLink(
                Files.createDirectory(ByteString.toPath(directory)).resolve("app"), home.resolve("lib/app"));
        Report daemon = restart(start(directory, "-cp", "app", ProbeFiles.MAIN).with("LC_ALL", "C.UTF-8"));

        assertThat(daemon.command()).containsSequence("-cp", directory + "/app");
    }

    @Test
    void executableThatIsGoneIsReplacedByTheInstalledOne() throws Exception {
        Path bin = Files.createDirectory(
                Files.createDirectory(scratch.resolve("jdk")).resolve("bin"));
        Files.createSymbolicLink(
                scratch.resolve("jdk/lib"), JAVA.resolve("../../lib").normalize());

        Report launcher = startAndDelete(Files.copy(JAVA, bin.resolve("java")), (pid, report) -> {});

        // the virtual machine finds its home behind the link
        assertThat(launcher.command().getFirst()).isEqualTo(JAVA.toString());
        assertSame(launcher, launcher.next(scratch).run());
    }

    @Test
    void executableThatIsGoneWithoutReplacementIsStartedFromMemory() throws Exception {
        Path jdk = copyJdk();
        List<Report> daemon = new ArrayList<>();
        Report launcher = startAndDelete(jdk.resolve("bin/java"), (pid, report) -> {
            List<String> command = new ArrayList<>(report.command());
            command.set(0, "/proc/" + pid + "/exe"); // what /proc/self/exe is to the process that starts it
            daemon.add(new ProbeStart(scratch, "/", report.environment(), command).run());
        });

        assertThat(launcher.command().getFirst()).isEqualTo("/proc/self/exe");
        assertSame(launcher, daemon.getFirst());
    }

    private interface WhileRunning {
        void look(long pid, Report report) throws Exception;
    }

    /** The executable is deleted while the probe runs, before it looks. */
    private Report startAndDelete(Path java, WhileRunning whileRunning) throws Exception {
        Process process = fast(java, home.toString(), "-cp", "lib/app", ProbeFiles.MAIN, "x")
                .with(CommandLineProbe.WAIT, "y")
                .builder()
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (Writer input = process.outputWriter();
                BufferedReader output = process.inputReader(ISO_8859_1)) {
            assertThat(output.readLine()).isEqualTo(CommandLineProbe.READY);
            Files.delete(java);
            input.write('\n');
            input.flush();
            Report report = ProbeStart.read(output);
            whileRunning.look(process.pid(), report);
            return report;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** A JDK in which the virtual machine finds its own home, for libjvm.so is no link. */
    private Path copyJdk() throws IOException {
        Path original = JAVA.getParent().getParent();
        Path jdk = Files.createDirectory(scratch.resolve("jdk"));
        Files.copy(JAVA, Files.createDirectory(jdk.resolve("bin")).resolve("java"));
        Files.createSymbolicLink(jdk.resolve("conf"), original.resolve("conf"));
        linkAll(original.resolve("lib"), Files.createDirectory(jdk.resolve("lib")), "server");
        Path server = Files.createDirectory(jdk.resolve("lib/server"));
        linkAll(original.resolve("lib/server"), server, "libjvm.so");
        Files.copy(original.resolve("lib/server/libjvm.so"), server.resolve("libjvm.so"));
        return jdk;
    }

    private static void linkAll(Path source, Path target, String except) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(source, f -> !f.endsWith(except))) {
            for (Path file : files) {
                Files.createSymbolicLink(target.resolve(file.getFileName()), file);
            }
        }
    }

    private ProbeStart java(String... words) {
        return start(home.toString(), words);
    }

    private ProbeStart start(String directory, String... words) {
        return fast(JAVA, directory, words);
    }

    private ProbeStart fast(Path java, String directory, String... words) {
        List<String> all = new ArrayList<>(List.of(java.toString()));
        all.addAll(FAST);
        all.addAll(List.of(words));
        return new ProbeStart(scratch, directory, Map.of(), all);
    }

    /** What the JVM says that was started as the first one would start it. */
    private Report restart(ProbeStart start) throws Exception {
        Report launcher = start.run();
        Report daemon = launcher.next(scratch).run();
        assertSame(launcher, daemon);
        return daemon;
    }

    private static void assertSame(Report launcher, Report daemon) {
        assertThat(daemon.arguments()).isEqualTo(launcher.arguments());
        assertThat(daemon.decodedArguments()).isEqualTo(launcher.decodedArguments());
        assertThat(daemon.inForce()).isEqualTo(launcher.inForce());
        assertThat(daemon.command())
                .as("a daemon of the daemon, where options of variables are now the command line's")
                .containsExactlyInAnyOrderElementsOf(launcher.command());
        assertThat(daemon.environment()).isEqualTo(launcher.environment());
    }
}
