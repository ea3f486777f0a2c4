package org.daemonspec;

import java.util.List;
import org.daemonspec.internal.launch.Plan;

/**
 * What a start would do on this machine, see {@link DaemonSpec#plan()}. Immutable and thread-safe; as old as the call that made it.
 */
public final class DaemonPlan {

    private final Plan plan;

    private DaemonPlan(Plan plan) {
        this.plan = plan;
    }

    static DaemonPlan of(Plan plan) {
        return new DaemonPlan(plan);
    }

    /**
     * One step of a start.
     *
     * @param action what would be done, in a phrase
     * @param problems what would fail, each a sentence with the cause and what to do; empty if nothing is known
     */
    public record Step(String action, List<String> problems) {}

    /** {@return what would be done, in order} */
    public List<Step> steps() {
        return plan.steps().stream()
                .map(step -> new Step(step.action(), step.problems()))
                .toList();
    }

    /** {@return whether nothing is known that would fail} */
    public boolean works() {
        return plan.works();
    }

    /** {@return a numbered line for each step, under it what would fail, and a verdict} */
    @Override
    public String toString() {
        return plan.text();
    }
}
