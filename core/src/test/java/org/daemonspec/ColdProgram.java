package org.daemonspec;

import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A small service as people write them, but without a lambda of its own: {@code PIDFILE LOG WORD...}, the words being the command
 * face's. It serves its socket in the place of one that it has bound, stops by a handler, and reloads by another. With the system
 * property {@code child}, a file, the first that it does is to have a child write there which descriptors it has.
 */
public final class ColdProgram {

    private ColdProgram() {}

    /** See the class. */
    public static void main(String[] args) {
        DaemonSpec.builder()
                .pidfile(Path.of(args[0]))
                .stdout(Path.of(args[1]))
                .stderrToStdout()
                .listen(ListenSocket.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .main(Arrays.copyOfRange(args, 2, args.length), new Service());
    }

    private static final class Service implements DaemonTask {

        @Override
        public void run(DaemonContext context) throws Exception {
            String child = System.getProperty("child");
            if (child != null) {
                new ProcessBuilder("ls", "-l", "/proc/self/fd")
                        .redirectOutput(new File(child))
                        .start()
                        .waitFor();
            }
            try (ServerSocketChannel server = ServerSocketChannel.open()) {
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                context.socket().takePlaceOf(server.getLocalAddress());
                context.onStop(new Nothing());
                context.onReload(new Nothing());
                context.ready();
                Ready.say();
                Thread.sleep(600_000);
            }
        }
    }

    private static final class Nothing implements DaemonContext.Handler {

        @Override
        public void run() {}
    }

    /** Its name in the log of loaded classes is the moment at which the daemon is ready. */
    static final class Ready {

        private Ready() {}

        private static void say() {
            System.out.println("ready");
        }
    }
}
