package org.daemonspec.support;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.daemonspec.DaemonContext;
import org.daemonspec.DaemonControl;
import org.daemonspec.DaemonException;
import org.daemonspec.DaemonHandle;
import org.daemonspec.DaemonMode;
import org.daemonspec.DaemonSpec;
import org.daemonspec.DaemonTask;
import org.daemonspec.Signal;
import org.daemonspec.StopSchedule;

/**
 * The program that the tests make a daemon of: {@code MODE [SETTING=VALUE]... -- [ARGUMENT]...}.
 *
 * <p>Settings of the specification: {@code mode pidfile cwd umask stdin stdout stderr stderrToStdout syslog journal name jvmOption timeout
 * stopTimeout quick usage createDirectory createCwd preserve crashDirectory env.NAME unset clear clean}, and
 * {@link ContextSettings}. Others: {@code gate}, a file whose appearance the task waits
 * for; {@code mainGate}, one that main waits for; {@code daemonGate}, one that main waits for in the daemon; {@code mark}, a
 * file that the daemon writes its arguments to, or with {@code read} what it reads from that descriptor; {@code hoard}, with
 * which it runs out of memory.
 *
 * <p>Of tasks in the modes {@code main}, {@code run}, {@code handlers} and {@code restart}: {@code onStop} and
 * {@code onReload}, each a list of {@code say} (prints "stop handler" or "reload handler", and which if there are several),
 * {@code hang} (in a frame {@code hangingHandler}), {@code fail}, and {@code read} (takes a while, prints the content of
 * {@code config}, and "overlap" if another round runs); {@code hook} (a shutdown hook that prints "hook", and with
 * {@code hook=pidfile} whether the pidfile is there); {@code gate}, as above, before it is ready; {@code broken} (throws instead
 * of being ready); {@code ends} ({@code return} or {@code throw}, once told to stop); {@code tick} (writes lines to stdout and
 * stderr all the time); {@code deaf} (its shutdown hangs for ever, in a frame {@code deafToSigterm}).
 *
 * <p>Modes: {@code main} (the arguments are the command face's), {@code main-program} (the same for {@code sleep 60}), {@code run}
 * (in the foreground), {@code handlers} (detach), {@code restart}, {@code await} (the argument is {@code ready} or
 * {@code stopped}), {@code detach} (ready when about to run, then waits), {@code ready} (ready once the gate is there),
 * {@code fail}, {@code fail-after-ready}, {@code exit}, {@code crash}, {@code return}, {@code thread} (returns but leaves a
 * thread), {@code no-ready} (returns without being ready), {@code off-main} (as {@code return}, from another thread that main
 * joins), {@code never-detach}, {@code launch}, {@code status}, {@code exec}, {@code child} (the daemon starts the arguments as a
 * command), {@code bind} (ready when it listens on the TCP port that is the argument).
 */
public final class ProbeProgram {

    private ProbeProgram() {}

    /** See the class. */
    public static void main(String[] args) throws Exception {
        int end = Arrays.asList(args).indexOf("--");
        Map<String, String> settings = new TreeMap<>();
        for (String setting : Arrays.copyOfRange(args, 1, end)) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        List<String> arguments = Arrays.asList(args).subList(end + 1, args.length);
        if (settings.containsKey("mainGate")) {
            System.out.println("main waits");
            Processes.await("main's gate", () -> Files.exists(Path.of(settings.get("mainGate"))));
        }
        if (settings.containsKey("daemonGate") && DaemonSpec.isDaemon()) {
            System.out.println("main waits");
            Processes.await("main's gate", () -> Files.exists(Path.of(settings.get("daemonGate"))));
        }
        run(args[0], spec(settings), settings, arguments);
    }

