package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.daemonspec.support.ContextSettings;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;

/**
 * Starts daemons of both kinds with the same words: a task in a JVM of its own, by another JVM, and a program, by this one.
 *
 * @param processes ends them
 * @param pidfile of the daemon
 * @param classPath which everybody may read
 */
record ContextDaemons(Processes processes, Path pidfile, String classPath) {

    enum Kind {
        TASK,
        PROGRAM
    }

    /** A daemon that runs; the words are those of {@link ContextSettings}. */
    ProcView start(Kind kind, String... words) throws Exception {
        if (kind == Kind.PROGRAM) {
            ProcView program =
                    new ProcView(spec(words).build().exec("sleep", "60").pid());
            processes.own(program.pid());
            return program;
        }
        Finished launcher = processes.run(task(words));
        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        ProcView daemon = ProcView.ofPidfile(pidfile);
        processes.own(daemon.pid());
        return daemon;
    }

    /** Why there is no daemon; nothing of one is left. */
    String refusal(Kind kind, String... words) throws Exception {
        String sentence;
        if (kind == Kind.PROGRAM) {
            sentence = catchThrowableOfType(
                            DaemonException.class, () -> spec(words).build().exec("sleep", "60"))
                    .getMessage();
        } else {
            Finished launcher = processes.run(task(words));
            assertThat(launcher.exitCode()).as(launcher.err()).isNotZero();
            sentence = launcher.err();
        }
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).isEmpty();
        return sentence;
    }

    /** The command of a launcher that detaches. */
    List<String> task(String... words) {
        return Launcher.mode("detach")
                .classPath(classPath)
                .with("pidfile", pidfile)
                .with(List.of(words))
                .command();
    }

    /** The same command, started by another. */
    static List<String> by(List<String> starter, List<String> command) {
        List<String> both = new ArrayList<>(starter);
        both.addAll(command);
        return both;
    }

    private DaemonSpec.Builder spec(String... words) {
        DaemonSpec.Builder spec = DaemonSpec.builder().pidfile(pidfile);
        for (String word : words) {
            String[] parts = word.split("=", 2);
            if (parts[0].startsWith("env.")) {
                spec.environment(parts[0].substring("env.".length()), parts[1]);
            } else if (parts[0].equals("clear")) {
                spec.clearEnvironment();
            } else if (parts[0].equals("clean")) {
                spec.cleanEnvironment();
            } else if (parts[0].equals("cwd")) {
                spec.workingDirectory(Path.of(parts[1]));
            } else {
                ContextSettings.apply(spec, parts[0], parts.length == 1 ? "" : parts[1]);
            }
        }
        return spec;
    }

    /** Who every thread of a process is. */
    static void assertIs(ProcView process, long uid, long gid, Long... groups) throws IOException {
        String uids = (uid + " ").repeat(4).strip();
        String gids = (gid + " ").repeat(4).strip();
        List<String> sorted =
                new TreeSet<>(List.of(groups)).stream().map(String::valueOf).toList();
        assertThat(process.statusOfThreads("Uid")).as("uids").containsExactly(uids);
        assertThat(process.statusOfThreads("Gid")).as("gids").containsExactly(gids);
        assertThat(process.statusOfThreads("Groups")).as("groups").containsExactly(String.join(" ", sorted));
    }

    /** What every thread of a process may: the same in each set, with the exception of root's ambient set. */
    static void assertMay(ProcView process, long bits) throws IOException {
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
            assertThat(process.statusOfThreads(set)).as(set).containsExactly(String.format("%016x", bits));
        }
    }
}
