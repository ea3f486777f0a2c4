package org.daemonspec.jmh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.daemonspec.DaemonControl;
import org.daemonspec.DaemonSpec;

/**
 * The life of the HTTP example: from the command until it answers, its launcher until the fork and until the prompt, its memory,
 * a second start that is refused, and its end; beside the same server as a plain program, and a JVM that says hello.
 */
final class ColdStartRow implements Row {

    private static final int WARM_UPS = 30;

    /** Exit code of a start when it runs already, see the LSB. */
    private static final int ALREADY_RUNNING = 1;

    /** Until memory is looked at: what a start has left to do is done. */
    private static final long SETTLING_MILLISECONDS = 500;

    private final CPrograms programs;
    private final Stopwatch stopwatch;
    private final Jvms jvms;
    private final Path directory = Files.createTempDirectory("daemonspec");
    private final Path pidfile = directory.resolve("http.pid");
    private final int port = freePort();
    private final List<String> hello = Jvms.hello(directory.resolve("hello"));
    private final OneCall oneCall = OneCall.make(directory.resolve("one-call"));
    private final TwoJvms twoJvms;
    private final Optional<TrainedCache> cache;

    ColdStartRow(CPrograms programs, Jvms jvms, Results results, Scale scale) throws IOException, InterruptedException {
        this.programs = programs;
        this.jvms = jvms;
        stopwatch = new Stopwatch(programs);
        twoJvms = TwoJvms.make(oneCall, jvms, port, directory);
        cache = TrainedCache.train(jvms, port, pidfile, directory.resolve("http.aot"));
        if (cache.isEmpty()) {
            results.remark("The AOT cache is not available: the HTTP example's word train did not make one.");
        }
        if (scale.isMeasurement()) {
            warmUpStop();
        }
    }

    @Override
    public void measure(Results results, Scale scale) throws Exception {
        for (int i = 0; i < scale.starts(); i++) {
            serve(results, "cold start, plain", ", plain", jvms.plainServer(port));
            serveAfterOneCall(results);
            serveAsDaemon(results, "", i % 2 == 0, Optional.empty());
            if (cache.isPresent()) {
                serveAsDaemon(results, ", AOT cache", i % 2 == 1, cache);
            }
            Stopwatch.Run run = stopwatch.run(0, hello);
            results.add("hello", run.wall());
            results.add("hello, CPU", run.cpu());
            addOneCall(results, "", oneCall.command());
            addHalt(results);
            Optional<List<String>> cached = oneCall.cachedCommand();
            if (cached.isPresent()) {
                addOneCall(results, ", AOT cache", cached.get());
            }
        }
    }

    private void addOneCall(Results results, String how, List<String> command) {
        Stopwatch.Run run = stopwatch.run(0, command);
        results.add("one native call" + how, run.wall());
        results.add("one native call, CPU" + how, run.cpu());
    }

    /** What is left to a command when the daemon that it waited for has ended, without anything of ours. */
    private void addHalt(Results results) throws IOException {
        try (CProgram jvm = oneCall.halting();
                CProgram watch = programs.stopwatch("watch")) {
            watch.ask(jvm.answer());
            double printed = CProgram.numbers(jvm.ask(""))[0];
            results.add("halt", CProgram.numbers(watch.answer())[0] - printed);
        }
    }

    private void serveAsDaemon(Results results, String how, boolean stopHere, Optional<TrainedCache> with)
            throws Exception {
        try (CProgram server = stopwatch.serve(port, command("start", with))) {
            double[] answer = CProgram.numbers(server.answer());
            results.add("cold start" + how, answer[0]);
            results.add("prompt" + how, answer[1] - answer[0]);
            long pid = (long) answer[2];
            addMemory(results, how, pid);
            results.add(
                    "refused start" + how,
                    stopwatch.run(ALREADY_RUNNING, command("start", with)).wall());
            measureStop(results, how, pid, stopHere, with);
            Stopwatch.Fork fork = stopwatch.fork(command("start", with));
            results.add("launcher" + how, fork.wall());
            results.add("launcher, CPU" + how, fork.cpu());
        } finally {
            DaemonControl.of(pidfile).stop();
        }
    }

    private void serveAfterOneCall(Results results) throws IOException, InterruptedException {
        serve(results, "two JVMs", ", two JVMs", twoJvms.command());
        Optional<List<String>> cached = twoJvms.cachedCommand();
        if (cached.isPresent()) {
            serve(results, "two JVMs, AOT cache", ", two JVMs, AOT cache", cached.get());
        }
    }

    /** A server that ends with the stopwatch. */
    private void serve(Results results, String series, String how, List<String> command)
            throws IOException, InterruptedException {
        try (CProgram server = stopwatch.serve(port, command)) {
            double[] answer = CProgram.numbers(server.answer());
            results.add(series, answer[0]);
            addMemory(results, how, (long) answer[2]);
        }
    }

    private static void addMemory(Results results, String how, long pid) throws IOException, InterruptedException {
        Thread.sleep(SETTLING_MILLISECONDS);
        Memory memory = Memory.of(pid);
        results.add("RSS" + how, memory.rss());
        results.add("PSS" + how, memory.pss());
    }

    /** From the daemon's end to the return of who stopped it: this JVM, which has done so before, or a command. */
    private void measureStop(Results results, String how, long pid, boolean here, Optional<TrainedCache> with)
            throws IOException {
        try (CProgram watch = programs.stopwatch("watch")) {
            watch.ask(pid);
            double returned;
            if (here) {
                DaemonControl.of(pidfile).stop();
                returned = System.nanoTime();
            } else {
                returned = stopwatch.run(0, command("stop", with)).end();
            }
            double ended = CProgram.numbers(watch.answer())[0];
            results.add(here ? "stop" : "stop command" + how, returned - ended);
        }
    }

    private void warmUpStop() {
        for (int i = 0; i < WARM_UPS; i++) {
            DaemonSpec.builder()
                    .pidfile(pidfile)
                    .exec("/bin/sleep", Long.toString(Duration.ofMinutes(1).toSeconds()));
            DaemonControl.of(pidfile).stop();
        }
    }

    private List<String> command(String word, Optional<TrainedCache> with) throws IOException {
        return jvms.http(word, port, pidfile, with);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        DaemonControl.of(pidfile).stop();
        Directories.remove(directory);
    }
}
