package org.daemonspec;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Processes;

/**
 * The daemon of the tests on logs: {@code SETTING=VALUE...}.
 *
 * <p>Settings of the specification: {@code pidfile stdout stderr shared logMode rotate syslog journal jvmOption}. What it does,
 * {@code task}: {@code write} (four threads write numbered lines as fast as they can, two to each stream, and when it is told to
 * stop, {@code totals} says how many), {@code say} (a few lines before it is ready, and some after), {@code collect} (garbage, all
 * the time), {@code flood} (writes until nobody reads any more), {@code fail} (says why and throws), {@code exit} (says something and
 * exits). With {@code request}, logs are opened anew when that file is there.
 */
final class LogProgram {

    private static final int WRITERS = 4;
    private static final String LONG = "x".repeat(20_000);

    private LogProgram() {}

    /** The command line that starts it. */
    static List<String> command(Map<String, ?> settings) {
        List<String> command = new ArrayList<>(List.of(
                Launcher.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LogProgram.class.getName()));
        settings.forEach((name, value) -> command.add(name + "=" + value));
        return command;
    }

    public static void main(String[] args) {
        Map<String, String> settings = Arrays.stream(args)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
        spec(settings).detach((DaemonContext context) -> {
            if (settings.containsKey("request")) {
                Thread.ofPlatform().daemon().start(() -> reopenOn(Path.of(settings.get("request")), context));
            }
            switch (settings.get("task")) {
                case "write" -> write(settings, context);
                case "say" -> say(context);
                case "collect" -> collect(context);
                case "flood" -> flood(context);
                case "fail" -> {
                    System.out.println("all is well");
                    throw new IllegalStateException("it is not");
                }
                default -> {
                    System.err.println("last words");
                    System.exit(3);
                }
            }
        });
    }

    private static DaemonSpec.Builder spec(Map<String, String> settings) {
        DaemonSpec.Builder spec = DaemonSpec.builder();
        settings.forEach((name, value) -> {
            switch (name) {
                case "pidfile" -> spec.pidfile(Path.of(value));
                case "stdout" -> spec.stdout(Path.of(value));
                case "stderr" -> spec.stderr(Path.of(value));
                case "logMode" -> spec.logMode(Integer.parseInt(value, 8));
                case "rotate" -> {
                    String[] words = value.split(",", 2);
                    spec.rotateLogs(Long.parseLong(words[0]), Integer.parseInt(words[1]));
                }
                case "syslog" -> spec.syslog(value);
                case "journal" -> spec.journal();
                case "jvmOption" -> spec.jvmOptions(value);
                default -> {}
            }
        });
        if (settings.containsKey("shared")) {
            spec.stderrToStdout();
        }
        return spec;
    }

    private static void write(Map<String, String> settings, DaemonContext context) throws Exception {
        boolean shared = settings.containsKey("shared");
        CountDownLatch stop = new CountDownLatch(1);
        int[] totals = new int[WRITERS];
        List<Thread> writers = IntStream.range(0, WRITERS)
                .mapToObj(i -> Thread.ofPlatform()
                        .daemon()
                        .start(() -> totals[i] = write(i, i % 2 == 0 ? System.out : System.err, shared, stop)))
                .toList();
        context.onStop(() -> {
            stop.countDown();
            for (Thread writer : writers) {
                writer.join();
            }
            Files.writeString(Path.of(settings.get("totals")), Arrays.toString(totals));
        });
        context.ready();
        sleep();
    }

    /** Two streams that are one file have a lock each: there, a line is whole only if it is one write(2). */
    private static int write(int writer, PrintStream stream, boolean oneWriteEach, CountDownLatch stop) {
        int i = 0;
        for (; stop.getCount() > 0; i++) {
            String text = i % 50 == 0 && !oneWriteEach ? LONG : "some text";
            if (i % 3 == 0 && !oneWriteEach) {
                stream.printf("%d %d %s %d %d%n", writer, i, text, writer, i);
            } else {
                stream.println(writer + " " + i + " " + text + " " + writer + " " + i);
            }
        }
        return i;
    }

    private static void say(DaemonContext context) throws InterruptedException {
        System.out.println("before ready");
        System.err.println("in trouble before ready");
        context.onReload(() -> System.out.println("reloaded"));
        context.ready();
        System.out.println("after ready");
        System.out.println("<4>this is a warning");
        System.out.println("and this is none");
        System.err.println("in trouble");
        System.err.println("<html>");
        sleep();
    }

    private static void collect(DaemonContext context) throws InterruptedException {
        context.ready();
        while (true) {
            System.gc();
            Thread.sleep(20);
        }
    }

    private static void flood(DaemonContext context) {
        context.ready();
        while (true) {
            System.out.println("all day long");
            System.err.println("all night long");
        }
    }

    private static void reopenOn(Path request, DaemonContext context) {
        try {
            Processes.await("a request", () -> Files.exists(request));
            context.reopenLogs();
            Files.delete(request);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep() throws InterruptedException {
        TimeUnit.MINUTES.sleep(10);
    }
}
