package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that are renamed while they are written to, by logrotate(8) and by the daemon itself. */
class LogRotationIT {

    private static final Path LOGROTATE = Path.of("/usr/sbin/logrotate");
    private static final int ROTATIONS = 5;

    /** Writer, number, text, and writer and number again. */
    private static final Pattern LINE = Pattern.compile("(\\d) (\\d+) (?:some text|x{20000}) \\1 \\2");

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;
    private Path errors;
    private Path totals;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("log.pid");
        log = directory.resolve("out.log");
        errors = directory.resolve("err.log");
        totals = directory.resolve("totals");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nocreate", "create 0600 root root"})
    void logrotateNeedsNoCopytruncateAndNoLineIsLostOrSplit(String creation) throws Exception {
        Map<String, Object> settings = writers();
        settings.put("stderr", errors);
        start(settings);
        Path configuration =
                Files.writeString(directory.resolve("logrotate.conf"), """
                    %s %s {
                        rotate 100
                        %s
                        nocompress
                        sharedscripts
                        postrotate
                            kill -HUP $(cat %s)
                        endscript
                    }
                    """.formatted(log, errors, creation, pidfile));

        for (int i = 0; i < ROTATIONS; i++) {
            logrotate(configuration);
            awaitWriting(1, log);
            awaitWriting(2, errors);
        }

        stop();
        assertThat(olderFilesOf(log)).hasSize(ROTATIONS);
        assertThat(olderFilesOf(errors)).hasSize(ROTATIONS);
        assertEveryLineIsThere(List.of(log, errors));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theDaemonRotatesByItselfAndNoLineIsLostOrSplit(boolean shared) throws Exception {
        Map<String, Object> settings = writers();
        settings.put(shared ? "shared" : "stderr", errors);
        settings.put("rotate", "100000,1000");
        settings.put("logMode", "600");
        start(settings);
        List<Path> logs = shared ? List.of(log) : List.of(log, errors);

        Processes.await("some rotations", () -> logs.stream().allMatch(file -> Files.exists(numbered(file, 3))));

        stop();
        for (Path file : logs) {
            assertThat(olderFilesOf(file)).allMatch(older -> older.toFile().length() >= 100_000);
            assertThat(mode(file)).isEqualTo("rw-------");
        }
        assertEveryLineIsThere(logs);
    }

    @Test
    void noMoreFilesAreKeptThanAskedFor() throws Exception {
        Map<String, Object> settings = writers();
        settings.put("shared", "");
        settings.put("rotate", "1000,2");
        Files.writeString(numbered(log, 2), "the oldest");
        Files.writeString(numbered(log, 3), "somebody else's");
        start(settings);

        Processes.await("the oldest to go", () -> numbered(log, 2).toFile().length() > 1000);

        stop();
        assertThat(numbered(log, 3)).hasContent("somebody else's");
        assertThat(olderFilesOf(log)).hasSize(3);
    }

    @Test
    void aLogThatIsTooLargeIsPutAsideAtTheStartAndAFreeNumberIsUsed() throws Exception {
        Files.writeString(log, "x".repeat(2000) + "\n");
        Files.writeString(numbered(log, 2), "older");

        start(Map.of("pidfile", pidfile, "stdout", log, "shared", "", "rotate", "1000,5", "task", "say"));

        assertThat(numbered(log, 1)).hasContent("x".repeat(2000) + "\n");
        assertThat(numbered(log, 2)).hasContent("older");
        assertThat(Files.readString(log)).startsWith("before ready\n");
    }

    @Test
    void whatKeepsALogFromBeingRotatedIsSaidOnceAndItIsWrittenOnUntilThatIsMended() throws Exception {
        Path inTheWay = Files.createDirectories(numbered(log, 1).resolve("full"));
        start(Map.of("pidfile", pidfile, "stdout", log, "shared", "", "rotate", "10,1", "task", "say"));
        String complaint = "daemonspec: rotate log " + log + ": rename " + log + ": ";
        awaitIn(log, complaint);
        long twoMoreLooks = System.nanoTime() + 2_500_000_000L;

        Processes.await("the time of two more looks", () -> System.nanoTime() > twoMoreLooks);

        assertThat(Files.readString(log)).contains("after ready\n").containsOnlyOnce(complaint);
        Files.delete(inTheWay);
        Files.delete(numbered(log, 1));
        awaitIn(numbered(log, 1), complaint);
    }

    @Test
    void aSymbolicLinkIsRefusedRatherThanRenamed() throws Exception {
        Files.createSymbolicLink(log, Files.createFile(directory.resolve("elsewhere")));

        Finished launcher = processes.run(
                LogProgram.command(Map.of("pidfile", pidfile, "stdout", log, "rotate", "1000,5", "task", "say")));

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(launcher.err())
                .contains("stdout " + log + ": a symbolic link, which rotateLogs cannot rename; name the file itself");
    }

    @Test
    void theCollectorsLogFollowsToo() throws Exception {
        start(Map.of("pidfile", pidfile, "stdout", log, "task", "collect", "jvmOption", "-Xlog:gc:stdout"));
        awaitIn(log, "Pause Full (System.gc())");
        Path old = Files.move(log, numbered(log, 1));

        signal("HUP");

        awaitIn(log, "Pause Full (System.gc())");
        List<String> numbers = new ArrayList<>();
        for (Path file : List.of(old, log)) {
            Matcher number = Pattern.compile("GC\\((\\d+)\\) Pause Full").matcher(Files.readString(file));
            while (number.find()) {
                numbers.add(number.group(1));
            }
        }
        assertThat(numbers)
                .as("one after the other")
                .containsExactlyElementsOf(IntStream.range(0, numbers.size())
                        .mapToObj(Integer::toString)
                        .toList());
    }

    @Test
    void theReportOfACrashFollowsToo() throws Exception {
        start(Map.of("pidfile", pidfile, "stdout", log, "task", "say", "jvmOption", "-XX:+ErrorFileToStdout"));
        Path old = Files.move(log, numbered(log, 1));
        signal("HUP");
        Processes.await("a new log, and that it is written to", () -> Files.exists(log) && isOutput(log));

        signal("SEGV");

        awaitIn(log, "# A fatal error has been detected by the Java Runtime Environment");
        awaitIn(log, "END.");
        assertThat(old).content().doesNotContain("fatal error");
    }

    @Test
    void logsAreOpenedAnewOnRequest() throws Exception {
        Path request = directory.resolve("request");
        Map<String, Object> settings = writers();
        settings.put("stderr", errors);
        settings.put("request", request);
        start(settings);
        Files.move(log, numbered(log, 1));
        Files.move(errors, numbered(errors, 1));

        Files.createFile(request);

        awaitWriting(1, log);
        awaitWriting(2, errors);
        stop();
        assertEveryLineIsThere(List.of(log, errors));
    }

    @Test
    void aLogIsMadeWithItsModeWhateverTheUmask() throws Exception {
        Map<String, Object> settings = new TreeMap<>(Map.of("pidfile", pidfile, "stdout", log, "task", "say"));
        settings.put("stderr", errors);
        settings.put("logMode", "664");
        Files.writeString(errors, "");
        Files.setPosixFilePermissions(errors, PosixFilePermissions.fromString("rw-r-----"));

        Finished launcher = processes.run(Shell.script("umask 077; exec %s", LogProgram.command(settings)));
        assertThat(launcher).isEqualTo(new Finished(0, "", ""));

        assertThat(mode(log)).isEqualTo("rw-rw-r--");
        assertThat(mode(errors)).as("that was there").isEqualTo("rw-r-----");
        Files.delete(log);
        signal("HUP");
        awaitIn(log, "reloaded");
        assertThat(mode(log)).isEqualTo("rw-rw-r--");
    }

    @Test
    void aLinkThatLeadsNowhereMakesNoFileThere() throws Exception {
        Files.createSymbolicLink(log, directory.resolve("nowhere"));

        Finished launcher = processes.run(LogProgram.command(Map.of("pidfile", pidfile, "stdout", log, "task", "say")));

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err()).contains("open " + log + ": ENOENT");
        assertThat(directory.resolve("nowhere")).doesNotExist();
    }

