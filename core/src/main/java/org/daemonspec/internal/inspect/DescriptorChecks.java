package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daemonspec.internal.inspect.ProcessTable.Holder;

/**
 * What it has open that it was not meant to have, step 1. The kernel does not tell who opened a descriptor, so a leak is only what
 * shows to be one: it leads to a terminal, to somebody else, or nowhere.
 */
final class DescriptorChecks {

    private static final String CLOSE =
            "close what it does not need before its program is executed, or open it with O_CLOEXEC.";

    private DescriptorChecks() {}

    /** A terminal keeps its session's shell from ending, and what is written there bothers somebody. */
    static Judgement terminals(Subject subject) throws IOException {
        List<OpenFile> terminals =
                subject.furtherFiles().stream().filter(OpenFile::isTerminal).toList();
        return terminals.isEmpty()
                ? Judgement.pass(where(subject) + ": none of "
                        + subject.furtherFiles().size() + " descriptors beside stdin, stdout and stderr is a terminal")
                : Judgement.fail(where(subject) + ": " + join(terminals), CLOSE);
    }

    /** Who waits for the end of a pipe, as {@code $(…)} does, waits for as long as somebody has the other. */
    static Judgement pipes(Subject subject) throws IOException {
        List<OpenFile> pipes =
                subject.furtherFiles().stream().filter(OpenFile::isPipe).toList();
        Set<Long> family = subject.family();
        List<String> leaks = new ArrayList<>();
        for (OpenFile pipe : pipes) {
            strangerAt(subject, pipe, family).ifPresent(leaks::add);
        }
        return leaks.isEmpty()
                ? Judgement.pass(where(subject) + ": "
                        + (pipes.isEmpty()
                                ? "no pipe"
                                : pipes.size() + " pipes, both ends of each in its own processes"))
                : Judgement.fail(where(subject) + ": " + String.join("; ", leaks), CLOSE);
    }

    private static Optional<String> strangerAt(Subject subject, OpenFile pipe, Set<Long> family) {
        List<Holder> holders = subject.table().holders(file -> file.target().equals(pipe.target()));
        Optional<Holder> stranger = holders.stream()
                .filter(holder -> !family.contains(holder.pid()))
                .findFirst();
        if (stranger.isPresent()) {
            return Optional.of(
                    pipe + ", which " + subject.table().name(stranger.get().pid()) + " has open, too");
        }
        boolean whole = holders.stream().anyMatch(holder -> holder.file().isRead())
                && holders.stream().anyMatch(holder -> holder.file().isWritten());
        return whole
                ? Optional.empty()
                : Optional.of(
                        pipe + ", whose other end nobody has" + subject.table().blindSpot());
    }

    /** What was duplicated to be a standard stream and then forgotten, and what somebody else has under the very same number. */
    static Judgement files(Subject subject) throws IOException {
        List<String> leaks = new ArrayList<>();
        for (OpenFile file : subject.furtherFiles()) {
            if (!file.isClosedOnExec()
                    && !file.isPipe()
                    && !file.isTerminal()
                    && file.lock().isEmpty()) {
                copyOf(subject, file).or(() -> sharedWith(subject, file)).ifPresent(leaks::add);
            }
        }
        long unjudged = subject.furtherFiles().stream()
                .filter(file -> file.regular() && !file.isClosedOnExec())
                .count();
        return leaks.isEmpty()
                ? Judgement.pass(where(subject)
                        + ": no copy of a standard stream, and no file that a stranger has under the same number ("
                        + unjudged + " files without O_CLOEXEC may be its own)")
                : Judgement.fail(where(subject) + ": " + String.join("; ", leaks), CLOSE);
    }

    private static Optional<String> copyOf(Subject subject, OpenFile file) {
        try {
            return subject.openFiles().stream()
                    .filter(stream -> stream.isStandardStream() && stream.isOpenLike(file))
                    .findFirst()
                    .map(stream -> file + ", a copy of fd " + stream.number());
        } catch (IOException closed) {
            return Optional.empty();
        }
    }

    /** A file that another program has open for writing, by the same number and at the same place: both got it from the same process. */
    private static Optional<String> sharedWith(Subject subject, OpenFile file) {
        if (!file.regular() || !file.isWritten()) {
            return Optional.empty();
        }
        Set<Long> family = subject.family();
        return subject
                .table()
                .holders(other -> other.number() == file.number()
                        && other.isOpenLike(file)
                        && other.position() == file.position())
                .stream()
                .filter(holder -> !family.contains(holder.pid()) && !subject.runsTheSame(holder.pid()))
                .findFirst()
                .map(holder -> file + ", which " + subject.table().name(holder.pid()) + " has open by the same number");
    }

    private static String where(Subject subject) {
        return subject.proc("fd").toString();
    }

    private static String join(List<OpenFile> files) {
        return String.join(", ", files.stream().map(OpenFile::toString).toList());
    }
}
