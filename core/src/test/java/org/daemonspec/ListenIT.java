package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets that the launcher opens for a daemon, seen from whoever connects. */
class ListenIT {

    private static final int CLOSE_ON_EXEC = 02000000;
    private static final int NON_BLOCKING = 04000;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path said;

    @BeforeEach
    void name() throws Exception {
        directory = directory.toRealPath();
        pidfile = directory.resolve("listen.pid");
        said = directory.resolve("said");
    }

    // How it is served

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual", "selector"})
    void aChannelAcceptsWhateverTheSocketIsAndHoweverItIsAskedTo(String how) throws Exception {
        Path file = directory.resolve("echo.sock");
        start("listen=four@127.0.0.1:0", "listen=six@[::1]:0", "listen=all@*:0", "listen=unix@" + file, "serve=" + how);

        Map<String, SocketAddress> sockets = said();
        assertThat(sockets.keySet()).containsExactly("all", "four", "six", "unix");
        String kind = how.equals("virtual") ? " virtual" : "";
        for (int i = 0; i < 3; i++) {
            for (Map.Entry<String, SocketAddress> socket : sockets.entrySet()) {
                assertThat(answer(socket.getValue())).isEqualTo(socket.getKey() + " " + daemon() + kind);
            }
            int all = ((InetSocketAddress) sockets.get("all")).getPort();
            assertThat(answer(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), all)))
                    .isEqualTo("all " + daemon() + kind);
            assertThat(answer(new InetSocketAddress(InetAddress.ofLiteral("::1"), all)))
                    .isEqualTo("all " + daemon() + kind);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual", "selector", "http"})
    void aJvmWithoutInternet6AcceptsAsWell(String how) throws Exception {
        start("-Djava.net.preferIPv4Stack=true", "listen=four@127.0.0.1:0", "listen=all@*:0", "serve=" + how);

        for (SocketAddress address : said().values()) {
            assertThat(answer(
                            new InetSocketAddress(
                                    InetAddress.ofLiteral("127.0.0.1"), ((InetSocketAddress) address).getPort()),
                            how))
                    .contains(" " + daemon());
        }
    }

