package org.daemonspec.examples.forkhazard;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.daemonspec.DaemonHandle;
import org.daemonspec.DaemonSpec;

/** Starts a program the way of DaemonSpec, many times: a program to be run by {@link MeasuringJvm}. */
final class ChainStarts {

    private static final DaemonSpec SPEC = DaemonSpec.builder().build();

    private ChainStarts() {}

    public static void main(String[] args) throws InterruptedException {
        Settings settings = Settings.parse(args);
        MeasuringJvm.endWithParent();
        HeapLoad.start(settings.loadThreads());
        Tally tally = Tally.NONE;
        while (tally.rounds() < settings.rounds()) {
            tally = start(settings, tally);
        }
        MeasuringJvm.report(tally);
    }

    private static Tally start(Settings settings, Tally tally) throws InterruptedException {
        FutureTask<DaemonHandle> start = new FutureTask<>(() -> SPEC.exec("/bin/true"));
        Thread.ofPlatform().daemon().start(start);
        try {
            start.get(settings.timeout().toSeconds(), TimeUnit.SECONDS);
            return tally.plusStarted();
        } catch (ExecutionException e) {
            System.err.println(e.getCause());
            return tally.plusFailed();
        } catch (TimeoutException e) {
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
            return tally.plusHung();
        }
    }
}
