package org.daemonspec;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daemonspec.bindings.Libc;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Processes;

/**
 * The program with a pidfile of its own. It obeys one command after the other, those of its command line and then those of its
 * stdin, with one line of answer to each, and ends when there are no more:
 *
 * <ul>
 *   <li>{@code lock PIDFILE [CREATE_DIRECTORY]}: {@link Pidfile#lock}; "locked PID", or the exception;
 *   <li>{@code wait PIDFILE}: the same, and waits for it up to a minute;
 *   <li>{@code close}: closes what was locked last;
 *   <li>{@code hook}: does so in a shutdown hook;
 *   <li>{@code exec PIDFILE COMMAND...} and {@code exec-creating}, which makes the directory: {@link DaemonSpec#exec}; "started PID",
 *       or the exception;
 *   <li>{@code detach PIDFILE CHILDREN}: becomes a daemon that has two children and writes their pids into that file;
 *   <li>{@code spawn COMMAND...}: starts a child by {@link ProcessBuilder}; its pid;
 *   <li>{@code system SHELL-COMMAND}: system(3), which forks in C; what the command said;
 *   <li>{@code list DIRECTORY}: the names in it;
 *   <li>{@code say TEXT}: says it;
 *   <li>{@code exit STATUS}: {@link System#exit}; {@code halt STATUS}: the end without shutdown hooks.
 * </ul>
 */
final class PidfileProgram {

    private final List<Pidfile> locked = new ArrayList<>();

    private PidfileProgram() {}

    public static void main(String[] commands) throws Exception {
        PidfileProgram program = new PidfileProgram();
        for (String command : commands) {
            program.answer(command);
        }
        BufferedReader stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = stdin.readLine(); command != null; command = stdin.readLine()) {
            program.answer(command);
        }
    }

    /** The command line that runs it and obeys these commands first; its class path is no longer than it needs. */
    static List<String> command(String... commands) {
        Set<String> classPath = new LinkedHashSet<>();
        for (Class<?> type : List.of(Pidfile.class, Libc.class, PidfileProgram.class)) {
            classPath.add(Path.of(URI.create(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toString()))
                    .toString());
        }
        List<String> command = new ArrayList<>(List.of(
                Launcher.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                String.join(":", classPath),
                PidfileProgram.class.getName()));
        command.addAll(List.of(commands));
        return command;
    }

    private void answer(String command) throws Exception {
        String answer;
        try {
            answer = obey(command.split(" ", -1));
        } catch (DaemonException e) {
            answer = e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        System.out.println(answer.lines().map(String::strip).collect(Collectors.joining(" | ")));
        System.out.flush();
    }

    private String obey(String[] words) throws Exception {
        List<String> rest = Arrays.asList(words).subList(1, words.length);
        return switch (words[0]) {
            case "lock" -> {
                locked.add(Pidfile.lock(
                        Path.of(words[1]),
                        rest.stream().skip(1).map(Pidfile.Option::valueOf).toArray(Pidfile.Option[]::new)));
                yield "locked " + ProcessHandle.current().pid();
            }
            case "wait" -> {
                locked.add(Pidfile.lock(Path.of(words[1]), Duration.ofMinutes(1)));
                yield "locked " + ProcessHandle.current().pid();
            }
            case "close" -> {
                locked.getLast().close();
                yield "closed";
            }
            case "hook" -> {
                Runtime.getRuntime().addShutdownHook(new Thread(locked.getLast()::close));
                yield "hooked";
            }
            case "exec", "exec-creating" -> {
                DaemonSpec.Builder spec = DaemonSpec.builder().pidfile(Path.of(words[1]));
                if (words[0].equals("exec-creating")) {
                    spec.createPidfileDirectory();
                }
                yield "started "
                        + spec.build().exec(rest.subList(1, rest.size())).pid();
            }
            case "detach" -> {
                DaemonSpec.builder().pidfile(Path.of(words[1])).detach(context -> {
                    Path draft = Path.of(words[2] + ".draft");
                    String children = spawn(List.of("sleep", "60")) + " " + inC("sleep 60 >/dev/null 2>&1 & echo $!");
                    Files.writeString(draft, children);
                    Files.move(draft, Path.of(words[2]));
                    context.ready();
                    Thread.sleep(60_000);
                });
                yield "detach returned";
            }
            case "spawn" -> spawn(rest);
            case "system" -> inC(String.join(" ", rest));
            case "list" -> {
                try (Stream<Path> entries = Files.list(Path.of(words[1]))) {
                    yield entries.map(entry -> entry.getFileName().toString())
                            .sorted()
                            .collect(Collectors.joining(" ", "[", "]"));
                }
            }
            case "say" -> String.join(" ", rest);
            case "exit" -> {
                System.exit(Integer.parseInt(words[1]));
                yield "";
            }
            case "halt" -> {
                Runtime.getRuntime().halt(Integer.parseInt(words[1]));
                yield "";
            }
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static String spawn(List<String> command) throws IOException {
        Process child = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return Long.toString(child.pid());
    }

    /** A child that no Java code has prepared: it inherits every descriptor that is not close-on-exec. */
    @SuppressWarnings("restricted")
    private static String inC(String shellCommand) throws IOException {
        Path output = Files.createTempFile("daemonspec", ".system");
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            int status = (int) linker.downcallHandle(
                            linker.defaultLookup().find("system").orElseThrow(),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
                    .invokeExact(arena.allocateFrom("{ " + shellCommand + "; } >" + output + " 2>&1"));
            return status == 0 ? Files.readString(output).strip() : "status " + status;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        } finally {
            Files.delete(output);
        }
    }

    /**
     * The program as it runs, for a test that talks to it.
     *
     * @param process with its stdin and stdout
     */
    record Running(Process process) {

        /** Starts the program; it is ended after the test. */
        static Running start(Processes processes) throws IOException {
            return start(processes, command());
        }

        /** Starts it by a command line that ends with {@link PidfileProgram#command}. */
        static Running start(Processes processes, List<String> command) throws IOException {
            return new Running(processes
                    .builder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        }

        long pid() {
            return process.pid();
        }

        /** Its answer to a command. */
        String tell(String command) throws IOException {
            tellLast(command);
            return answer();
        }

        /** Its next answer. */
        String answer() throws IOException {
            String answer = process.inputReader(StandardCharsets.UTF_8).readLine();
            if (answer == null) {
                throw new AssertionError("no answer");
            }
            return answer;
        }

        /** A command that it does not live to answer. */
        void tellLast(String command) throws IOException {
            BufferedWriter stdin = process.outputWriter(StandardCharsets.UTF_8);
            stdin.write(command + "\n");
            stdin.flush();
        }

        /** Lets main return. */
        int returned() throws Exception {
            process.outputWriter(StandardCharsets.UTF_8).close();
            return ended();
        }

        /** SIGTERM. */
        int terminated() throws Exception {
            process.toHandle().destroy(); // Process.destroy() closes its stdin, which ends it too
            return ended();
        }

        /** SIGKILL. */
        int killed() throws Exception {
            process.toHandle().destroyForcibly();
            return ended();
        }

        /** Its exit status, when it has ended. */
        int ended() throws Exception {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("process " + pid() + " does not end");
            }
            return process.exitValue();
        }
    }
}
