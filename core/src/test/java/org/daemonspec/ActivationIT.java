package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ListenProgram} in the foreground, with sockets that systemd's own systemd-socket-activate(1) has opened for it. */
class ActivationIT {

    private static final int CLOSE_ON_EXEC = 02000000;

    @TempDir
    static Path code;

    private static String classPath = "";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path said;
    private Path errors;

    @BeforeAll
    static void copy() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-socket-activate")), "there is no systemd here");
        classPath = WorldReadable.classPath(WorldReadable.directory(code));
    }

    @BeforeEach
    void name() throws Exception {
        directory = WorldReadable.directory(directory);
        pidfile = directory.resolve("listen.pid");
        said = directory.resolve("said");
        errors = directory.resolve("errors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual", "selector"})
    void socketsAreFoundByNameAndThenByAddress(String how) throws Exception {
        int one = freePort();
        int two = freePort();
        Path file = directory.resolve("echo.sock");
        Process process = activate(
                List.of("-l", "127.0.0.1:" + one, "-l", "" + two, "-l", "" + file, "--fdname=one:other:other"),
                "listen=unix@" + file,
                "listen=two@*:" + two,
                "listen=one@127.0.0.1:0",
                "serve=" + how);
        String kind = how.equals("virtual") ? " virtual" : "";

        assertThat(answer(UnixDomainSocketAddress.of(file))).isEqualTo("unix " + process.pid() + kind);
        assertThat(answer(local(one))).isEqualTo("one " + process.pid() + kind);
        assertThat(answer(local(two))).isEqualTo("two " + process.pid() + kind);
        assertThat(said)
                .content()
                .isEqualTo("unix " + file + "\ntwo 0:0:0:0:0:0:0:0:" + two + "\none 127.0.0.1:" + one + "\n");
        assertNothingIsInherited(process, 3);
        stop(process, 0);
        assertThat(file).as("it belongs to whoever made it").exists();
    }

    @Test
    void theOnlyOneIsTheOneWhateverItIsCalledAndWhereverItIs() throws Exception {
        int port = freePort();
        Process process = activate(List.of("-l", "127.0.0.1:" + port), "listen=web@127.0.0.1:0");

        assertThat(answer(local(port))).isEqualTo("web " + process.pid());
    }

    @Test
    void whatWasNotGivenIsOpened() throws Exception {
        int given = freePort();
        int own = freePort();
        Path file = directory.resolve("own.sock");
        Process process = activate(
                List.of("-l", "127.0.0.1:" + given, "--fdname=web"),
                "listen=" + file,
                "listen=own@127.0.0.1:" + own,
                "listen=web@127.0.0.1:0");

        assertThat(answer(local(given))).isEqualTo("web " + process.pid());
        assertThat(answer(local(own))).isEqualTo("own " + process.pid());
        assertThat(answer(UnixDomainSocketAddress.of(file))).isEqualTo("own.sock " + process.pid());
        assertNothingIsInherited(process, 3);
        stop(process, 0);
        assertThat(file).doesNotExist();
    }

    @Test
    void whatTheSpecificationDoesNotHaveIsLeftToTheTask() throws Exception {
        int port = freePort();
        int web = freePort();
        Process process = activate(
                List.of("-l", "127.0.0.1:" + port, "-l", "127.0.0.1:" + web, "--fdname=admin:web"),
                "listen=web@127.0.0.1:0");

        assertThat(answer(local(port))).isEqualTo("admin " + process.pid());
        assertThat(answer(local(web))).isEqualTo("web " + process.pid());
        assertThat(errors)
                .content()
                .contains("listen: the socket admin (127.0.0.1:" + port
                        + ") was opened for this process, but the specification does not have it; it is left to the"
                        + " task.\n");
    }

    @Test
    void aSpecificationWithoutSocketsHasThoseThatWereOpened() throws Exception {
        int port = freePort();
        Process process = activate(List.of("-l", "127.0.0.1:" + port));

        assertThat(answer(local(port))).isEqualTo("unknown " + process.pid());
        assertNothingIsInherited(process, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2_000_000_000})
    void whatAServiceHasStoredIsLeftAloneButNotInherited(int count) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "exec 3</dev/null; export LISTEN_PID=$$ LISTEN_FDS=" + count + " LISTEN_FDNAMES=stored; exec \"$@\"",
                "sh"));
        command.addAll(ListenProgram.command(
                classPath, List.of("pidfile=" + pidfile, "say=" + said, "listen=web@127.0.0.1:0"), "run"));
        Process process = processes
                .builder(command)
                .redirectOutput(Path.of("/dev/null").toFile())
                .redirectError(errors.toFile())
                .start();
        Processes.await("the service", () -> read(said).endsWith("\n") || !process.isAlive());

        assertThat(errors).content().contains("descriptor 3, stored (no socket), was opened for this process");
        assertThat(said).content().startsWith("web 127.0.0.1:");
        ProcView view = new ProcView(process.pid());
        assertThat(view.descriptors()).containsEntry(3, "/dev/null");
        assertThat(view.descriptorFlags(3) & CLOSE_ON_EXEC).isNotZero();
    }

    @Test
    void whatIsNotClearIsRefused() throws Exception {
        int one = freePort();
        int two = freePort();
        Process process = activate(
                List.of("-l", "127.0.0.1:" + one, "-l", "127.0.0.1:" + two),
                "listen=a@127.0.0.1:0",
                "listen=b@127.0.0.1:0");
        touch(local(one));

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(7);
        assertThat(errors)
                .content()
                .endsWith("listen: start failed: listen 127.0.0.1:0 (a), 127.0.0.1:0 (b): none of the sockets that were"
                        + " opened for this process is this one by name or address: unknown (127.0.0.1:" + one
                        + "), unknown (127.0.0.1:" + two
                        + "); give the .socket unit the name as FileDescriptorName=.\n");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aConnectionIsNoSocketThatListens() throws Exception {
        int port = freePort();
        activate(List.of("-a", "-l", "127.0.0.1:" + port), "listen=a@127.0.0.1:0");
        touch(local(port));

        Processes.await("its refusal", () -> read(errors).contains("Accept=no in the .socket unit."));
        assertThat(errors).content().contains("listen: start failed: listen: descriptor 3, unknown ");
        assertThat(said).doesNotExist();
    }

    @Test
    void inetdsSocketIsTakenFromTheStandardStreams() throws Exception {
        int port = freePort();
        Process process = activate(List.of("--inetd", "-l", "127.0.0.1:" + port), "listen=web@127.0.0.1:0");

        assertThat(answer(local(port))).isEqualTo("web " + process.pid());
        assertNothingIsInherited(process, 1);
        assertThat(new ProcView(process.pid()).descriptors())
                .containsEntry(0, "/dev/null")
                .containsEntry(1, "/dev/null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual", "selector", "http"})
    void aJvmWithoutInternet6ServesASocketOfInternet6(String how) throws Exception {
        int port = freePort();
        Process process = activate(
                List.of("-l", "" + port), "-Djava.net.preferIPv4Stack=true", "listen=web@*:" + port, "serve=" + how);

        assertThat(ListenIT.answer(local(port), how)).startsWith("web " + process.pid());
        assertThat(ListenIT.answer(new InetSocketAddress(InetAddress.ofLiteral("::1"), port), how))
                .startsWith("web " + process.pid());
    }

    @Test
    void theOtherWhomTheProcessBecomesHasThemToo() throws Exception {
        assumeTrue(
                new ProcView(ProcessHandle.current().pid()).status("Uid").startsWith("0\t"),
                "only root may be anybody else");
        Path run = Files.createDirectory(directory.resolve("run"));
        Files.setAttribute(directory, "unix:mode", 01777);
        Path file = run.resolve("own.sock");
        int given = freePort();
        int own = freePort();
        Process process = activate(
                List.of("-l", "127.0.0.1:" + given, "--fdname=web"),
                "user=nobody",
                "listen=own@127.0.0.1:" + own,
                "listen=web@127.0.0.1:0",
                "listen=unix@" + file + ";mode=0620;group=daemon");

        assertThat(answer(local(given))).isEqualTo("web " + process.pid());
        assertThat(answer(local(own))).isEqualTo("own " + process.pid());
        assertThat(answer(UnixDomainSocketAddress.of(file))).isEqualTo("unix " + process.pid());
        assertThat(new ProcView(process.pid()).status("Uid")).startsWith("65534\t");
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(65534);
        assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(1);
        assertThat((int) Files.getAttribute(file, "unix:mode") & 0777).isEqualTo(0620);
        assertNothingIsInherited(process, 3);
    }

    private Process activate(List<String> options, String... settings) throws Exception {
        List<String> command = new ArrayList<>(List.of("systemd-socket-activate", "-E", "DAEMONSPEC_TEST_MARK"));
        command.addAll(options);
        List<String> all = new ArrayList<>(List.of("pidfile=" + pidfile, "say=" + said));
        all.addAll(List.of(settings));
        command.addAll(ListenProgram.command(classPath, all, "run"));
        Process process = processes
                .builder(command)
                .redirectOutput(Path.of("/dev/null").toFile())
                .redirectError(errors.toFile())
                .start();
        long sockets = options.stream().filter("-l"::equals).count();
        Processes.await(
                "systemd-socket-activate",
                () -> read(errors)
                                        .lines()
                                        .filter(line -> line.startsWith("Listening on "))
                                        .count()
                                == sockets
                        || !process.isAlive());
        return process;
    }

    private static void stop(Process process, int status) throws Exception {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(status);
    }

    /** Every socket that listens is there once, and closed by execve(2). */
    private static void assertNothingIsInherited(Process process, int sockets) throws Exception {
        ProcView view = new ProcView(process.pid());
        assertThat(ListenIT.listening(view)).as(view.descriptors().toString()).hasSize(sockets);
        for (int socket : ListenIT.listening(view)) {
            assertThat(view.descriptorFlags(socket) & CLOSE_ON_EXEC).isNotZero();
        }
    }

    private static String answer(SocketAddress address) throws IOException {
        return ListenIT.answer(address);
    }

    private static void touch(SocketAddress address) throws IOException {
        java.nio.channels.SocketChannel.open(address).close();
    }

    private static SocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException notYet) {
            return "";
        }
    }
}