    @Test
    void theServerOfTheJdkServesASocketInThePlaceOfItsOwn() throws Exception {
        start("listen=a@127.0.0.1:0", "listen=b@[::1]:0", "listen=c@*:0", "serve=http");

        HttpClient client = HttpClient.newHttpClient();
        for (Map.Entry<String, SocketAddress> socket : said().entrySet()) {
            int port = ((InetSocketAddress) socket.getValue()).getPort();
            String host = socket.getKey().equals("b") ? "[::1]" : "127.0.0.1";
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/"))
                    .build();
            List<String> answers = IntStream.range(0, 1000)
                    .parallel()
                    .mapToObj(i -> {
                        try {
                            return client.send(request, HttpResponse.BodyHandlers.ofString())
                                    .body();
                        } catch (IOException | InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .toList();
            assertThat(answers).hasSize(1000).containsOnly(socket.getKey() + " " + daemon() + "\n");
        }

        stop();
        for (SocketAddress address : said().values()) {
            assertThat(isRefused(address)).as(address.toString()).isTrue();
        }
    }

    // What it is

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "platform", "http"})
    void aDaemonHasItsSocketsOnceAndItsChildrenHaveThemNot(String how) throws Exception {
        start("listen=a@127.0.0.1:0", "listen=b@127.0.0.1:0", "serve=" + how, "preserve=9");

        ProcView daemon = new ProcView(daemon());
        List<Integer> sockets = listening(daemon);
        assertThat(sockets).as(daemon.descriptors().toString()).hasSize(2);
        for (int socket : sockets) {
            assertThat(daemon.descriptorFlags(socket) & CLOSE_ON_EXEC).isNotZero();
            assertThat((daemon.descriptorFlags(socket) & NON_BLOCKING) != 0)
                    .as("what the JDK believes")
                    .isEqualTo(how.equals("http"));
        }
    }

    /** The descriptors of sockets that listen, by the kernel's lists of them, see proc_net(5). */
    static List<Integer> listening(ProcView process) throws IOException {
        Set<String> names = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            fields(table).filter(fields -> fields[3].equals("0A")).forEach(fields -> names.add(socket(fields[9])));
        }
        fields("unix").filter(fields -> fields[3].equals("00010000")).forEach(fields -> names.add(socket(fields[6])));
        return process.descriptors().entrySet().stream()
                .filter(entry -> names.contains(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Stream<String[]> fields(String table) throws IOException {
        return Files.readAllLines(Path.of("/proc/net", table)).stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+"));
    }

    private static String socket(String inode) {
        return "socket:[" + inode + "]";
    }

    @Test
    void aUnixSocketHasTheModeThatWasAskedForAndGoesWithTheDaemon() throws Exception {
        Path all = directory.resolve("all.sock");
        Path own = directory.resolve("own.sock");
        start("listen=" + all + ";mode=0666", "listen=" + own);

        assertThat(attribute(all, "unix:mode") & 07777).isEqualTo(0666);
        assertThat(attribute(own, "unix:mode") & 07777).isEqualTo(0600);
        assertThat(answer(UnixDomainSocketAddress.of(all))).isEqualTo("all.sock " + daemon());
        stop();
        assertThat(all).doesNotExist();
        assertThat(own).doesNotExist();
    }

    @Test
    void aRelativePathIsRelativeToWhereTheLauncherIs() throws Exception {
        List<String> command =
                command("start", "pidfile=" + pidfile, "listen=echo.sock", "say=" + said, "serve=platform");
        Finished finished = processes.run(processes.builder(command).directory(directory.toFile()));

        assertThat(finished.exitCode()).as(finished.err()).isZero();
        assertThat(said()).containsEntry("echo.sock", UnixDomainSocketAddress.of(directory.resolve("echo.sock")));
        assertThat(answer(UnixDomainSocketAddress.of(directory.resolve("echo.sock"))))
                .isEqualTo("echo.sock " + daemon());
    }

    // What cannot be had

    @Test
    void aPortThatIsTakenIsSaidBeforeAnythingIsStarted() throws Exception {
        Path file = directory.resolve("echo.sock");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Finished refused = run("start", "listen=" + file, "listen=127.0.0.1:" + taken.getLocalPort());

            assertThat(refused.exitCode()).isEqualTo(7);
            assertThat(refused.err())
                    .isEqualTo("listen: start failed: listen 127.0.0.1:" + taken.getLocalPort()
                            + ": EADDRINUSE (Address already in use); stop who listens there (ss -ltnp tells who), or"
                            + " choose another port.\n");
        }
        assertThat(file).doesNotExist();
        assertThat(pidfile).doesNotExist();
        assertThat(said).doesNotExist();
    }

    @Test
    void aStartThatFailsLeavesNoSocketBehind() throws Exception {
        Path file = directory.resolve("echo.sock");

        Finished failed = run("start", "listen=" + file, "fail");

        assertThat(failed.err()).contains("it fails on purpose");
        assertThat(said).as("the daemon had it").content().isEqualTo("echo.sock " + file + "\n");
        assertThat(file).doesNotExist();
    }

    @Test
    void aRestartHasTheSamePort() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path file = directory.resolve("echo.sock");
        String[] settings = {"listen=tcp@127.0.0.1:" + port, "listen=unix@" + file};
        start(settings);
        long first = daemon();

        Finished restarted = run("restart", settings);

        assertThat(restarted.exitCode()).as(restarted.err()).isZero();
        assertThat(daemon()).isNotEqualTo(first);
        assertThat(answer(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port)))
                .isEqualTo("tcp " + daemon());
        assertThat(answer(UnixDomainSocketAddress.of(file))).isEqualTo("unix " + daemon());
    }

