package org.daemonspec.internal.launch.commandline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** See {@link RestartedJvmTest} for whole command lines with a real launcher. */
class JavaCommandLineTest {

    private static final String JDWP = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005";

    @Test
    void partsComeInTheirOrder() throws Exception {
        JavaCommand command = relocate(
                Map.of(
                        "JAVA_TOOL_OPTIONS", "-Da=1",
                        "JDK_JAVA_OPTIONS", "-Db=2 -cp q",
                        "_JAVA_OPTIONS", "-Dd=4"),
                Map.of("LANG", "C"),
                List.of("-De=5"),
                "-Dc=3",
                "Main",
                "x");

        assertThat(command.executable()).isEqualTo("/jdk/bin/java");
        assertThat(command.arguments())
                .containsExactly("-Da=1", "-Db=2", "-Dc=3", "-cp", "/w/q", "-Dd=4", "-De=5", "Main", "x");
        assertThat(command.environment()).containsExactly(Map.entry("LANG", "C"));
    }

    @Test
    void aRecordingIsTheLaunchersAlone() throws Exception {
        for (String recording : List.of(
                "-XX:AOTCacheOutput=a",
                "-XX:AOTMode=record",
                "-XX:AOTConfiguration=a",
                "-XX:ArchiveClassesAtExit=a",
                "-XX:DumpLoadedClassList=a")) {
            assertThat(relocate(recording, "-Dx=y", "-m", "Main").arguments()).containsExactly("-Dx=y", "-m", "Main");
            Map<String, String> variable = Map.of("JAVA_TOOL_OPTIONS", recording);
            assertThat(relocate(variable, variable, List.of(), "-m", "Main").environment())
                    .isEmpty();
        }
        assertThat(relocate("-XX:AOTCache=a", "-XX:AOTMode=on", "-m", "Main").arguments())
                .containsExactly("-XX:AOTCache=/w/a", "-XX:AOTMode=on", "-m", "Main");
    }

    @Test
    void whatIsAddedForATrainingIsNotPassedOn() throws Exception {
        assertThat(relocate("-Da=b", "-Dorg.daemonspec.training=record:/d", "-Dc=d", "-m", "Main")
                        .arguments())
                .containsExactly("-Da=b", "-m", "Main");
    }

    @Test
    void optionsWithSeparateValueTakeTheNextWord() throws Exception {
        assertThat(relocate("-p", "m", "--add-opens", "a/b=c", "--add-modules", "d", "-classpath", "e", "Main", "-p")
                        .arguments())
                .containsExactly(
                        "--module-path=/w/m", "--add-opens=a/b=c", "--add-modules=d", "-cp", "/w/e", "Main", "-p");
    }

    @Test
    void lastClassPathWins() throws Exception {
        assertThat(relocate("-cp", "a", "--class-path=b", "Main").arguments()).containsExactly("-cp", "/w/b", "Main");
    }

    @Test
    void moduleHasNoClassPathUnlessOneIsNamed() throws Exception {
        assertThat(relocate("-m", "m/c").arguments()).containsExactly("-m", "m/c");
        assertThat(relocate("-cp", "", "-m", "m/c").arguments()).containsExactly("-cp", "", "-m", "m/c");
        assertThat(relocate("-cp", "a", "-m", "m/c").arguments()).containsExactly("-cp", "/w/a", "-m", "m/c");
    }

    @Test
    void variableThatIsAbsoluteStaysByteForByte() throws Exception {
        Map<String, String> environment = Map.of(
                "CLASSPATH", "/a", "JDK_JAVA_OPTIONS", "  -p   '/b' -Dx=y", "JAVA_TOOL_OPTIONS", "-Xlog:gc:stdout ");

        JavaCommand command = relocate(environment, environment, List.of(), "Main");

        assertThat(command.environment()).isEqualTo(environment);
        assertThat(command.arguments()).containsExactly("-cp", "/a", "Main");
    }

