package org.daemonspec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;

/** A program that launches a daemon with an attendant: {@code MODE PIDFILE [stdin=FILE] [stdout=FILE] [stderrToStdout=]}. */
public final class PipesProgram {

    private PipesProgram() {}

    /** The command that runs it. */
    static List<String> command(String mode, Path pidfile, String... settings) {
        List<String> command = new ArrayList<>(List.of(
                Launcher.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PipesProgram.class.getName(),
                mode,
                pidfile.toString()));
        command.addAll(List.of(settings));
        return command;
    }

    /** See the class. */
    public static void main(String[] args) throws Exception {
        DaemonSpec.Builder spec = DaemonSpec.builder().pidfile(Path.of(args[1]));
        for (String setting : Arrays.asList(args).subList(2, args.length)) {
            String value = setting.substring(setting.indexOf('=') + 1);
            switch (setting.substring(0, setting.indexOf('='))) {
                case "stdin" -> spec.stdin(Path.of(value));
                case "stdout" -> spec.stdout(Path.of(value));
                default -> spec.stderrToStdout();
            }
        }
        if (args[0].startsWith("never")) {
            spec.readyTimeout(Duration.ofSeconds(5));
        }
        Set<String> before = pipes();
        try {
            System.out.println("launched "
                    + spec.launch(task(args[0]), attendant(args[0], before)).pid());
        } finally {
            Set<String> left = pipes();
            left.removeAll(before);
            Processes.await("the attendant's thread to end", PipesProgram::attendantIsGone);
            System.out.println("pipes left: " + left.size());
        }
    }

    private static DaemonTask task(String mode) {
        return context -> {
            switch (mode) {
                case "talk" -> {
                    System.out.println("give me the secret");
                    String secret = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
                    System.out.println("it has " + secret.length() + " characters");
                    System.err.println("and that is all");
                }
                case "die" -> {
                    System.err.println("last words");
                    System.exit(3);
                }
                case "fail-both" -> {
                    System.in.read();
                    throw new IllegalStateException("the task failed");
                }
                case "throw" -> sleep();
                case "never-read" -> System.out.println("x".repeat(200_000));
                case "file" -> {
                    System.out.println("to the log");
                    System.err.println("to the log, too");
                }
                case "one-pipe" -> {
                    System.out.println("out");
                    System.err.println("err");
                }
                default -> {}
            }
            context.ready();
            sleep();
        };
    }

    private static DaemonPipes.Attendant attendant(String mode, Set<String> before) {
        return pipes -> {
            switch (mode) {
                case "talk" -> {
                    BufferedReader out = lines(pipes.stdout());
                    System.out.println("daemon: " + out.readLine());
                    try (OutputStream stdin = pipes.stdin()) {
                        stdin.write("correct hor".getBytes(StandardCharsets.UTF_8));
                    }
                    System.out.println("daemon: " + out.readLine());
                    System.out.println("complaint: " + lines(pipes.stderr()).readLine());
                    System.out.println(out.readLine() == null ? "end of file" : "more");
                }
                case "flags" -> System.out.println("inherited by children: " + inheritedPipes(before));
                case "die" ->
                    System.out.println(
                            "attendant read: " + lines(pipes.stderr()).readLine());
                case "fail-both" -> {
                    while (true) {
                        pipes.stdin().write(new byte[1000]);
                    }
                }
                case "throw" -> throw new IOException("no secret today");
                case "throw-late" -> {
                    pipes.stdout().readAllBytes();
                    throw new IOException("too late");
                }
                case "never-return" -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        System.out.println("interrupted");
                    }
                }
                case "file" -> {
                    complain(pipes::stdin);
                    complain(pipes::stdout);
                    complain(pipes::stderr);
                }
                case "one-pipe" -> {
                    complain(pipes::stderr);
                    lines(pipes.stdout()).lines().forEach(line -> System.out.println("read: " + line));
                }
                default -> {}
            }
        };
    }

    private static void complain(Runnable accessor) {
        try {
            accessor.run();
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }

    private static BufferedReader lines(java.io.InputStream stream) {
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** Those of this process that survive execve(2), without what it was started with. */
    private static List<String> inheritedPipes(Set<String> before) throws IOException {
        ProcView self = new ProcView(ProcessHandle.current().pid());
        int closeOnExec = 02000000;
        return pipes().stream()
                .filter(pipe -> !before.contains(pipe))
                .filter(pipe ->
                        (self.descriptorFlags(Integer.parseInt(pipe.substring(0, pipe.indexOf(' ')))) & closeOnExec)
                                == 0)
                .toList();
    }

    private static Set<String> pipes() throws IOException {
        Set<String> pipes = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path entry : entries) {
                if (Files.isSymbolicLink(entry)
                        && Files.readSymbolicLink(entry).toString().startsWith("pipe:")) {
                    pipes.add(entry.getFileName() + " " + Files.readSymbolicLink(entry));
                }
            }
        }
        return pipes;
    }

    private static boolean attendantIsGone() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("daemonspec-attendant"));
    }

    private static void sleep() throws InterruptedException {
        Thread.sleep(Duration.ofMinutes(10));
    }
}
