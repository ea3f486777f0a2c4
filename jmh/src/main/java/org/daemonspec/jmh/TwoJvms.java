package org.daemonspec.jmh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that makes one native call, and after its end, by a shell, another, which makes one and then is the plain server: about what it takes
 * to have a launcher in Java, and a native call before the task, without anything of daemonspec. (A launcher would not have ended yet.)
 *
 * @param first the first one
 * @param server the second one's command behind its options
 * @param cache the AOT cache that the JDK makes of the second; empty before JDK 25
 */
record TwoJvms(OneCall first, List<String> server, Optional<Path> cache) {

    private static final long PATIENCE_MINUTES = 1;

    /** Makes the cache in this directory. */
    static TwoJvms make(OneCall first, Jvms jvms, int port, Path directory) throws IOException, InterruptedException {
        TwoJvms plain = new TwoJvms(first, jvms.plainServerAfter(first.jar(), port), Optional.empty());
        return first.cache().isEmpty()
                ? plain
                : new TwoJvms(first, plain.server, plain.train(port, directory.resolve("two-jvms.aot")));
    }

    private Optional<Path> train(int port, Path file) throws IOException, InterruptedException {
        Process training = new ProcessBuilder(second(List.of("-XX:AOTCacheOutput=" + file)))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        try {
            while (training.isAlive() && System.nanoTime() < deadline && !answers(port)) {
                Thread.sleep(10);
            }
            training.destroy();
            return training.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) && Files.exists(file)
                    ? Optional.of(file)
                    : Optional.empty();
        } finally {
            training.destroyForcibly();
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() >= 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The command, without caches. */
    List<String> command() {
        return oneAfterTheOther(first.command(), second(List.of()));
    }

    /** The command with a cache for each; empty if there are none. */
    Optional<List<String>> cachedCommand() {
        return cache.flatMap(file -> first.cachedCommand()
                .map(command -> oneAfterTheOther(command, second(List.of("-XX:AOTCache=" + file)))));
    }

    private List<String> second(List<String> options) {
        List<String> command = new ArrayList<>(List.of(Jvms.java(), Jvms.NATIVE_ACCESS));
        command.addAll(options);
        command.addAll(server);
        return command;
    }

    /** By a shell that becomes the second. */
    private static List<String> oneAfterTheOther(List<String> before, List<String> after) {
        List<String> command = new ArrayList<>(
                List.of("bash", "-c", "count=$1; shift; \"${@:1:$count}\" && shift $count && exec \"$@\"", "bash"));
        command.add(Integer.toString(before.size()));
        command.addAll(before);
        command.addAll(after);
        return command;
    }
}