    @Test
    void relativePathsInVariablesBecomeAbsolute() throws Exception {
        Map<String, String> environment =
                Map.of("CLASSPATH", "a::/b", "JDK_JAVA_OPTIONS", "-p 'b c'", "_JAVA_OPTIONS", "-Xloggc:d");

        assertThat(relocate(environment, environment, List.of(), "Main").environment())
                .containsEntry("CLASSPATH", "/w/a:/w:/b")
                .containsEntry("JDK_JAVA_OPTIONS", "\"--module-path=/w/b c\"")
                .containsEntry("_JAVA_OPTIONS", "-Xloggc:/w/d");
    }

    @Test
    void variableThatTheUserChangedIsLeftAlone() throws Exception {
        Map<String, String> daemons =
                Map.of("JAVA_TOOL_OPTIONS", "-Xloggc:b " + JDWP, "JDK_JAVA_OPTIONS", "-cp b", "_JAVA_OPTIONS", "");

        JavaCommand command = relocate(
                Map.of("JAVA_TOOL_OPTIONS", "-Da=b", "JDK_JAVA_OPTIONS", "-cp a -Dc=d", "_JAVA_OPTIONS", "-De=f"),
                daemons,
                List.of(),
                "Main");

        assertThat(command.environment()).isEqualTo(daemons);
        assertThat(command.arguments()).containsExactly("Main");
        assertThat(command.notices()).isEmpty();
    }

    @Test
    void changedVariableWithoutClassPathKeepsTheClassPath() throws Exception {
        assertThat(relocate(
                                Map.of("JDK_JAVA_OPTIONS", "-cp a", "CLASSPATH", "c"),
                                Map.of("JDK_JAVA_OPTIONS", "-Xmx1g", "CLASSPATH", "d"),
                                List.of(),
                                "Main")
                        .arguments())
                .containsExactly("-cp", "/w/a", "Main");
    }