    @Test
    void aSocketOfADaemonThatWasKilledIsReplaced() throws Exception {
        Path file = directory.resolve("echo.sock");
        start("listen=" + file);
        ProcessHandle killed = ProcessHandle.of(daemon()).orElseThrow();
        killed.destroyForcibly();
        Processes.await("its end", () -> !killed.isAlive());
        assertThat(file).exists();

        start("listen=" + file);

        assertThat(answer(UnixDomainSocketAddress.of(file))).isEqualTo("echo.sock " + daemon());
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "run"})
    void thePidfileGoesAfterTheFilesOfItsSockets(String word) throws Exception {
        List<String> settings = List.of(
                "pidfile=" + pidfile,
                "say=" + said,
                "listen=a@" + directory.resolve("a.sock"),
                "listen=b@" + directory.resolve("b.sock"));
        try (WatchService watch = directory.getFileSystem().newWatchService()) {
            processes
                    .builder(ListenProgram.command(System.getProperty("java.class.path"), settings, word))
                    .start();
            Processes.await("the service", () -> Files.exists(said));
            directory.register(watch, StandardWatchEventKinds.ENTRY_DELETE);
            ProcessHandle service = ProcessHandle.of(daemon()).orElseThrow();
            service.destroy();
            Processes.await("its end", () -> !service.isAlive());

            List<String> gone = new ArrayList<>();
            Processes.await("the events", () -> {
                WatchKey key = watch.poll();
                if (key != null) {
                    key.pollEvents().forEach(event -> gone.add(String.valueOf(event.context())));
                    key.reset();
                }
                return gone.size() == 3;
            });
            assertThat(gone).endsWith("listen.pid").contains("a.sock", "b.sock");
        }
    }

    @Test
    void whatIsNoStaleSocketIsLeftAlone() throws Exception {
        Path live = directory.resolve("live.sock");
        Path text = Files.writeString(directory.resolve("text"), "precious");
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("elsewhere"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(live));

            assertThat(run("start", "listen=" + live).err())
                    .contains("listen " + live + ": EADDRINUSE (somebody listens there); stop who it is");
            assertThat(run("start", "listen=" + text).err())
                    .contains("listen " + text + ": EADDRINUSE (what is there is no socket); remove it");
            assertThat(run("start", "listen=" + link).err())
                    .contains("listen " + link + ": EADDRINUSE (what is there is no socket); remove it");
            assertThat(run("start", "listen=" + directory.resolve("missing/echo.sock"))
                            .err())
                    .contains("ENOENT (No such file or directory)");
        }
        assertThat(live).exists();
        assertThat(text).hasContent("precious");
        assertThat(Files.readSymbolicLink(link)).isEqualTo(directory.resolve("elsewhere"));
        assertThat(directory.resolve("elsewhere")).doesNotExist();
    }

    @Test
    void whatMakesNoSenseIsSaidAllAtOnce() throws Exception {
        Finished refused = run(
                "start",
                "listen=a@no-such-host.invalid:80",
                "listen=b@" + directory.resolve("b.sock") + ";owner=no-such-user;group=no-such-group",
                "listen=b@127.0.0.1:0;mode=0600",
                "listen=c:d@127.0.0.1:0;backlog=0",
                "listen=" + directory.resolve("x".repeat(108)));

        assertThat(refused.exitCode()).isEqualTo(6);
        assertThat(refused.err())
                .contains(
                        "another socket is named 'b' too; give each a name by named.",
                        "mode, owner and group are those of a UNIX socket's file; leave them out.",
                        "name 'c:d'; give it by named: 1 to 255 printable ASCII characters without ':'.",
                        "backlog 0; give more than zero.",
                        "is longer than 107 bytes, see unix(7); choose a shorter one.");

        Finished unfit = run(
                "start",
                "listen=a@no-such-host.invalid:80",
                "listen=b@" + directory.resolve("b.sock") + ";owner=no-such-user;group=no-such-group");

        assertThat(unfit.exitCode()).isEqualTo(6);
        assertThat(unfit.err())
                .contains(
                        "listen no-such-host.invalid:80: no address is known for the host no-such-host.invalid;",
                        "user no-such-user: no such user;",
                        "group no-such-group: no such group;");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void anotherProgramCannotBeTold() throws Exception {
        Finished refused = run("start", "listen=127.0.0.1:0", "program");

        assertThat(refused.exitCode()).isEqualTo(6);
        assertThat(refused.err()).contains("listen 127.0.0.1:0: another program has no way to be told");
    }

    private void start(String... settings) throws Exception {
        Finished finished = run("start", settings);
        assertThat(finished.exitCode()).as(finished.err()).isZero();
    }

    private void stop() throws Exception {
        Finished finished = run("stop");
        assertThat(finished.exitCode()).as(finished.err()).isZero();
    }

    private Finished run(String word, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("pidfile=" + pidfile, "say=" + said));
        all.addAll(List.of(settings));
        // a descriptor to preserve, which a shell has to open
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec 9</dev/null; exec \"$@\"", "sh"));
        command.addAll(command(word, all.toArray(String[]::new)));
        return processes.run(command);
    }

    private static List<String> command(String word, String... settings) {
        return ListenProgram.command(System.getProperty("java.class.path"), List.of(settings), word);
    }

    private long daemon() throws IOException {
        return Long.parseLong(Files.readString(pidfile).strip());
    }

    private Map<String, SocketAddress> said() throws IOException {
        Map<String, SocketAddress> sockets = new TreeMap<>();
        for (String line : Files.readAllLines(said)) {
            sockets.put(
                    line.substring(0, line.indexOf(' ')), ListenProgram.address(line.substring(line.indexOf(' ') + 1)));
        }
        return sockets;
    }

    /** The line with which a connection is answered, which HTTP has at the end. */
    static String answer(SocketAddress address) throws IOException {
        return answer(address, "");
    }

    static String answer(SocketAddress address, String how) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            if (how.equals("http")) {
                channel.write(java.nio.ByteBuffer.wrap(
                        "GET / HTTP/1.0\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            }
            String all = new String(
                    Channels.newInputStream(channel).readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return all.strip().lines().reduce("", (before, last) -> last);
        }
    }

    private static boolean isRefused(SocketAddress address) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            return !channel.isConnected();
        } catch (java.net.ConnectException e) {
            return true;
        }
    }

    private static int attribute(Path file, String name) throws IOException {
        return (int) Files.getAttribute(file, name, LinkOption.NOFOLLOW_LINKS);
    }
}
