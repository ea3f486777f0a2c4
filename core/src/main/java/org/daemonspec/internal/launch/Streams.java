package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcessContext;

/**
 * The daemon's standard streams, opened in the launcher, where a failure can still be reported.
 *
 * @param stdin descriptor 0
 * @param stdout descriptor 1
 * @param stderr descriptor 2; the same as stdout if both lead to one place
 */
record Streams(Descriptor stdin, Output stdout, Output stderr) implements AutoCloseable {

    /** The streams as specified; a log that is made is owned by whom the context says. */
    static Streams open(Posix posix, LaunchSpec spec, ProcessContext context) {
        return open(posix, spec, context.identity(), false);
    }

    /**
     * The same, but what would not go to a file is kept in memory at first, so that a JVM that dies before it is ready does not
     * die without a word. The daemon switches over when it is ready, see {@link FirstWords}.
     */
    static Streams openKeepingFirstWords(Posix posix, LaunchSpec spec, ProcessContext context) {
        return open(posix, spec, context.identity(), true);
    }

    private static Streams open(
            Posix posix, LaunchSpec spec, Optional<ProcessContext.Identity> owner, boolean keepFirstWords) {
        TrustedFiles files = new TrustedFiles(posix, owner);
        Descriptor stdin = files.openToRead(pathOf(spec.stdin()));
        try {
            if (sharesStdout(spec)) {
                Output both = Output.open(posix, spec, spec.stdout(), keepFirstWords, "its last words", files);
                return new Streams(stdin, both, both);
            }
            Output stdout = Output.open(posix, spec, spec.stdout(), keepFirstWords, "its last words on stdout", files);
            try {
                return new Streams(
                        stdin,
                        stdout,
                        Output.open(posix, spec, spec.stderr(), keepFirstWords, "its last words on stderr", files));
            } catch (RuntimeException e) {
                stdout.close();
                throw e;
            }
        } catch (RuntimeException e) {
            stdin.close();
            throw e;
        }
    }

    /** Two names of one log are one open file: its lines do not overwrite each other, and it is opened once. */
    private static boolean sharesStdout(LaunchSpec spec) {
        return spec.stderr() instanceof StandardStream.SameAsStdout
                || spec.stderr().isSameAs(spec.stdout());
    }

    private static Path pathOf(StandardStream stdin) {
        return stdin instanceof StandardStream.File file ? file.path() : Path.of("/dev/null");
    }

    /** What becomes the daemon's descriptors 0, 1 and 2. */
    List<Descriptor> descriptors() {
        return List.of(stdin, stdout.descriptor(), stderr.descriptor());
    }

    /** What was said since the start, each log under its title, complaints first; empty if nothing was. */
    String said() {
        return Stream.of(stderr, stdout)
                .map(Output::tail)
                .flatMap(Optional::stream)
                .distinct()
                .map(LogTail::read)
                .collect(Collectors.joining());
    }

    /** The ways to the system log, stdout's first. */
    List<SystemLog> systemLogs() {
        List<SystemLog> logs = new ArrayList<>();
        if (stdout.systemLog().isPresent()) {
            logs.add(stdout.systemLog().get());
        }
        if (stderr.systemLog().isPresent() && !isOne(stderr, stdout)) {
            logs.add(stderr.systemLog().get());
        }
        return logs;
    }

    /** Which descriptor of the daemon is an output's way to the system log; 0 if it has none. */
    int numberOfLog(Output output, Numbering numbers) {
        if (output.systemLog().isEmpty()) {
            return 0;
        }
        boolean isSecond = !isOne(output, stdout) && stdout.systemLog().isPresent();
        return numbers.log(isSecond ? 1 : 0);
    }

    /** Starts what hands lines on to the system log, as those of this process. */
    void startHelpers(Posix posix, int pid, ProcessContext context) {
        for (SystemLog log : systemLogs()) {
            log.startHelpers(posix, pid, context);
        }
    }

    /** Hands on what a daemon said that did not become ready. */
    void handOnLastWords(Posix posix) {
        Stream.of(stdout, stderr).distinct().forEach(output -> output.handOnLastWords(posix));
    }

    private static boolean isOne(Output one, Output other) {
        return one.descriptor().number() == other.descriptor().number();
    }

    @Override
    public void close() {
        stdin.close();
        stdout.close();
        stderr.close();
    }
}
