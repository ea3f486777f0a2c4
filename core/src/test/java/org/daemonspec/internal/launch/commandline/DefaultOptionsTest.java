package org.daemonspec.internal.launch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.daemonspec.internal.posix.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options that hold unless the user has given others. */
class DefaultOptionsTest {

    private static final String ERROR = "-XX:ErrorFile=/default/hs_err.log";
    private static final String DUMP = "-XX:HeapDumpPath=/default";
    private static final String MARK = "-Dorg.daemonspec.daemon=4:0";

    @TempDir
    Path directory;

    @Test
    void theyComeLast() throws Exception {
        assertThat(relocate(Map.of(), Map.of(), List.of(MARK), "-Xmx1g", "Main"))
                .containsExactly("-Xmx1g", MARK, ERROR, DUMP, "Main");
    }

    @Test
    void anOptionOfThatNameInAnyPlaceTakesTheDefaultsPlace() throws Exception {
        String other = "-XX:ErrorFile=/other";
        Map<String, String> tool = Map.of("JAVA_TOOL_OPTIONS", other);
        Map<String, String> launcher = Map.of("JDK_JAVA_OPTIONS", other);
        Map<String, String> last = Map.of("_JAVA_OPTIONS", other);
        Path arguments = Files.writeString(directory.resolve("arguments"), "-Xmx1g " + other);
        Path flags = Files.writeString(directory.resolve("flags"), "+UseSerialGC\nErrorFile=/other\n");
        Path vmOptions = Files.writeString(directory.resolve("vm"), other);

        assertThat(relocate(Map.of(), Map.of(), List.of(), other, "Main")).containsExactly(other, DUMP, "Main");
        assertThat(relocate(Map.of(), Map.of(), List.of(other), "Main")).containsExactly(other, DUMP, "Main");
        assertThat(relocate(tool, tool, List.of(), "Main")).containsExactly(DUMP, "Main");
        assertThat(relocate(Map.of(), tool, List.of(), "Main")).containsExactly(DUMP, "Main");
        assertThat(relocate(launcher, launcher, List.of(), "Main")).containsExactly(DUMP, "Main");
        assertThat(relocate(Map.of(), launcher, List.of(), "Main")).containsExactly(DUMP, "Main");
        assertThat(relocate(last, Map.of(), List.of(), "Main")).containsExactly(other, DUMP, "Main");
        assertThat(relocate(Map.of(), Map.of(), List.of(), "@" + ByteString.of(arguments), "Main"))
                .contains(other, DUMP)
                .doesNotContain(ERROR);
        assertThat(relocate(Map.of(), Map.of(), List.of(), "-XX:Flags=" + ByteString.of(flags), "Main"))
                .contains(DUMP)
                .doesNotContain(ERROR);
        assertThat(relocate(Map.of(), Map.of(), List.of(), "-XX:VMOptionsFile=" + ByteString.of(vmOptions), "Main"))
                .contains(other, DUMP)
                .doesNotContain(ERROR);
    }

    @Test
    void aVariableThatTheDaemonDoesNotGetCountsAsItIsCarriedOver() throws Exception {
        Map<String, String> tool = Map.of("JAVA_TOOL_OPTIONS", "-XX:HeapDumpPath=/other");

        assertThat(relocate(tool, Map.of(), List.of(), "Main"))
                .containsExactly("-XX:HeapDumpPath=/other", ERROR, "Main");
    }

    @Test
    void aCacheOfTheUsersOrNoneTakesThePlaceOfOurs() throws Exception {
        List<String> ours = List.of("-XX:AOTCache=/ours", "-Xlog:aot*=off");

        assertThat(relocateWith(ours, "-Xmx1g", "-m", "Main"))
                .containsExactly("-Xmx1g", ours.get(0), ours.get(1), "-m", "Main");
        for (String choice :
                List.of("-XX:AOTCache=/other", "-XX:SharedArchiveFile=/other", "-Xshare:off", "-XX:AOTMode=off")) {
            assertThat(relocateWith(ours, choice, "-m", "Main")).containsExactly(choice, "-m", "Main");
        }
    }

    @Test
    void anAppendedBootClassPathTakesThePlaceOfACacheThatWouldHaveItsClassesTwice() throws Exception {
        List<String> ours = List.of("-XX:AOTCache=/ours", "-Xlog:aot*=off", "-XX:ErrorFile=/errors");

        assertThat(relocateWith(ours, "-Xbootclasspath/a:/a.jar", "-m", "Main"))
                .containsExactly("-Xbootclasspath/a:/a.jar", "-XX:ErrorFile=/errors", "-m", "Main");
    }

    private static List<String> relocateWith(List<String> defaults, String... arguments) throws Exception {
        JvmProcess self = new JvmProcess("/jdk/bin/java", List.of(arguments), Map.of(), "/w");
        return JavaCommandLine.relocate(self, Map.of(), new OptionChanges(List.of(), List.of(), defaults))
                .arguments();
    }

    @Test
    void thoseOfAnEarlierDaemonAreNotTakenForTheUsers() throws Exception {
        assertThat(relocate(
                        Map.of(),
                        Map.of(),
                        List.of("-Dorg.daemonspec.daemon=4:1"),
                        "-Xmx1g",
                        MARK,
                        "-XX:ErrorFile=/earlier",
                        "-XX:HeapDumpPath=/earlier",
                        "Main"))
                .containsExactly("-Xmx1g", "-Dorg.daemonspec.daemon=4:1", ERROR, DUMP, "Main");
    }

    @Test
    void aFileOfFlagsThatIsNotThereIsTheDaemonJvmsToComplainAbout() throws Exception {
        assertThat(relocate(Map.of(), Map.of(), List.of("-XX:Flags=/no/such/file"), "Main"))
                .contains(ERROR, DUMP);
    }

    private static List<String> relocate(
            Map<String, String> own, Map<String, String> daemons, List<String> added, String... arguments)
            throws CommandLineException {
        JvmProcess self = new JvmProcess("/jdk/bin/java", List.of(arguments), own, "/w");
        return JavaCommandLine.relocate(self, daemons, new OptionChanges(List.of(), added, List.of(ERROR, DUMP)))
                .arguments()
                .stream()
                .filter(argument -> !argument.equals("-cp") && !argument.equals("/w")) // the class path
                .toList();
    }
}
