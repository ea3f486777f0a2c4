package org.daemonspec.internal.inspect;

/** Whether there is anything to inspect. */
final class RunningCheck {

    private RunningCheck() {}

    static Judgement running(Subject subject) {
        return Judgement.pass(
                "/proc/" + subject.pid() + "/stat: " + subject.stat().name() + ", state "
                        + subject.stat().state()
                        + subject.supervisor().map(who -> "; " + who).orElse(""));
    }
}
