package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where stdin, stdout and stderr lead, step 9. */
final class StreamChecks {

    private static final long INIT = 1;
    private static final String NULL = "/dev/null";

    private StreamChecks() {}

    static Judgement stdin(Subject subject) throws IOException {
        Optional<OpenFile> found = stream(subject, 0);
        if (found.isEmpty()) {
            return closed(subject, 0);
        }
        OpenFile stdin = found.get();
        String evidence = evidence(subject, stdin);
        if (stdin.target().equals(NULL) || stdin.regular()) {
            return stdin.isRead()
                    ? Judgement.pass(evidence)
                    : Judgement.fail(
                            evidence + ", open for writing only, so that each read(2) fails",
                            "open /dev/null for reading as descriptor 0.");
        }
        return subject.supervisor().isPresent() && !stdin.isTerminal()
                ? Judgement.notApplicable(evidence + "; " + subject.supervisor().get())
                : Judgement.fail(evidence, "open /dev/null as descriptor 0.");
    }

    static Judgement stdout(Subject subject) throws IOException {
        return output(subject, 1);
    }

    static Judgement stderr(Subject subject) throws IOException {
        return output(subject, 2);
    }

    private static Judgement output(Subject subject, int number) throws IOException {
        Optional<OpenFile> found = stream(subject, number);
        if (found.isEmpty()) {
            return closed(subject, number);
        }
        OpenFile output = found.get();
        String evidence = evidence(subject, output);
        if (output.isPipe()) {
            return pipe(subject, output, evidence);
        }
        return output.isTerminal()
                ? Judgement.fail(evidence, "have it write to a log, to syslog or to /dev/null.")
                : Judgement.pass(evidence);
    }

    /** To somebody who only reads it, be it a child, a supervisor, or a process that has nobody above it either. */
    private static Judgement pipe(Subject subject, OpenFile output, String evidence) {
        List<Long> readers =
                subject.table().holders(file -> file.target().equals(output.target()) && file.isRead()).stream()
                        .map(ProcessTable.Holder::pid)
                        .toList();
        if (readers.isEmpty()) {
            return Judgement.fail(
                    evidence + ", which nobody reads" + subject.table().blindSpot(),
                    "have it write to a log: SIGPIPE or EPIPE is what it gets there.");
        }
        long reader = readers.getFirst();
        Set<Long> family = subject.family();
        boolean reads = subject.supervisor().isPresent()
                || readers.stream()
                        .allMatch(pid -> family.contains(pid)
                                || subject.table()
                                        .find(pid)
                                        .map(stat -> stat.parent() == INIT && stat.terminal() == 0)
                                        .orElse(false));
        evidence += ", which " + subject.table().name(reader) + " reads";
        return reads
                ? Judgement.pass(evidence)
                : Judgement.fail(
                        evidence,
                        "have it write to a log: the reader waits for as long as the daemon runs, and what is written"
                                + " after the reader has ended is lost.");
    }

    /** Two that write to a file at places of their own overwrite each other's lines, and what logrotate has emptied gets a hole. */
    static Judgement logFlags(Subject subject) throws IOException {
        List<OpenFile> logs = subject.openFiles().stream()
                .filter(file -> (file.number() == 1 || file.number() == 2) && file.regular())
                .toList();
        if (logs.isEmpty()) {
            return Judgement.notApplicable("neither stdout nor stderr is a file");
        }
        List<OpenFile> wrong =
                logs.stream().filter(file -> !file.isAppendedTo()).toList();
        String where = subject.proc("fdinfo") + ": ";
        return wrong.isEmpty()
                ? Judgement.pass(where + join(logs) + " with O_APPEND")
                : Judgement.fail(
                        where + join(wrong) + " without O_APPEND", "open logs with O_APPEND, as >> does in a shell.");
    }

    private static Judgement closed(Subject subject, int number) {
        return Judgement.fail(
                subject.proc("fd") + ": " + number + " is closed",
                "open /dev/null there: the next file that it opens becomes descriptor " + number
                        + ", and is written to by whoever means the stream.");
    }

    private static Optional<OpenFile> stream(Subject subject, int number) throws IOException {
        return subject.openFiles().stream()
                .filter(file -> file.number() == number)
                .findFirst();
    }

    private static String evidence(Subject subject, OpenFile file) {
        return subject.proc("fd") + "/" + file.number() + " -> " + file.target();
    }

    private static String join(List<OpenFile> files) {
        return String.join(", ", files.stream().map(OpenFile::toString).toList());
    }
}
