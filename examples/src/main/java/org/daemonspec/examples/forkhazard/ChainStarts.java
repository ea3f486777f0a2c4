package org.daemonspec.examples.forkhazard;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.daemonspec.DaemonHandle;
import org.daemonspec.DaemonSpec;

/** Starts a program the way of DaemonSpec, many times: a program to be run by {@link MeasuringJvm}. */
final class ChainStarts {

    private static final DaemonSpec SPEC = DaemonSpec.builder().build();

    private static final String PROGRAM = "/bin/true";
    private static final long GLANCE_MILLIS = 100;

    private ChainStarts() {}

    public static void main(String[] args) throws InterruptedException {
        Settings settings = Settings.parse(args);
        MeasuringJvm.endWithParent();
        SPEC.exec(PROGRAM); // links and loads what the others use
        HeapLoad.start(settings.loadThreads());
        Tally tally = Tally.NONE;
        while (tally.rounds() < settings.rounds()) {
            tally = start(settings, tally);
        }
        MeasuringJvm.report(tally);
    }

    private static Tally start(Settings settings, Tally tally) throws InterruptedException {
        FutureTask<DaemonHandle> start = new FutureTask<>(() -> SPEC.exec(PROGRAM));
        Thread.ofPlatform().daemon().start(start);
        try {
            while (!isThroughAfterAGlance(start)) {
                if (hasChildOlderThan(settings.timeout())) {
                    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
                    return tally.plusHung();
                }
            }
            return tally.plusStarted();
        } catch (ExecutionException e) {
            System.err.println(e.getCause());
            return tally.plusFailed();
        }
    }

    private static boolean isThroughAfterAGlance(FutureTask<?> start) throws ExecutionException, InterruptedException {
        try {
            start.get(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** The daemon is nobody's child; the only one that this JVM has is the chain's process. */
    private static boolean hasChildOlderThan(Duration age) {
        Instant limit = Instant.now().minus(age);
        return ProcessHandle.current()
                .children()
                .anyMatch(child ->
                        child.info().startInstant().filter(limit::isAfter).isPresent());
    }
}
