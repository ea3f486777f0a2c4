package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.daemonspec.internal.posix.ProcStatus;

/** What becomes of signals that are sent to it, steps 2 and 3. */
final class SignalChecks {

    /** What runtimes and daemons have good reason to ignore: broken pipes, file sizes, job control. */
    private static final SignalSet INNOCENT =
            SignalSet.of("PIPE", "XFSZ", "TSTP", "TTIN", "TTOU", "URG", "WINCH", "CONT");

    /** With which HotSpot finds null pointers and brings threads to a stop. */
    private static final SignalSet OF_JVM = SignalSet.of("SEGV", "BUS", "FPE", "ILL");

    private SignalChecks() {}

    /** Ignored signals outlive execve(2): nohup(1) leaves SIGHUP so, and {@code &} in a script SIGINT and SIGQUIT. */
    static Judgement ignored(Subject subject) throws IOException {
        SignalSet all = new SignalSet(subject.status().bits("SigIgn")).ofPrograms();
        SignalSet suspicious = all.without(INNOCENT);
        String evidence = subject.proc("status") + ": SigIgn is " + all;
        return suspicious.isEmpty()
                ? Judgement.pass(evidence)
                : Judgement.fail(
                        evidence,
                        "start it with env --default-signal, or reset " + suspicious
                                + " before its program is executed; fine if the program ignores it on purpose.");
    }

    /** One that no thread can take is as good as ignored, unless it is read from a signalfd(2). */
    static Judgement mask(Subject subject) throws IOException {
        SignalSet blocked = new SignalSet(-1);
        SortedMap<Long, ProcStatus> threads = subject.threads();
        for (ProcStatus thread : threads.values()) {
            blocked = blocked.and(new SignalSet(thread.bits("SigBlk")));
        }
        SignalSet read = new SignalSet(
                subject.openFiles().stream().mapToLong(OpenFile::signals).reduce(0, (one, other) -> one | other));
        SignalSet lost = blocked.without(read).ofPrograms();
        String evidence = subject.proc("task") + "/*/status: SigBlk in " + threads(threads.size()) + " is "
                + blocked.ofPrograms() + (read.isEmpty() ? "" : ", of which a signalfd takes " + read.and(blocked));
        return lost.isEmpty()
                ? Judgement.pass(evidence)
                : Judgement.fail(evidence, "unblock " + lost + " before its program is executed, see sigprocmask(2).");
    }

    private static String threads(int count) {
        return count == 1 ? "its only thread" : "all of " + count + " threads";
    }

    /** A JVM has nearly all of its threads block SIGQUIT, which one of them takes. What others do is their own decision. */
    static Judgement threads(Subject subject) throws IOException {
        SortedMap<Long, ProcStatus> threads = subject.threads();
        if (threads.size() == 1) {
            return Judgement.notApplicable("it has one thread, see " + Property.SIGNAL_MASK.word());
        }
        SignalSet any = new SignalSet(0);
        int blocking = 0;
        List<String> stunned = new ArrayList<>();
        for (Map.Entry<Long, ProcStatus> entry : threads.entrySet()) {
            SignalSet mask = new SignalSet(entry.getValue().bits("SigBlk")).ofPrograms();
            any = new SignalSet(any.bits() | mask.bits());
            blocking += mask.isEmpty() ? 0 : 1;
            if (!mask.and(OF_JVM).isEmpty()) {
                stunned.add(entry.getKey() + " (" + entry.getValue().name() + "): " + mask.and(OF_JVM));
            }
        }
        String evidence = subject.proc("task") + "/*/status: " + blocking + " of " + threads.size()
                + " threads block any of " + any;
        if (!subject.isJvm()) {
            return Judgement.notApplicable("which thread takes which signal is up to the program; " + evidence);
        }
        return stunned.isEmpty()
                ? Judgement.pass(evidence)
                : Judgement.fail(
                        evidence + ", and threads that block what the JVM needs are " + String.join("; ", stunned),
                        "find out which native code blocks it, see pthread_sigmask(3): the JVM ends by a null pointer"
                                + " there.");
    }
}
