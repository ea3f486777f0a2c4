package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache for fast starts: how it is made, by which start it is used, and which one is not. */
class AotCacheIT {

    private static final String QUIET = "-Xlog:aot*=off,cds*=off";

    /** An environment in which another cache is used is no obstacle to a training. */
    private static final String OTHER_CACHE = "-XX:AOTCache=/nonexistent.aot " + QUIET;

    private static final int NOBODY = 65534;

    /** Jars, and the one cache that all tests share: a training takes seconds. */
    @TempDir
    static Path home;

    private static Path trained;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path cache;

    @BeforeAll
    static void makeJars() throws IOException, URISyntaxException {
        Files.copy(Path.of(System.getProperty("daemonspec.core.jar")), home.resolve("core.jar"));
        Files.copy(Path.of(System.getProperty("daemonspec.bindings.jar")), home.resolve("bindings.jar"));
        Path classes = Path.of(TrainedProgram.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (OutputStream file = Files.newOutputStream(home.resolve("app.jar"));
                JarOutputStream jar = new JarOutputStream(file, manifest())) {
            String name = TrainedProgram.class.getName().replace('.', '/') + ".class";
            jar.putNextEntry(new JarEntry(name));
            Files.copy(classes.resolve(name), jar);
        }
        trained = home.resolve("trained.aot");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @BeforeEach
    void findCache() throws Exception {
        cache = Files.createDirectory(directory.resolve("cache")).resolve("trained.aot");
        if (!Files.exists(trained)) {
            ProcessBuilder train = processes.builder(command("good", "train")).directory(home.toFile());
            train.environment().put("JDK_JAVA_OPTIONS", OTHER_CACHE);
            Finished training = processes.run(train);
            assertThat(training.err()).isEqualTo("NOTE: Picked up JDK_JAVA_OPTIONS: " + OTHER_CACHE + "\n");
            assertThat(training.exitCode()).isZero();
            assertThat(training.out()).matches("trained: trained " + cache + " \\(\\d+ MB, \\d+(\\.\\d)? m?s\\)\n");
            assertThat(permissions()).isEqualTo("rw-------");
            assertThat(directory.resolve("trained.txt")).content().isEqualTo(directory + "\n");
            assertNothingIsLeftBut("trained.aot");
            Files.move(cache, trained);
        }
    }

    @Test
    void bothJvmsOfAStartFindTheirClassesInIt() throws Exception {
        Files.copy(trained, cache);
        List<String> launcher = command(
                List.of("-XX:AOTCache=" + cache, QUIET, "-Xlog:class+load:file=" + directory.resolve("classes") + "%p"),
                classPath(),
                "good",
                "start");
        Process start = processes.builder(launcher).inheritIO().start();
        assertThat(start.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(start.exitValue()).isZero();

        ProcView daemon = ProcView.ofPidfile(directory.resolve("trained.pid"));
        assertThat(Files.readString(Path.of("/proc", Long.toString(daemon.pid()), "maps")))
                .contains(cache.toString());
        assertThat(classesOf(start.pid())).anyMatch(line -> line.matches(".*internal.launch.Launch source: shared .*"));
        assertThat(classesOf(daemon.pid())).anyMatch(line -> line.matches(".*internal.launch.Takeover source: sh.*"));
        for (long jvm : List.of(start.pid(), daemon.pid())) {
            assertThat(classesOf(jvm))
                    .as("classes from jars, the first of which costs as much as opening them all")
                    .noneMatch(line -> line.contains("source: file:"));
        }
    }

    @Test
    void aDaemonWhoseLauncherHasNoCacheHasIt() throws Exception {
        Files.copy(trained, cache);
        assertStartsWithoutAWord(classPath());
        ProcView daemon = ProcView.ofPidfile(directory.resolve("trained.pid"));
        assertThat(daemon.arguments()).contains("-XX:AOTCache=" + cache);
        assertThat(Files.readString(Path.of("/proc", Long.toString(daemon.pid()), "maps")))
                .contains(cache.toString());
    }

    /** With both, classes of the one would meet the same of the other. */
    @Test
    void aDaemonWithOurJarsOnItsBootClassPathHasItNot() throws Exception {
        Files.copy(trained, cache);
        String option = "-Xbootclasspath/a:" + home.resolve("core.jar") + ":" + home.resolve("bindings.jar");

        Finished start = processes.run(command(List.of(option), classPath(), "good", "start"));

        assertThat(start.err()).isEmpty();
        assertThat(start.exitCode()).isZero();
        ProcView daemon = ProcView.ofPidfile(directory.resolve("trained.pid"));
        assertThat(daemon.arguments())
                .contains(option)
                .noneMatch(word -> word.startsWith("-XX:AOTCache") || word.startsWith("-XX:SharedArchiveFile"));
        assertThat(processes
                        .run(command(List.of(option), classPath(), "good", "plan"))
                        .out())
                .contains("use the AOT cache " + cache
                        + ", unless JVM options name another one, append to the boot class path,");
    }

    @Test
    void aStartInAnotherDirectoryHasItAndWhatBecomesOfTheDirectoryOfTheTrainingDoesNotMatter() throws Exception {
        Files.copy(trained, cache);
        Files.writeString(home.resolve("new"), "");
        assertThat(processes.run(command("good", "plan")).out()).contains("use the AOT cache " + cache);

        Finished start = processes.run(processes
                .builder(command("good", "start"))
                .directory(Path.of("/").toFile()));
        assertThat(start.exitCode()).isZero();
        ProcView daemon = ProcView.ofPidfile(directory.resolve("trained.pid"));
        assertThat(Files.readString(Path.of("/proc", Long.toString(daemon.pid()), "maps")))
                .contains(cache.toString());
    }

    @Test
    void anotherChoiceOfTheUsersIsRespected() throws Exception {
        Files.copy(trained, cache);
        assertThat(processes
                        .run(command(List.of("-Xshare:auto"), classPath(), "good", "start"))
                        .exitCode())
                .isZero();
        assertThat(ProcView.ofPidfile(directory.resolve("trained.pid")).arguments())
                .contains("-Xshare:auto")
                .noneMatch(argument -> argument.contains("AOTCache"));
    }

    @Test
    void oneOfAnotherClassPathIsIgnoredWithoutAWord() throws Exception {
        Files.copy(trained, cache);
        String other = Files.copy(home.resolve("core.jar"), directory.resolve("other.jar")) + ":" + classPath();
        List<String> log = List.of("-Xlog:class+load:file=" + directory.resolve("classes") + "%p");
        Finished start = processes.run(command(log, other, "good", "start"));
        assertThat(start.err()).isEmpty();
        assertThat(start.out()).matches("trained: started \\(pid \\d+, .*\\)\n");
        assertThat(directory.resolve("trained.log")).isEmptyFile();
        ProcView daemon = ProcView.ofPidfile(directory.resolve("trained.pid"));
        assertThat(daemon.arguments()).noneMatch(argument -> argument.contains("AOTCache"));
        assertThat(classesOf(daemon.pid())).anyMatch(line -> line.contains("Takeover source: file:"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"core.jar", "bindings.jar"}) // the second is named by a manifest alone
    void oneOfAJarThatHasBeenReplacedIsIgnoredWithoutAWord(String jar) throws Exception {
        Files.copy(trained, cache);
        FileTime time = Files.getLastModifiedTime(home.resolve(jar));
        try {
            Files.setLastModifiedTime(home.resolve(jar), FileTime.fromMillis(time.toMillis() + 60_000));
            assertThat(processes.run(command("good", "plan")).out())
                    .contains("leave the AOT cache " + cache + " aside: it is made of another JDK or class path");
            assertStartsWithoutAWord(classPath());
            assertThat(ProcView.ofPidfile(directory.resolve("trained.pid")).arguments())
                    .noneMatch(argument -> argument.contains("AOTCache"));
        } finally {
            Files.setLastModifiedTime(home.resolve(jar), time);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty", "truncated", "garbled", "of another version"})
    void oneThatIsDamagedIsIgnoredWithoutAWord(String how) throws Exception {
        Files.copy(trained, cache);
        try (FileChannel file = FileChannel.open(cache, StandardOpenOption.WRITE)) {
            switch (how) {
                case "empty" -> file.truncate(0);
                case "truncated" -> file.truncate(100_000);
                case "garbled" -> file.write(ByteBuffer.allocate(4096), 0); // its end is as it was: the JVM gets it
                default -> file.write(ByteBuffer.allocate(4), 8); // the version of the header's format
            }
        }
        assertStartsWithoutAWord(classPath());
    }

    @Test
    void oneThatOthersMayWriteIsRefused() throws Exception {
        Files.copy(trained, cache);
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertRefused("start", "aotCache " + cache + ": EPERM (" + cache + " has mode 0666");

        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(cache.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertRefused("start", "aotCache " + cache + ": EPERM (" + cache.getParent() + " has mode 0777");
        Files.delete(cache);
        assertRefused("train", "aotCache " + cache + ": EPERM (" + cache.getParent() + " has mode 0777");
        assertNothingIsLeftBut();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"good", "nobody"
            }) // of a stranger's, or of the daemon's user, whom root's launcher does not trust
    void oneOfAnotherUsersIsRefused(String behaviour) throws Exception {
        assumeTrue(isRoot(), "only root can give a file away");
        Files.copy(trained, cache);
        Files.setAttribute(cache, "unix:uid", NOBODY);
        assertRefused(behaviour, "start", "(" + cache + " has mode 0600 and belongs to uid " + NOBODY);
        assertRefused(behaviour, "train", "(" + cache + " has mode 0600 and belongs to uid " + NOBODY);

        Files.setAttribute(cache, "unix:uid", 0);
        Files.setAttribute(cache.getParent(), "unix:uid", NOBODY);
        assertRefused(behaviour, "start", "(" + cache.getParent() + " has mode 0755 and belongs to uid " + NOBODY);
        Files.delete(cache);
        assertRefused(behaviour, "train", "(" + cache.getParent() + " has mode 0755 and belongs to uid " + NOBODY);
        assertNothingIsLeftBut();
    }

    @Test
    void whatIsNoFileIsRefusedUnread() throws Exception {
        assertThat(processes.run(List.of("mkfifo", cache.toString())).exitCode())
                .isZero();
        assertRefused("start", "aotCache " + cache + ": no regular file");
        assertThat(processes.run(command("good", "plan")).out()).contains("no regular file");
    }

    @Test
    void aSymbolicLinkIsRefused() throws Exception {
        Files.createSymbolicLink(cache, trained);
        assertRefused("start", "aotCache " + cache + ": a symbolic link");
    }

    @Test
    void aServiceThatRunsIsNotTrained() throws Exception {
        assertThat(processes.run(command("good", "start")).exitCode()).isZero();
        ProcView daemon = ProcView.ofPidfile(directory.resolve("trained.pid"));

        assertThat(processes.run(command("good", "train")))
                .isEqualTo(new Finished(
                        1,
                        "",
                        "trained: already running (pid " + daemon.pid() + "). A training starts it: stop it first.\n"));
        assertThat(daemon.isAlive()).isTrue();
        assertNothingIsLeftBut();
    }

    @Test
    void whatDoesNotStartIsNotTrainedAndTheReasonIsTheStarts() throws Exception {
        Finished training = processes.run(command("fails", "train"));
        assertThat(training.exitCode()).isEqualTo(7);
        assertThat(training.out()).isEmpty();
        assertThat(training.err())
                .startsWith("trained: not trained: start failed: ")
                .contains("no database");
        assertNothingIsLeftBut();
    }

    @Test
    void aTrainingHandlerThatFailsEndsTheTraining() throws Exception {
        Finished training = processes.run(command("untrainable", "train"));
        assertThat(training)
                .isEqualTo(new Finished(
                        7,
                        "",
                        "trained: not trained: a training handler failed: java.lang.NoClassDefFoundError: Client\n"));
        assertNothingIsLeftBut();
        assertThat(directory.resolve("trained.pid")).doesNotExist();
    }

    @Test
    void aTaskThatEndsDuringItsTrainingIsNotTrained() throws Exception {
        assertThat(processes.run(command("exits", "train")))
                .isEqualTo(new Finished(
                        7,
                        "",
                        "trained: not trained: the task ended before its training handlers did; let it run until it is"
                                + " told to stop.\n"));
        assertNothingIsLeftBut();
    }

    @ParameterizedTest
    @ValueSource(strings = {"started", "training"})
    void aTrainingThatIsCancelledLeavesNothing(String when) throws Exception {
        Process training = processes
                .builder(command("hangs", "train"))
                .redirectErrorStream(true)
                .start();
        Processes.await(
                "its moment",
                () -> when.equals("training")
                        ? Files.exists(directory.resolve("trained.txt"))
                        : recordedOutput().contains("started"));
        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(training.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(training.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(training.exitValue()).isNotZero();
        Processes.await("all of it to end", () -> {
            try {
                return processes.marked().isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
        assertNothingIsLeftBut();
        assertThat(directory.resolve("trained.pid")).doesNotExist();
    }

    @Test
    void aDirectoryOnTheClassPathIsNamed() throws Exception {
        Finished training = processes.run(command(List.of(), classPath() + ":" + directory, "good", "train"));
        assertThat(training.exitCode()).isEqualTo(6);
        assertThat(training.err())
                .isEqualTo("trained: not trained: train: the class path has the directory " + directory
                        + ", and the JDK caches classes from jars only; package it as a jar.\n");
        assertNothingIsLeftBut();
    }

    @Test
    void aFileThatNoStartComparesIsRefused() throws Exception {
        ProcessBuilder train = processes.builder(command("good", "train"));
        train.environment().put("JDK_JAVA_OPTIONS", "-Xbootclasspath/a:/nonexistent.jar");
        assertThat(processes.run(train).err())
                .contains("train: -Xbootclasspath/a:/nonexistent.jar: a start would not see when this file");
        assertNothingIsLeftBut();
    }

    @ParameterizedTest
    @CsvSource({"nobody, rw-r--r--", "restricted, rw-------"})
    void aTaskDoesNotRunWithRightsThatItDoesNotHave(String behaviour, String permissions) throws Exception {
        assumeTrue(isRoot() || behaviour.equals("restricted"), "only root may become somebody else");
        Finished training = processes.run(command(behaviour, "train"));
        assertThat(training.err()).isEmpty();
        assertThat(training.exitCode()).isZero();
        assertThat(directory.resolve("trained.txt")).doesNotExist();
        assertThat(cache).isNotEmptyFile();
        assertThat(permissions()).isEqualTo(permissions);
    }

    @Test
    void anotherProgramHasNoCache() throws Exception {
        Path pidfile = directory.resolve("other.pid");
        Finished training = processes.run(
                Launcher.mode("main-program").with("pidfile", pidfile).command("train"));
        assertThat(training.exitCode()).isEqualTo(3);
        assertThat(training.err()).contains("train is not implemented");

        assertThat(processes
                        .run(Launcher.mode("main").with("pidfile", pidfile).command("train"))
                        .err())
                .contains("train: the specification has no aotCache; name a file for it.");
    }

    private void assertStartsWithoutAWord(String classPath) throws Exception {
        Finished start = processes.run(command(List.of(), classPath, "good", "start"));
        assertThat(start.err()).isEmpty();
        assertThat(start.exitCode()).isZero();
        assertThat(start.out()).matches("trained: started \\(pid \\d+, .*\\)\n");
        assertThat(directory.resolve("trained.log")).isEmptyFile();
    }

    private void assertRefused(String verb, String reason) throws Exception {
        assertRefused("good", verb, reason);
    }

    private void assertRefused(String behaviour, String verb, String reason) throws Exception {
        Finished refused = processes.run(command(behaviour, verb));
        assertThat(refused.exitCode()).isEqualTo(6);
        assertThat(refused.err()).contains(reason);
        assertThat(directory.resolve("trained.pid")).doesNotExist();
    }

    private void assertNothingIsLeftBut(String... names) throws IOException {
        try (Stream<Path> files = Files.list(cache.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
        }
    }

    private List<String> classesOf(long pid) throws IOException {
        return Files.readAllLines(directory.resolve("classes" + pid));
    }

    private List<String> command(String behaviour, String verb) {
        return command(List.of(), classPath(), behaviour, verb);
    }

    private List<String> command(List<String> options, String classPath, String behaviour, String verb) {
        List<String> command = new ArrayList<>(List.of(Launcher.java()));
        command.addAll(options);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                TrainedProgram.class.getName(),
                directory.toString(),
                behaviour,
                verb));
        return command;
    }

    private static String classPath() {
        return home.resolve("app.jar") + ":" + home.resolve("core.jar");
    }

    private static Manifest manifest() {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, "bindings.jar nowhere.jar");
        return manifest;
    }

    private String permissions() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(cache));
    }

    /** What the JVM that is recorded has said so far. */
    private String recordedOutput() {
        try (DirectoryStream<Path> outputs = Files.newDirectoryStream(cache.getParent(), ".*")) {
            StringBuilder all = new StringBuilder();
            for (Path workshop : outputs) {
                all.append(Files.readString(workshop.resolve("out")));
            }
            return all.toString();
        } catch (IOException notYet) {
            return "";
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