    @Test
    void changedClassPathVariableReplacesTheClassPathUnlessAnOptionNamesOne() throws Exception {
        Map<String, String> own = Map.of("CLASSPATH", "c");
        Map<String, String> daemons = Map.of("CLASSPATH", "d");

        assertThat(relocate(own, daemons, List.of(), "Main").arguments()).containsExactly("Main");
        assertThat(relocate(own, daemons, List.of(), "-cp", "e", "Main").arguments())
                .containsExactly("-cp", "/w/e", "Main");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                JDWP,
                "-Xrunjdwp:transport=dt_socket,server=y,address=localhost:5005",
                "-agentpath:/jdk/lib/libjdwp.so=server=y,address=5005",
                "-agentlib:jdwp=transport=dt_socket,address=localhost:5005",
                "-Dcom.sun.management.jmxremote.port=9010",
                "-Dcom.sun.management.jmxremote.rmi.port=9010"
            })
    void portThatTheLauncherHoldsStaysWithIt(String option) throws Exception {
        Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", option);

        JavaCommand command = relocate(environment, environment, List.of(), option, "-cp", "/a", "Main", option);

        assertThat(command.arguments()).containsExactly("-cp", "/a", "Main", option);
        assertThat(command.environment()).isEmpty();
        assertThat(command.notices())
                .singleElement()
                .asString()
                .startsWith(option)
                .contains("jvmOptions");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-agentlib:jdwp=transport=dt_socket,server=y",
                "-agentlib:jdwp=transport=dt_socket,server=y,address=0",
                "-agentlib:jdwp=transport=dt_socket,server=y,address=*:0",
                "-agentlib:hprof=server=y,address=1",
                "-Dcom.sun.management.jmxremote.port=0",
                "-Dcom.sun.management.jmxremote.authenticate=false"
            })
    void anyFreePortGoesToTheDaemonToo(String option) throws Exception {
        JavaCommand command = relocate(option, "-cp", "/a", "Main");

        assertThat(command.arguments()).containsExactly(option, "-cp", "/a", "Main");
        assertThat(command.notices()).isEmpty();
    }

    @Test
    void portForTheDaemonIsPassedWithoutNotice() throws Exception {
        JavaCommand command = relocate(Map.of(), Map.of(), List.of(JDWP), JDWP, "-cp", "/a", "Main");

        assertThat(command.arguments()).containsExactly("-cp", "/a", JDWP, "Main");
        assertThat(command.notices()).isEmpty();
    }

    @Test
    void markOfAnEarlierDaemonIsRemoved() throws Exception {
        assertThat(relocate("-Dorg.daemonspec.daemon=x", "-cp", "/a", "Main", "-Dorg.daemonspec.daemon=x")
                        .arguments())
                .containsExactly("-cp", "/a", "Main", "-Dorg.daemonspec.daemon=x");
    }

    @Test
    void wordsThatOnlyHotSpotIgnoresDoNotBecomeTheMainClass() throws Exception {
        assertThat(relocate(
                                Map.of("JAVA_TOOL_OPTIONS", "oops -XX:+IgnoreUnrecognizedVMOptions"),
                                Map.of(),
                                List.of(),
                                "-cp",
                                "/a",
                                "Main")
                        .arguments())
                .containsExactly("-XX:+IgnoreUnrecognizedVMOptions", "-cp", "/a", "Main");
    }

    @Test
    void escapedArgumentFileIsAFileOfThatName() throws Exception {
        assertThat(relocate("-cp", "@@a", "Main").arguments()).containsExactly("-cp", "/w/@a", "Main");
        assertThat(relocate("-jar", "@@a.jar").arguments()).containsExactly("-jar", "/w/@a.jar");
    }

    @Test
    void allProblemsAreFound() {
        JvmProcess self = new JvmProcess(
                "/opt/launcher", List.of("@gone", "-javaagent:a.jar", "-cp", "b", "Main"), Map.of(), "/w:x");

        assertThat(problems(self))
                .hasSize(4)
                .anySatisfy(problem ->
                        assertThat(problem).startsWith("/opt/launcher: ").contains("exec(...)"))
                .anySatisfy(problem -> assertThat(problem).startsWith("@gone: ").contains("gone;"))
                .anySatisfy(problem ->
                        assertThat(problem).startsWith("-javaagent:a.jar: ").contains("/w:x"))
                .anySatisfy(problem -> assertThat(problem).startsWith("-cp b: ").contains("/w:x"));
    }

    @Test
    void argumentFileThatIsAPipeIsAProblem(@TempDir Path directory) throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThat(problems(self(Map.of(), "@" + pipe, "Main")))
                .singleElement()
                .asString()
                .startsWith("@" + pipe + ": no regular file");
    }

    @Test
    void jarInADirectoryThatSeparatesTheClassPathIsAProblem() {
        JvmProcess self = new JvmProcess("/jdk/bin/java", List.of("-jar", "a.jar"), Map.of(), "/w:x");

        assertThat(problems(self)).singleElement().asString().startsWith("-jar a.jar: ");
    }

    @Test
    void problemsAreReadableWhateverTheBytes() {
        String option = "-XX:ErrorFile=" + new String("grün".getBytes(UTF_8), ISO_8859_1);
        JvmProcess self =
                new JvmProcess("/jdk/bin/java", List.of(option, "-cp", "/a", "Main"), Map.of(), "/w (deleted)");

        assertThat(problems(self)).singleElement().asString().startsWith("-XX:ErrorFile=grün: ");
    }

    @Test
    void sourceFileIsToldFromAClassByItsExistence(@TempDir Path directory) throws Exception {
        Files.createFile(directory.resolve("A.java"));
        JvmProcess source = new JvmProcess("/jdk/bin/java", List.of("A.java"), Map.of(), directory.toString());
        JvmProcess main = new JvmProcess("/jdk/bin/java", List.of("B.java"), Map.of(), directory.toString());

        assertThat(JavaCommandLine.relocate(source, Map.of(), OptionChanges.NONE)
                        .arguments())
                .containsExactly("-cp", directory.toString(), directory + "/A.java");
        assertThat(JavaCommandLine.relocate(main, Map.of(), OptionChanges.NONE).arguments())
                .containsExactly("-cp", directory.toString(), "B.java");
    }

    @Test
    void whatIsDroppedStaysWithTheLauncherWhereverItStands() throws Exception {
        JvmProcess self = self(
                Map.of("JDK_JAVA_OPTIONS", "-Xint -Da=b", "JAVA_TOOL_OPTIONS", "-Xint"),
                "-Xint",
                "-XX:+UseSerialGC",
                "-Xmx9m",
                "-cp",
                "/a",
                "Main",
                "-Xint");
        OptionChanges changes = new OptionChanges(List.of("-Xint", "-XX:+UseSerialGC"), List.of("-Xadded"), List.of());

        JavaCommand bare = JavaCommandLine.relocate(self, Map.of(), changes);
        JavaCommand full = JavaCommandLine.relocate(self, self.environment(), changes);

        assertThat(bare.arguments()).containsExactly("-Da=b", "-Xmx9m", "-cp", "/a", "-Xadded", "Main", "-Xint");
        assertThat(full.arguments()).containsExactly("-Xmx9m", "-cp", "/a", "-Xadded", "Main", "-Xint");
        assertThat(full.environment()).isEqualTo(Map.of("JDK_JAVA_OPTIONS", "-Da=b"));
        assertThat(JavaCommandLine.hasDropped(dropped("-Xmx9m", "-Xmx10m"), self))
                .isTrue();
        assertThat(JavaCommandLine.hasDropped(dropped("-Da=b"), self)).isTrue();
        assertThat(JavaCommandLine.hasDropped(dropped("-Xmx10m", "Main"), self)).isFalse();
        assertThat(JavaCommandLine.hasDropped(dropped("-Xint"), self("Main", "-Xint")))
                .isFalse();
    }

    @Test
    void anAsteriskAtTheEndDropsAllThatBeginsSo() throws Exception {
        JvmProcess self = self("-Xbootclasspath/a:/x.jar:y.jar", "-Xbootclasspath", "-Xmx9m", "-cp", "/a", "Main");

        assertThat(JavaCommandLine.relocate(self, Map.of(), dropped("-Xbootclasspath/a:*"))
                        .arguments())
                .containsExactly("-Xbootclasspath", "-Xmx9m", "-cp", "/a", "Main");
        assertThat(JavaCommandLine.hasDropped(dropped("-Xbootclasspath/a:*"), self))
                .isTrue();
        assertThat(JavaCommandLine.hasDropped(dropped("-Xbootclasspath/a:", "-Xm*x"), self))
                .as("elsewhere it is itself")
                .isFalse();
    }

    private static OptionChanges dropped(String... options) {
        return new OptionChanges(List.of(options), List.of(), List.of());
    }

    @Test
    void aDroppedOptionIsNoReasonToLeaveOutADefault() throws Exception {
        String default_ = "-XX:ErrorFile=/d";
        OptionChanges changes = new OptionChanges(List.of("-XX:ErrorFile=/l"), List.of(), List.of(default_));

        assertThat(JavaCommandLine.relocate(self("-XX:ErrorFile=/l", "-cp", "/a", "Main"), Map.of(), changes)
                        .arguments())
                .containsExactly("-cp", "/a", default_, "Main");
    }

    private static JvmProcess self(String... arguments) {
        return self(Map.of(), arguments);
    }

    private static JavaCommand relocate(String... arguments) throws CommandLineException {
        return relocate(Map.of(), Map.of(), List.of(), arguments);
    }

    private static JavaCommand relocate(
            Map<String, String> own, Map<String, String> daemons, List<String> added, String... arguments)
            throws CommandLineException {
        return JavaCommandLine.relocate(self(own, arguments), daemons, new OptionChanges(List.of(), added, List.of()));
    }

    private static JvmProcess self(Map<String, String> environment, String... arguments) {
        return new JvmProcess("/jdk/bin/java", List.of(arguments), environment, "/w");
    }

    private static List<String> problems(JvmProcess self) {
        return catchThrowableOfType(
                        CommandLineException.class, () -> JavaCommandLine.relocate(self, Map.of(), OptionChanges.NONE))
                .problems();
    }
}
