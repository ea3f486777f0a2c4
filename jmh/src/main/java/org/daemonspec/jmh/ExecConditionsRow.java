package org.daemonspec.jmh;

import java.io.IOException;
import org.openjdk.jmh.runner.RunnerException;

/** A warm {@code exec} with much memory and with many descriptors, beside one with little and with few. */
final class ExecConditionsRow implements Row {

    private static final int MOST = 1_048_576;

    private static final int BATCH = 100;
    private static final String PAUSE = Integer.toString(DetachLatency.Pause.MICROSECONDS);
    private static final String FEW = "20";
    private static final String MANY = "10000";

    private final int limit;
    private final CProgram floorWithFew;
    private final CProgram floorWithMany;

    ExecConditionsRow(CPrograms programs, Results results) throws IOException, InterruptedException {
        floorWithFew = programs.floor("among", FEW, "pausing", PAUSE, "spawn", "/bin/true");
        floorWithMany = programs.floor("among", MANY, "pausing", PAUSE, "spawn", "/bin/true");
        limit = highestLimit();
        if (limit < MOST) {
            results.remark("RLIMIT_NOFILE cannot be raised to " + MOST + " on this machine; " + limit + " was used.");
        }
    }

    /** Whether root may raise it beyond the hard limit is the machine's affair, a container's for example. */
    private static int highestLimit() throws IOException, InterruptedException {
        Process raised = new ProcessBuilder("prlimit", "--nofile=" + MOST + ":" + MOST, "true")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (raised.waitFor() == 0) {
            return MOST;
        }
        Process asked = new ProcessBuilder("prlimit", "--nofile", "--raw", "--noheadings", "--output=HARD").start();
        String answer = asked.inputReader().readLine();
        return Math.min(MOST, Integer.parseInt(answer.strip()));
    }

    @Override
    public void measure(Results results, Scale scale) throws RunnerException {
        String large = scale.isMeasurement() ? "4g" : "256m";
        results.add("exec, 64 MB heap", exec(scale, "-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch"));
        results.add("exec, 4 GB heap", exec(scale, "-Xms" + large, "-Xmx" + large, "-XX:+AlwaysPreTouch"));
        results.add("exec, 20 descriptors", exec(scale, "-Dnofile=1024", "-Ddescriptors=" + FEW));
        results.add("exec, 10000 descriptors", exec(scale, "-Dnofile=" + limit, "-Ddescriptors=" + MANY));
        for (int i = 0; i < scale.batches(); i++) {
            results.add("exec in C, 20 descriptors", floorWithFew.median(BATCH));
            results.add("exec in C, 10000 descriptors", floorWithMany.median(BATCH));
        }
    }

    private static double[] exec(Scale scale, String... jvmArguments) throws RunnerException {
        return JmhRun.medians(scale, DetachLatency.class, "exec", jvmArguments);
    }

    @Override
    public void close() {
        floorWithFew.close();
        floorWithMany.close();
    }
}
