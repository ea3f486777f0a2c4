package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a fresh JVM makes on the way of a start: each lambda, method reference, pattern switch over types and concatenation of
 * strings by invokedynamic is a class that it has to generate, which takes about a millisecond. Counted rather than timed.
 */
class ColdStartIT {

    /** A generated class with the class whose code it is for, as {@code -Xlog:class+load} names it. */
    private static final Pattern GENERATED = Pattern.compile("(\\S+?)\\$\\$(Lambda|TypeSwitch|StringConcat)/\\S+");

    /** What may be, with the reason why it is worth its millisecond. None so far. */
    private static final Set<String> ALLOWED = Set.of();

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;

    @BeforeEach
    void name() throws Exception {
        directory = directory.toRealPath();
        pidfile = directory.resolve("cold.pid");
    }

    @Test
    void aDaemonGeneratesNoClassesOfOursBeforeItIsReady() throws Exception {
        long daemon = start();

        List<String> loaded = loadedBy(daemon);
        assertThat(loaded)
                .as("-Xlog:class+load")
                .contains(DaemonMain.class.getName(), ColdProgram.Ready.class.getName());
        List<String> beforeReady = loaded.subList(0, loaded.indexOf(ColdProgram.Ready.class.getName()));
        assertNoneGenerated(beforeReady, "between main and ready in the daemon");
        assertThat(beforeReady)
                .as("milliseconds for a number that is to be had without")
                .doesNotContain("java.lang.ProcessHandleImpl");
    }

    @Test
    void aLauncherGeneratesNoClassesOfOurs() throws Exception {
        long daemon = start();

        List<String> loaded = loadedBy(launcherOf(daemon));
        assertThat(loaded)
                .as("-Xlog:class+load")
                .contains(
                        "org.daemonspec.internal.launch.JvmStart",
                        "org.daemonspec.internal.posix.WatchedSpawn",
                        "org.daemonspec.Leave");
        assertNoneGenerated(loaded, "in the launcher");
    }

    @Test
    void aDaemonThatIsReadyHasLoadedNothingOfTheLaunchersHalf() throws Exception {
        long daemon = start();

        assertThat(loadedBy(daemon))
                .as("a daemon starts no other, finds none and waits for none")
                .noneMatch(name -> name.startsWith("org.daemonspec.internal.command.CommandFace$Kind")
                        || name.equals("org.daemonspec.internal.launch.Launch")
                        || name.startsWith("org.daemonspec.internal.launch.commandline.JavaCommandLine")
                        || name.startsWith("org.daemonspec.internal.control.DaemonSearch")
                        || name.startsWith("org.daemonspec.internal.supervisor.Surroundings")
                        || name.equals("org.daemonspec.internal.posix.PreparedSpawn"));
    }

    @Test
    void aChildThatIsStartedBeforeAnythingElseInheritsNothing() throws Exception {
        Path descriptors = directory.resolve("descriptors");
        start("-Dchild=" + descriptors);

        assertThat(Files.readString(descriptors))
                .contains(" 1 -> " + descriptors)
                .doesNotContain("socket:", "cold.pid", "memfd:daemonspec-handoff");
        assertThat(Files.readAllLines(descriptors))
                .as("0, 1, 2 and the directory, after a line of ls(1)'s")
                .hasSize(5);
    }

    /** The pid of a daemon that is ready. Launcher and daemon have the same JVM options, and a log each. */
    private long start(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Launcher.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:class+load:file=" + directory.resolve("%p.classes") + "::filecount=0",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.addAll(List.of(
                ColdProgram.class.getName(),
                pidfile.toString(),
                directory.resolve("cold.log").toString(),
                "start"));
        Finished start = processes.run(command);
        assertThat(start.exitCode()).as(start.toString()).isZero();
        long daemon = Long.parseLong(Files.readString(pidfile).strip());
        processes.own(daemon);
        assertThat(new ProcView(daemon).isAlive()).isTrue();
        Processes.await(
                "the daemon to write its log", () -> loadedBy(daemon).contains(ColdProgram.Ready.class.getName()));
        return daemon;
    }

    /** The other process that has left a list of its classes. */
    private long launcherOf(long daemon) throws IOException {
        try (DirectoryStream<Path> lists = Files.newDirectoryStream(directory, "*.classes")) {
            List<Long> pids = new ArrayList<>();
            for (Path list : lists) {
                pids.add(Long.parseLong(list.getFileName().toString().replace(".classes", "")));
            }
            assertThat(pids).hasSize(2).contains(daemon);
            pids.remove(daemon);
            return pids.getFirst();
        }
    }

    private List<String> loadedBy(long pid) {
        try {
            List<String> names = new ArrayList<>();
            for (String line : Files.readAllLines(directory.resolve(pid + ".classes"))) {
                String text = line.substring(line.lastIndexOf(']') + 1).strip();
                names.add(text.substring(0, (text + " ").indexOf(' ')));
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertNoneGenerated(List<String> loaded, String when) {
        List<String> generated = new ArrayList<>();
        for (String name : loaded) {
            Matcher matcher = GENERATED.matcher(name);
            if (matcher.matches() && isOurs(matcher) && !ALLOWED.contains(matcher.group(1))) {
                generated.add(matcher.group(1) + " (" + matcher.group(2) + ")");
            }
        }
        assertThat(generated)
                .as(
                        "classes that the JVM had to generate %s; write a loop, an if with instanceof or a class with"
                                + " a name there, or allow it here with a reason",
                        when)
                .isEmpty();
    }

    /** A concatenation is generated in the name of String, and the JDK itself concatenates without. */
    private static boolean isOurs(Matcher generated) {
        return generated.group(1).startsWith("org.daemonspec.")
                || generated.group(2).equals("StringConcat");
    }
}
