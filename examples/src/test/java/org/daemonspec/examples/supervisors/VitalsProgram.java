package org.daemonspec.examples.supervisors;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.daemonspec.DaemonContext;
import org.daemonspec.DaemonMode;
import org.daemonspec.DaemonSpec;
import org.daemonspec.SdNotify;
import org.daemonspec.Signal;
import org.daemonspec.StopSchedule;

/**
 * A service that does what files in {@code /run} tell it: {@code http-vitals} has its next health check {@code hang} or fail with what
 * is there otherwise, {@code http-failure} has its start fail, {@code http-patience} has it ask for as many seconds before it stops, and with 0 never stop. With
 * {@code http-detach} it detaches. {@code http-store} is a file that it has the supervisor keep for the next process, which says what is in
 * it. It takes its time to reload and to stop.
 */
final class VitalsProgram {

    /** Longer than anything that does not wait for it. */
    private static final Duration SLOW = Duration.ofSeconds(3);

    private static final Path RUN = Path.of("/run");

    private VitalsProgram() {}

    public static void main(String[] words) {
        DaemonSpec.builder()
                .name("vitals")
                .pidfile(RUN.resolve("http-vitals.pid"))
                .mode(Files.exists(RUN.resolve("http-detach")) ? DaemonMode.DETACH : DaemonMode.AUTO)
                .stopSchedule(StopSchedule.of(Signal.TERM, Duration.ofSeconds(3))
                        .then(Signal.QUIT, Duration.ofSeconds(2))
                        .then(Signal.KILL, Duration.ofSeconds(5)))
                .stopTimeout(Duration.ofMinutes(1))
                .build()
                .main(words, VitalsProgram::serve);
    }

    private static void serve(DaemonContext context) throws InterruptedException, IOException {
        Path failure = RUN.resolve("http-failure");
        if (Files.exists(failure)) {
            throw new IllegalStateException(Files.readString(failure).strip());
        }
        keep(RUN.resolve("http-store"));
        context.healthCheck(VitalsProgram::look);
        context.onReload(() -> {
            Thread.sleep(SLOW);
            Files.createFile(RUN.resolve("http-reloaded"));
        });
        context.onStop(() -> {
            Path patience = RUN.resolve("http-patience");
            if (Files.exists(patience)) {
                long seconds = Long.parseLong(Files.readString(patience).strip());
                if (seconds == 0) {
                    new CountDownLatch(1).await();
                }
                context.extendTimeout(Duration.ofSeconds(seconds));
            }
            Thread.sleep(SLOW);
            Files.createFile(RUN.resolve("http-stopped"));
        });
        context.status("well and waiting");
        context.ready();
        new CountDownLatch(1).await();
    }

    /** What is given is the first descriptor behind the standard streams, whatever has become of the file's name. */
    private static void keep(Path store) throws IOException {
        if ("state".equals(System.getenv("LISTEN_FDNAMES"))) {
            System.out.println("given: " + Files.readString(Path.of("/proc/self/fd/3")));
        } else if (Files.exists(store)) {
            SdNotify supervisor = SdNotify.ofThisProcess().orElseThrow();
            try (FileChannel open = FileChannel.open(store)) {
                System.out.println("has " + open.size() + " bytes");
                supervisor.storeDescriptorsWithoutPolling("state", descriptorOf(store));
                System.out.println("handled: " + supervisor.barrier(Duration.ofSeconds(30)));
            }
        }
    }

    private static int descriptorOf(Path file) throws IOException {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).equals(file)) {
                    return Integer.parseInt(descriptor.getFileName().toString());
                }
            }
        }
        throw new IllegalStateException(file + " is not open");
    }

    private static void look() throws IOException, InterruptedException {
        Path vitals = RUN.resolve("http-vitals");
        String said;
        try {
            said = Files.readString(vitals).strip();
            Files.delete(vitals); // the next process is well
        } catch (NoSuchFileException well) {
            return;
        }
        if (said.equals("hang")) {
            new CountDownLatch(1).await();
        }
        throw new IllegalStateException(said);
    }
}