    private static DaemonSpec.Builder spec(Map<String, String> settings) {
        DaemonSpec.Builder spec = DaemonSpec.builder();
        if (settings.containsKey("clear")) {
            spec.clearEnvironment();
        }
        if (settings.containsKey("clean")) {
            spec.cleanEnvironment();
        }
        settings.forEach((name, value) -> {
            switch (name) {
                case "pidfile" -> spec.pidfile(Path.of(value));
                case "cwd" -> spec.workingDirectory(Path.of(value));
                case "mode" -> spec.mode(DaemonMode.valueOf(value));
                case "umask" -> spec.umask(Integer.parseInt(value, 8));
                case "stdin" -> spec.stdin(Path.of(value));
                case "stdout" -> spec.stdout(Path.of(value));
                case "stderr" -> spec.stderr(Path.of(value));
                case "stderrToStdout" -> spec.stderrToStdout();
                case "name" -> spec.name(value);
                case "syslog" -> spec.syslog(value);
                case "journal" -> spec.journal();
                case "jvmOption" -> spec.jvmOptions(value);
                case "heap" -> spec.jvmOptions("-Xms" + value, "-Xmx" + value);
                case "launcherOption" -> spec.launcherOptions(value.split(",", -1));
                case "stopTimeout" -> spec.stopTimeout(Duration.ofMillis(Long.parseLong(value)));
                case "usage" -> spec.usage(value);
                case "preserve" ->
                    spec.preserve(Arrays.stream(value.split(","))
                            .mapToInt(Integer::parseInt)
                            .toArray());
                case "createCwd" -> spec.createWorkingDirectory(Integer.parseInt(value, 8));
                case "crashDirectory" -> spec.crashDirectory(Path.of(value));
                case "createDirectory" -> spec.createPidfileDirectory();
                case "quick" ->
                    spec.stopSchedule(StopSchedule.of(Signal.TERM, Duration.ofMillis(Long.parseLong(value)))
                            .then(Signal.QUIT, Duration.ofSeconds(1))
                            .then(Signal.KILL, Duration.ofSeconds(10)));
                case "timeout" -> spec.readyTimeout(Duration.ofMillis(Long.parseLong(value)));
                case "unset" -> spec.unsetEnvironment(value);
                default -> {
                    if (name.startsWith("env.")) {
                        spec.environment(name.substring("env.".length()), value);
                    } else {
                        ContextSettings.apply(spec, name, value);
                    }
                }
            }
        });
        return spec;
    }

    private static void run(String mode, DaemonSpec.Builder spec, Map<String, String> settings, List<String> arguments)
            throws InterruptedException {
        switch (mode) {
            case "main" -> spec.main(arguments.toArray(String[]::new), task(settings));
            case "main-program" -> spec.main(arguments.toArray(String[]::new), List.of("sleep", "60"));
            case "run" -> spec.build().run(task(settings));
            case "handlers" -> spec.detach(task(settings));
            case "restart" -> {
                try {
                    System.out.println(
                            "restarted " + spec.build().restart(task(settings)).pid());
                } catch (DaemonException e) {
                    System.out.println(e.getMessage());
                    System.exit(e.exitCode());
                }
            }
            case "detach" ->
                spec.detach(() -> {
                    mark(settings, arguments);
                    if (settings.containsKey("hoard")) {
                        hoard();
                    }
                    sleep();
                });
            case "ready" ->
                spec.detach(context -> {
                    System.out.println("waiting");
                    Processes.await("gate", () -> Files.exists(Path.of(settings.get("gate"))));
                    System.out.println("ready");
                    context.ready();
                    mark(settings, arguments);
                    sleep();
                });
            case "fail" ->
                spec.detach((DaemonContext context) -> {
                    throw new IllegalStateException("the database is down\nvery down", new Exception("no route"));
                });
            case "fail-after-ready" ->
                spec.detach(context -> {
                    context.ready();
                    Processes.await("gate", () -> Files.exists(Path.of(settings.get("gate"))));
                    throw new IllegalStateException("too late");
                });
            case "exit" ->
                spec.detach((DaemonContext context) -> {
                    System.err.println("last words");
                    System.exit(3);
                });
            case "crash" ->
                spec.detach((DaemonContext context) -> {
                    System.out.println("before the crash");
                    new ProcessBuilder(
                                    "kill",
                                    "-KILL",
                                    Long.toString(ProcessHandle.current().pid()))
                            .start()
                            .waitFor();
                    sleep();
                });
            case "return" -> spec.detach(DaemonContext::ready);
            case "no-ready" -> spec.detach((DaemonContext context) -> System.out.println("done"));
            case "off-main" -> {
                Thread caller = new Thread(() -> spec.detach(DaemonContext::ready));
                caller.start();
                caller.join();
            }
            case "thread" ->
                spec.detach(context -> {
                    Thread.ofPlatform().start(() -> {
                        context.ready();
                        sleep();
                    });
                });
            case "never-detach" -> {
                if (DaemonSpec.isDaemon()) {
                    throw new IllegalStateException("main failed before detach");
                }
                spec.detach(() -> {});
            }
            case "launch" -> {
                DaemonHandle daemon = spec.launch(() -> {
                    mark(settings, arguments);
                    sleep();
                });
                System.out.println("launched " + daemon.pid() + " "
                        + daemon.processHandle().map(ProcessHandle::isAlive).orElse(false));
                if (settings.containsKey("gate")) {
                    Processes.await("gate", () -> Files.exists(Path.of(settings.get("gate"))));
                }
            }
            case "status" ->
                System.out.println(
                        DaemonControl.of(Path.of(settings.get("pidfile"))).status());
            case "await" -> {
                DaemonControl control = DaemonControl.of(Path.of(settings.get("pidfile")));
                Duration most = Duration.ofSeconds(50);
                System.out.println(arguments.contains("ready") ? control.awaitReady(most) : control.awaitStopped(most));
            }
            case "exec" -> System.out.println("started " + spec.exec(arguments).pid());
            case "child" ->
                spec.detach(context -> {
                    Process child = new ProcessBuilder(arguments)
                            .redirectErrorStream(true)
                            .redirectOutput(Path.of(settings.get("mark")).toFile())
                            .start();
                    int exitCode = child.waitFor();
                    Files.writeString(Path.of(settings.get("mark") + ".exit"), exitCode + "\n");
                    context.ready();
                    sleep();
                });
            case "bind" ->
                spec.detach(context -> {
                    try (ServerSocket socket = new ServerSocket(Integer.parseInt(arguments.getFirst()))) {
                        System.out.println("listens on " + socket.getLocalPort());
                        context.ready();
                        sleep();
                    }
                });
            default -> throw new IllegalArgumentException(mode);
        }
    }

