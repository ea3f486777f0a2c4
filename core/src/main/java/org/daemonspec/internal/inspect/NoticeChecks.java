package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.util.List;
import org.daemonspec.internal.pidfile.PidfileState;

/** What was said to whoever started it, steps 14 and 15. */
final class NoticeChecks {

    private NoticeChecks() {}

    /** A notice that was heard leaves no trace; but daemons of this library mark their pidfile. */
    static Judgement readiness(Subject subject) throws IOException {
        List<String> locks = subject.openFiles().stream()
                .flatMap(file -> file.locks().stream())
                .toList();
        if (locks.stream().anyMatch(PidfileState::isMarkOfStart)) {
            return Judgement.notApplicable(subject.proc("fdinfo") + ": its pidfile says that it is still starting");
        }
        return locks.stream().anyMatch(PidfileState::isMarkOfHolder)
                ? Judgement.pass(subject.proc("fdinfo") + ": its pidfile's marks say that it is ready")
                : Judgement.notApplicable("a notice to whoever started it leaves nothing in /proc");
    }

    static Judgement launcher(Subject subject) {
        return Judgement.notApplicable("who started it, and when that ended, leaves nothing in /proc");
    }
}