    @Test
    void aProgramCannotRotateItsOwnLog() {
        DaemonSpec spec = DaemonSpec.builder().stdout(log).rotateLogs(1000, 3).build();

        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> spec.exec("sleep", "60"))
                .withMessageContaining("rotateLogs: only a task's own process can open its logs anew")
                .withMessageContaining("use logrotate with copytruncate");
    }

    private Map<String, Object> writers() {
        return new TreeMap<>(Map.of("pidfile", pidfile, "stdout", log, "task", "write", "totals", totals));
    }

    private void start(Map<String, ?> settings) throws Exception {
        assertThat(processes.run(LogProgram.command(settings))).isEqualTo(new Finished(0, "", ""));
    }

    private void logrotate(Path configuration) throws Exception {
        assertThat(LOGROTATE)
                .as("the real logrotate is what this is about: install it")
                .exists();
        List<String> command = List.of(
                LOGROTATE.toString(),
                "--force",
                "--state",
                directory.resolve("state").toString(),
                configuration.toString());
        assertThat(processes.run(command)).isEqualTo(new Finished(0, "", ""));
    }

    private boolean isOutput(Path file) {
        try {
            return Files.isSameFile(
                    Path.of("/proc", Long.toString(ProcView.ofPidfile(pidfile).pid()), "fd", "1"), file);
        } catch (IOException gone) {
            return false;
        }
    }

    private void signal(String name) throws Exception {
        List<String> command = List.of(
                "kill", "-" + name, Long.toString(ProcView.ofPidfile(pidfile).pid()));
        assertThat(processes.run(command).exitCode()).isZero();
    }

    private void stop() throws Exception {
        ProcView daemon = ProcView.ofPidfile(pidfile);
        signal("TERM");
        Processes.await("the end of the daemon", () -> !daemon.isAlive());
    }

    /** Waits until the file of this name is the one that is written to, and has been. */
    private void awaitWriting(int descriptor, Path file) throws Exception {
        ProcView daemon = ProcView.ofPidfile(pidfile);
        String path = file.getParent().toRealPath().resolve(file.getFileName()).toString();
        Processes.await("lines in " + file, () -> {
            try {
                return path.equals(daemon.descriptors().get(descriptor))
                        && file.toFile().length() > 0;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static void awaitIn(Path file, String text) throws InterruptedException {
        Processes.await(text + " in " + file.getFileName(), () -> {
            try {
                return Files.exists(file) && Files.readString(file).contains(text);
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static Path numbered(Path file, int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /** The oldest first. */
    private static List<Path> olderFilesOf(Path file) {
        List<Path> older = new ArrayList<>();
        for (int number = 1; Files.exists(numbered(file, number)); number++) {
            older.addFirst(numbered(file, number));
        }
        return older;
    }

    /** Reads what each writer wrote, from the oldest file on. */
    private void assertEveryLineIsThere(List<Path> logs) throws IOException {
        int[] next = new int[4];
        for (Path file : logs) {
            List<Path> files = olderFilesOf(file);
            files.add(file);
            for (Path each : files) {
                try (BufferedReader lines = Files.newBufferedReader(each)) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        Matcher parts = LINE.matcher(line);
                        assertThat(parts.matches())
                                .as("whole in %s: %s", each, line)
                                .isTrue();
                        int writer = Integer.parseInt(parts.group(1));
                        int number = Integer.parseInt(parts.group(2));
                        if (number != next[writer]) {
                            throw new AssertionError("in " + each + " line " + next[writer] + " of writer " + writer
                                    + " is missing before " + line);
                        }
                        next[writer]++;
                    }
                }
            }
        }
        assertThat(Arrays.toString(next)).isEqualTo(Files.readString(totals));
    }
}