    private static DaemonTask task(Map<String, String> settings) {
        return context -> {
            handlers("stop", settings).forEach(context::onStop);
            handlers("reload", settings).forEach(context::onReload);
            if (settings.containsKey("hook")) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    LockSupport.parkNanos(Duration.ofMillis(200).toNanos()); // hooks run side by side: be the last
                    System.out.println("hook" + pidfile(settings));
                }));
            }
            if (settings.containsKey("deaf")) {
                Runtime.getRuntime().addShutdownHook(new Thread(ProbeProgram::deafToSigterm));
            }
            if (settings.containsKey("tick")) {
                Thread.ofPlatform().daemon().start(ProbeProgram::tick);
            }
            if (settings.containsKey("gate")) {
                System.out.println("waiting");
                Processes.await("gate", () -> Files.exists(Path.of(settings.get("gate"))));
            }
            if (settings.containsKey("broken")) {
                throw new IllegalStateException("broken on purpose");
            }
            CountDownLatch stopped = new CountDownLatch(1);
            if (settings.containsKey("ends")) {
                context.onStop(stopped::countDown);
            }
            System.out.println("ready");
            context.ready();
            if (!stopped.await(10, TimeUnit.MINUTES)) {
                System.out.println("nobody stopped it");
            }
            if (settings.getOrDefault("ends", "").equals("throw")) {
                throw new IllegalStateException("closed under my feet");
            }
        };
    }

    private static List<DaemonContext.Handler> handlers(String kind, Map<String, String> settings) {
        String setting = kind.equals("stop") ? "onStop" : "onReload";
        if (!settings.containsKey(setting)) {
            return List.of();
        }
        List<String> behaviours = List.of(settings.get(setting).split(","));
        return IntStream.range(0, behaviours.size())
                .mapToObj(i -> handler(
                        kind + " handler" + (behaviours.size() > 1 ? " " + (i + 1) : ""), behaviours.get(i), settings))
                .toList();
    }

    private static DaemonContext.Handler handler(String name, String behaviour, Map<String, String> settings) {
        AtomicInteger running = new AtomicInteger();
        return () -> {
            if (!behaviour.equals("read")) {
                System.out.println(name);
            }
            switch (behaviour) {
                case "say" -> {}
                case "hang" -> hangingHandler();
                case "read" -> {
                    if (running.incrementAndGet() > 1) {
                        System.out.println("overlap");
                    }
                    String content =
                            Files.readString(Path.of(settings.get("config"))).strip();
                    Thread.sleep(Duration.ofMillis(20));
                    System.out.println(name + " has read " + content);
                    running.decrementAndGet();
                }
                default -> throw new java.io.IOException("the " + name + " failed on purpose");
            }
        };
    }

    private static String pidfile(Map<String, String> settings) {
        if (!settings.get("hook").equals("pidfile")) {
            return "";
        }
        return ", the pidfile is " + (Files.exists(Path.of(settings.get("pidfile"))) ? "there" : "gone");
    }

    private static void tick() {
        for (int i = 0; ; i++) {
            System.out.println("out " + i);
            System.err.println("err " + i);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** Recognisable in a stack trace. */
    private static void hangingHandler() {
        sleep();
    }

    /** Recognisable in a thread dump. */
    private static void deafToSigterm() {
        sleep();
    }

    /** Writes the arguments, each followed by NUL, and renames the file into place. */
    private static void mark(Map<String, String> settings, List<String> arguments) {
        if (settings.containsKey("mark")) {
            List<String> lines = new ArrayList<>(arguments);
            try {
                Path draft = Path.of(settings.get("mark") + ".draft");
                if (settings.containsKey("read")) {
                    Files.copy(Path.of("/proc/self/fd", settings.get("read")), draft);
                } else {
                    Files.writeString(draft, String.join("\0", lines) + "\0");
                }
                Files.move(draft, Path.of(settings.get("mark")));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private static void hoard() {
        List<byte[]> all = new ArrayList<>();
        while (all.size() < Integer.MAX_VALUE) {
            all.add(new byte[1 << 20]);
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(Duration.ofMinutes(10));
        } catch (InterruptedException e) {
            System.out.println("interrupted");
        }
    }
}
