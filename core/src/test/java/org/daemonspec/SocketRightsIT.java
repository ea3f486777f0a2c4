package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Root opens the sockets, and somebody else listens; and what somebody else may not open. */
class SocketRightsIT {

    private static final int NOBODY = 65534;
    private static final int FIRST_FREE_PORT = 1024;
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--");

    @TempDir
    static Path code;

    private static String classPath = "";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path roots;
    private Path nobodys;
    private Path pidfile;

    @BeforeAll
    static void copy() throws Exception {
        Prefix.assumeRoot();
        classPath = WorldReadable.classPath(WorldReadable.directory(code));
    }

    @BeforeEach
    void make() throws Exception {
        directory = WorldReadable.directory(directory);
        roots = Files.createDirectory(directory.resolve("roots"));
        nobodys = Files.createDirectory(directory.resolve("nobodys"));
        Files.setAttribute(nobodys, "unix:uid", NOBODY);
        pidfile = directory.resolve("listen.pid");
    }

    @Test
    void rootOpensAPortThatItsUserMayNot() throws Exception {
        int port = privilegedPort();

        start("user=nobody", "listen=127.0.0.1:" + port);

        assertThat(ListenIT.answer(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
                .isEqualTo(port + " " + daemon());
        ProcView daemon = new ProcView(daemon());
        assertThat(daemon.statusOfThreads("Uid")).containsExactly("65534 65534 65534 65534");
        assertThat(daemon.statusOfThreads("CapEff")).containsExactly("0000000000000000");
    }

    @Test
    void aUserWhoMayNotIsToldWhoMay() throws Exception {
        int port = privilegedPort();
        List<String> command = new ArrayList<>(AS_NOBODY);
        command.addAll(command("start", "listen=127.0.0.1:" + port, "pidfile=" + nobodys.resolve("listen.pid")));

        Finished refused = processes.run(command);

        assertThat(refused.exitCode()).isEqualTo(7);
        assertThat(refused.err())
                .isEqualTo("listen: start failed: listen 127.0.0.1:" + port
                        + ": EACCES (Permission denied); ports below /proc/sys/net/ipv4/ip_unprivileged_port_start are"
                        + " for root and CAP_NET_BIND_SERVICE: start it as root, with user(...) to be somebody else"
                        + " then, or choose a higher port.\n");
        assertThat(nobodys).isEmptyDirectory();

        List<String> plan = new ArrayList<>(AS_NOBODY);
        plan.addAll(command(
                "plan",
                "pidfile=" + nobodys.resolve("listen.pid"),
                "listen=127.0.0.1:" + port,
                "listen=" + roots.resolve("s"),
                "listen=given@" + nobodys.resolve("given") + ";owner=root"));
        assertThat(processes.run(plan).out())
                .contains("FAILS: listen 127.0.0.1:" + port + ": EACCES (Permission denied); ports below")
                .contains("FAILS: listen " + roots.resolve("s") + ": EACCES (this user may not make it, since " + roots
                        + " has mode 0755 and belongs to uid 0)")
                .contains("FAILS: listen " + nobodys.resolve("given") + ": EPERM (this process is uid 65534 and lacks"
                        + " CAP_CHOWN); only root may give a file to another user");
    }

    @Test
    void aFileBelongsToTheDaemonsUserUnlessItSaysOtherwise() throws Exception {
        Path own = roots.resolve("own.sock");
        Path web = nobodys.resolve("web.sock");
        start("user=nobody", "listen=" + own, "listen=" + web + ";mode=0660;owner=root;group=www-data");

        assertFile(own, NOBODY, NOBODY, 0600);
        assertFile(web, 0, 33, 0660);
        assertThat(ListenIT.answer(UnixDomainSocketAddress.of(own))).isEqualTo("own.sock " + daemon());

        Finished stopped = run("stop");
        assertThat(stopped.exitCode()).as(stopped.err()).isZero();
        assertThat(web).as("the user may remove what is in his directory").doesNotExist();
        assertThat(own).as("but not what is in root's").exists();

        start("user=nobody", "listen=" + own);
        assertThat(ListenIT.answer(UnixDomainSocketAddress.of(own)))
                .as("it was stale")
                .isEqualTo("own.sock " + daemon());
    }

    @Test
    void aStaleSocketOfTheOwnerItWasGivenToIsReplaced() throws Exception {
        Path file = roots.resolve("given.sock");
        String listen = "listen=" + file + ";owner=www-data";
        start("user=nobody", listen);
        ProcessHandle killed = ProcessHandle.of(daemon()).orElseThrow();
        killed.destroyForcibly();
        Processes.await("its end", () -> !killed.isAlive());
        assertThat(attribute(file, "unix:uid")).isEqualTo(33);

        assertThat(run("plan", "user=nobody", listen).out()).doesNotContain("FAILS");
        start("user=nobody", listen);

        assertThat(ListenIT.answer(UnixDomainSocketAddress.of(file))).isEqualTo("given.sock " + daemon());
    }

    @Test
    void aLinkThatTheUserHasPlantedLeadsNowhere() throws Exception {
        Path victim = roots.resolve("victim.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(victim));
        }
        int mode = (int) Files.getAttribute(victim, "unix:mode");
        Path link = Files.createSymbolicLink(nobodys.resolve("link.sock"), victim);
        Path way = Files.createSymbolicLink(nobodys.resolve("way"), roots);

        assertThat(run("start", "user=nobody", "listen=" + link).err())
                .contains("listen " + link + ": EADDRINUSE (what is there is no socket)");
        Finished refused = run("start", "user=nobody", "listen=" + way.resolve("victim.sock"));
        assertThat(refused.err())
                .contains("open directory of a socket " + way + ": EPERM (it does not belong to uid 65534, who may"
                        + " decide in " + nobodys + " what the path leads to)");
        assertThat(victim).exists();
        assertFile(victim, 0, 0, mode & 0777);
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aStaleSocketOfAStrangerIsLeftAlone() throws Exception {
        Path strangers = roots.resolve("strangers.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(strangers));
        }
        Files.setAttribute(strangers, "unix:uid", 33);

        assertThat(run("start", "user=nobody", "listen=" + strangers).err())
                .contains("listen " + strangers + ": EADDRINUSE (a socket of uid 33, which is none of this daemon's)");
        assertThat(strangers).exists();
    }

    @Test
    void aPlanSaysWhatItWouldListenOn() throws Exception {
        Path missing = directory.resolve("missing/echo.sock");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String plan = run(
                            "plan",
                            "user=nobody",
                            "mode=DETACH",
                            "listen=web@127.0.0.1:80",
                            "listen=taken@127.0.0.1:" + taken.getLocalPort(),
                            "listen=unix@" + nobodys.resolve("s") + ";mode=0660;group=www-data",
                            "listen=missing@" + missing)
                    .out();

            assertThat(plan)
                    .contains(
                            "listen on 127.0.0.1:80 (web)\n",
                            "listen on 127.0.0.1:" + taken.getLocalPort() + " (taken)\n     FAILS: listen 127.0.0.1:"
                                    + taken.getLocalPort() + ": EADDRINUSE (Address already in use); stop who",
                            "listen on " + nobodys.resolve("s")
                                    + " (unix), with mode 0660 for nobody and group www-data\n",
                            "listen on " + missing + " (missing), with mode 0600 for nobody\n     FAILS: listen "
                                    + missing + ": ENOENT (no such directory: " + missing.getParent() + ")");
        }
        assertThat(nobodys).isEmptyDirectory();
        assertThat(pidfile).doesNotExist();
    }

    private static void assertFile(Path file, int uid, int gid, int mode) throws IOException {
        assertThat(List.of(
                        attribute(file, "unix:uid"), attribute(file, "unix:gid"), attribute(file, "unix:mode") & 0777))
                .as(file.toString())
                .containsExactly(uid, gid, mode);
    }

    private static int attribute(Path file, String name) throws IOException {
        return (int) Files.getAttribute(file, name, LinkOption.NOFOLLOW_LINKS);
    }

    private void start(String... settings) throws Exception {
        Finished finished = run("start", settings);
        assertThat(finished.exitCode()).as(finished.err()).isZero();
        processes.own(daemon());
    }

    private Finished run(String word, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("pidfile=" + pidfile);
        return processes.run(command(word, all.toArray(String[]::new)));
    }

    private static List<String> command(String word, String... settings) {
        return ListenProgram.command(classPath, List.of(settings), word);
    }

    private long daemon() throws IOException {
        return Long.parseLong(Files.readString(pidfile).strip());
    }

    /** One that nobody uses. */
    private static int privilegedPort() throws IOException {
        for (int port = FIRST_FREE_PORT - 1; port > 0; port--) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                assertThat(taken).hasMessageContaining("in use");
            }
        }
        throw new AssertionError("every port is taken");
    }
}
