package org.daemonspec;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Processes;

/**
 * A service that a supervisor listens to: {@code run|auto|detach|exec [SETTING]... -- STEP...}, where its task takes one step after the
 * other, and the steps of {@code exec} are a command; {@code auto} is {@code detach} where the mode is not given.
 *
 * <p>Settings: {@code pidfile=}, {@code user=}, {@code nice=}, {@code listen=PORT}. Steps: {@code ready}; {@code say=TEXT}; {@code status=TEXT};
 * {@code extend=MILLISECONDS}; {@code check=FILE} (a health check that fails with what is in the file if there is anything, and does
 * not return for {@code hang}); {@code await=FILE}; {@code reload=SECONDS}, and {@code stop=ok}, {@code stop=fail} or {@code stop=FILE}
 * (waits for it), which register handlers; {@code child=COMMAND} for the shell; {@code throw=TEXT}; {@code throw-errno}; {@code exit=STATUS}; {@code wait}.
 */
public final class NotifyProgram {

    private NotifyProgram() {}

    /** The command that runs it. */
    static List<String> command(String classPath, String mode, List<String> settings, String... steps) {
        List<String> command = new ArrayList<>(List.of(
                Launcher.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                NotifyProgram.class.getName(),
                mode));
        command.addAll(settings);
        command.add("--");
        command.addAll(List.of(steps));
        return command;
    }

    /** See the class. */
    public static void main(String[] args) {
        List<String> words = Arrays.asList(args);
        int end = words.indexOf("--");
        DaemonSpec.Builder spec = DaemonSpec.builder().name("notify");
        for (String setting : words.subList(1, end)) {
            String value = setting.substring(setting.indexOf('=') + 1);
            switch (setting.substring(0, setting.indexOf('='))) {
                case "pidfile" -> spec.pidfile(Path.of(value));
                case "user" -> spec.user(value);
                case "listen" ->
                    spec.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(value)));
                case "nice" -> spec.nice(Integer.parseInt(value));
                default -> throw new IllegalArgumentException(setting);
            }
        }
        List<String> steps = words.subList(end + 1, words.size());
        DaemonTask task = context -> {
            for (String step : steps) {
                int equals = step.indexOf('=');
                String name = equals < 0 ? step : step.substring(0, equals);
                take(name, step.substring(equals + 1), context);
            }
        };
        switch (args[0]) {
            case "run" -> spec.build().run(task);
            case "auto" -> spec.detach(task);
            case "exec" -> spec.main(new String[] {"run"}, steps);
            default -> spec.mode(DaemonMode.DETACH).detach(task);
        }
    }

    private static void take(String name, String value, DaemonContext context) throws Exception {
        switch (name) {
            case "ready" -> context.ready();
            case "say" -> System.out.println(value);
            case "status" -> context.status(value.replace("\\0", "\0"));
            case "extend" -> context.extendTimeout(Duration.ofMillis(Long.parseLong(value)));
            case "check" -> context.healthCheck(() -> check(Path.of(value)));
            case "await" -> Processes.await(value, () -> Files.exists(Path.of(value)));
            case "reload" ->
                context.onReload(() -> {
                    System.out.println("reload");
                    Thread.sleep(Duration.ofSeconds(Long.parseLong(value)));
                });
            case "stop" ->
                context.onStop(() -> {
                    System.out.println("stop");
                    switch (value) {
                        case "fail" -> throw new IOException("cannot stop");
                        case "ok" -> {}
                        default -> Processes.await(value, () -> Files.exists(Path.of(value)));
                    }
                });
            case "child" -> new ProcessBuilder("sh", "-c", value).inheritIO().start();
            case "throw" -> throw new IllegalStateException(value);
            case "throw-errno" -> {
                try (Posix posix = Posix.open()) {
                    posix.open("/no/such/file", OpenFor.READING, 0);
                } catch (RuntimeException e) {
                    throw new IOException("the state is gone", e);
                }
            }
            case "exit" -> System.exit(Integer.parseInt(value));
            case "wait" -> new CountDownLatch(1).await();
            default -> throw new IllegalArgumentException(name);
        }
    }

    private static void check(Path file) throws Exception {
        String content = Files.exists(file) ? Files.readString(file) : "";
        if (content.equals("hang")) {
            hangingCheck();
        }
        if (!content.isEmpty()) {
            throw new IllegalStateException(content);
        }
    }

    private static void hangingCheck() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
