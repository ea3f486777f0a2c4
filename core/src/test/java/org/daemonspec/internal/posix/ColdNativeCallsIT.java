package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a fresh JVM loads for the native calls of a start, see {@code docs/adr/0020-cold-native-calls.md}: the JDK's own way to a
 * native call, and of ours nothing that is made at run time, since each such class costs up to some milliseconds.
 */
class ColdNativeCallsIT {

    /** The VarHandles of segments: each kind is a handful of classes more. */
    private static final String NUMBERS_BY_VARHANDLE = "java.lang.invoke.VarHandleSegmentAs";

    @RegisterExtension
    private final Processes processes = new Processes();

    @TempDir
    private Path folder;

    @Test
    void nothingOfOursIsMadeAtRunTime() throws Exception {
        List<String> classes = loadedBy(ColdProgram.class, folder.resolve("cold.pid"));

        assertThat(classes).contains(CallChain.class.getName(), "org.daemonspec.internal.pidfile.LockedPidfile");
        assertThat(classes)
                .filteredOn(name -> name.startsWith("org.daemonspec.internal."))
                .noneMatch(name -> name.contains("$$"));
        assertThat(classes)
                .noneMatch(name -> name.startsWith(NUMBERS_BY_VARHANDLE))
                .noneMatch(name -> name.startsWith("java.util.stream.LongPipeline"))
                .doesNotContain("java.lang.runtime.ObjectMethods");
    }

    @Test
    void noLayoutOfAStructureIsMade() throws Exception {
        Set<String> bindings = new TreeSet<>();
        for (String name : loadedBy(ColdProgram.class, folder.resolve("cold.pid"))) {
            if (name.startsWith("org.daemonspec.bindings.")) {
                bindings.add(name);
            }
        }

        assertThat(bindings).containsExactly("org.daemonspec.bindings.Libc");
    }

    private List<String> loadedBy(Class<?> program, Path pidfile) throws Exception {
        Path log = folder.resolve("classes.log");
        Path output = folder.resolve("output");
        Process process = processes
                .builder(List.of(
                        Launcher.java(),
                        "-Xshare:auto",
                        "-Xlog:class+load:file=" + log,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        pidfile.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        List<String> classes = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            int source = line.indexOf(" source:");
            if (source >= 0) {
                classes.add(line.substring(line.lastIndexOf(']') + 2, source));
            }
        }
        return classes;
    }
}
