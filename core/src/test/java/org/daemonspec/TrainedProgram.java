package org.daemonspec;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A service with an AOT cache: {@code DIRECTORY BEHAVIOUR COMMAND...}. The cache is {@code cache/trained.aot} in the directory, and its
 * training handler adds a line to {@code trained.txt}.
 *
 * <p>Behaviours: {@code good}; {@code fails} (before it is ready); {@code untrainable} (its training handler fails); {@code hangs} (in
 * its training handler); {@code exits} (during that); {@code nobody} (becomes that user); {@code restricted} (without new privileges).
 */
public final class TrainedProgram {

    private TrainedProgram() {}

    /** See the class. */
    public static void main(String[] args) {
        Path directory = Path.of(args[0]);
        String behaviour = args[1];
        DaemonSpec.Builder spec = DaemonSpec.builder()
                .name("trained")
                .pidfile(directory.resolve("trained.pid"))
                .aotCache(directory.resolve("cache/trained.aot"))
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        if (behaviour.equals("restricted")) {
            spec.noNewPrivileges();
        }
        if (behaviour.equals("nobody")) {
            spec.user("nobody");
        } else {
            spec.stdout(directory.resolve("trained.log")).stderrToStdout().workingDirectory(directory);
        }
        spec.main(Arrays.copyOfRange(args, 2, args.length), context -> {
            ServerSocketChannel socket = context.socket().channel();
            context.onStop(socket::close);
            context.onTraining(() -> train(directory, behaviour));
            if (behaviour.equals("fails")) {
                throw new IOException("no database");
            }
            context.ready();
            if (behaviour.equals("exits")) {
                exitDuringTraining(directory);
            }
            serve(socket);
        });
    }

    private static void train(Path directory, String behaviour) throws Exception {
        Files.writeString(
                directory.resolve("trained.txt"),
                System.getProperty("user.dir") + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        if (behaviour.equals("untrainable")) {
            throw new NoClassDefFoundError("Client");
        }
        if (behaviour.equals("hangs") || behaviour.equals("exits")) {
            Thread.sleep(600_000);
        }
    }

    private static void exitDuringTraining(Path directory) throws InterruptedException {
        while (!Files.exists(directory.resolve("trained.txt"))) {
            Thread.sleep(5);
        }
        System.exit(0);
    }

    private static void serve(ServerSocketChannel socket) throws IOException {
        try {
            while (true) {
                socket.accept().close();
            }
        } catch (AsynchronousCloseException stopped) {
            // as it was told to
        }
    }
}
