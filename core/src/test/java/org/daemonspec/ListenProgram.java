package org.daemonspec;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.daemonspec.support.ContextSettings;
import org.daemonspec.support.Launcher;

/**
 * A program that listens: {@code SETTING=VALUE... -- WORD...}, the words being the command face's. Each connection is answered with
 * the name of its socket, the pid and the name of the accepting thread's kind.
 *
 * <p>Settings: {@code listen=NAME@ADDRESS[;mode=..][;owner=..][;group=..]}, any number of them, with an address {@code HOST:PORT},
 * {@code *:PORT} or a path; {@code pidfile stdout stderr createCwd}; those of {@link ContextSettings}; {@code serve}, one of
 * {@code platform} (the default: blocking accept on a platform thread), {@code virtual}, {@code selector}, {@code http} (the JDK's
 * server takes the place) and {@code nothing}; {@code say}, a file that says which sockets there are; {@code fail}, with which it
 * fails instead of being ready; {@code child}, a file that a child writes its descriptors to; {@code close}, with which the
 * channels are closed when it is told to stop and it says so when connections are refused.
 */
public final class ListenProgram {

    private ListenProgram() {}

    /** The command that runs it. */
    static List<String> command(String classPath, List<String> settings, String... words) {
        List<String> command = new ArrayList<>(List.of(
                Launcher.java(), "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-cp", classPath));
        settings.stream().filter(setting -> setting.startsWith("-")).forEach(command::add);
        command.add(ListenProgram.class.getName());
        settings.stream().filter(setting -> !setting.startsWith("-")).forEach(command::add);
        command.add("--");
        command.addAll(List.of(words));
        return command;
    }

    /** See the class. */
    public static void main(String[] args) {
        int end = Arrays.asList(args).indexOf("--");
        DaemonSpec.Builder spec = DaemonSpec.builder();
        List<String> settings = Arrays.asList(args).subList(0, end);
        settings.forEach(setting -> {
            String name = setting.substring(0, (setting + "=").indexOf('='));
            String value = setting.substring(Math.min(setting.length(), name.length() + 1));
            switch (name) {
                case "listen" -> spec.listen(socket(value));
                case "pidfile" -> spec.pidfile(Path.of(value));
                case "stdout" -> spec.stdout(Path.of(value)).stderrToStdout();
                case "cwd" -> spec.workingDirectory(Path.of(value)).createWorkingDirectory(0755);
                case "preserve" -> spec.preserve(Integer.parseInt(value));
                case "mode" -> spec.mode(DaemonMode.valueOf(value));
                default -> ContextSettings.apply(spec, name, value);
            }
        });
        String[] words = Arrays.copyOfRange(args, end + 1, args.length);
        if (settings.contains("program")) {
            spec.main(words, List.of("sleep", "60"));
        } else {
            spec.main(words, context -> run(context, settings));
        }
    }

    private static ListenSocket socket(String text) {
        List<String> parts = List.of(text.split(";"));
        String address = parts.getFirst().substring(parts.getFirst().indexOf('@') + 1);
        ListenSocket socket = ListenSocket.at(address(address));
        if (parts.getFirst().contains("@")) {
            socket = socket.named(parts.getFirst().substring(0, parts.getFirst().indexOf('@')));
        }
        for (String part : parts.subList(1, parts.size())) {
            String value = part.substring(part.indexOf('=') + 1);
            socket = switch (part.substring(0, part.indexOf('='))) {
                case "mode" -> socket.mode(Integer.parseInt(value, 8));
                case "owner" -> socket.owner(value);
                case "group" -> socket.group(value);
                default -> socket.backlog(Integer.parseInt(value));
            };
        }
        return socket;
    }

    /** Also for clients. */
    static SocketAddress address(String text) {
        if (text.contains("/") || !text.contains(":")) {
            return UnixDomainSocketAddress.of(text);
        }
        int port = Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
        String host = text.substring(0, text.lastIndexOf(':'));
        return host.equals("*") ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    private static String value(List<String> settings, String name, String otherwise) {
        return settings.stream()
                .filter(setting -> setting.startsWith(name + "="))
                .map(setting -> setting.substring(name.length() + 1))
                .findFirst()
                .orElse(otherwise);
    }

    private static void run(DaemonContext context, List<String> settings) throws Exception {
        String say = value(settings, "say", "");
        if (!say.isEmpty()) {
            Files.writeString(
                    Path.of(say),
                    context.sockets().stream()
                            .map(socket -> socket.name() + " " + text(socket.address()) + "\n")
                            .collect(Collectors.joining()));
        }
        String child = value(settings, "child", "");
        if (settings.contains("fail")) {
            throw new IllegalStateException("it fails on purpose");
        }
        for (DaemonSocket socket : context.sockets()) {
            serve(socket, value(settings, "serve", "platform"), context);
        }
        if (!child.isEmpty()) {
            Process ls = new ProcessBuilder("ls", "-l", "/proc/self/fd")
                    .redirectOutput(Path.of(child).toFile())
                    .start();
            ls.waitFor();
        }
        context.ready();
        Thread.sleep(600_000);
    }

    static String text(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                ? internet.getAddress().getHostAddress() + ":" + internet.getPort()
                : address.toString();
    }

    private static void serve(DaemonSocket socket, String how, DaemonContext context) throws Exception {
        switch (how) {
            case "http" -> {
                HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                server.createContext("/", exchange -> {
                    byte[] body = answer(socket).getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    try (exchange) {
                        exchange.getResponseBody().write(body);
                    }
                });
                socket.takePlaceOf(server.getAddress());
                server.start();
                context.onStop(() -> server.stop(0));
            }
            case "virtual" -> Thread.ofVirtual().start(() -> accept(socket));
            case "selector" -> {
                ServerSocketChannel channel = socket.channel();
                channel.configureBlocking(false);
                Selector selector = Selector.open();
                channel.register(selector, SelectionKey.OP_ACCEPT);
                Thread.ofPlatform().daemon().start(() -> select(socket, selector, channel));
            }
            case "nothing" -> {}
            default -> Thread.ofPlatform().daemon().start(() -> accept(socket));
        }
    }

    private static void accept(DaemonSocket socket) {
        try {
            while (true) {
                try (SocketChannel connection = socket.channel().accept()) {
                    answer(socket, connection);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void select(DaemonSocket socket, Selector selector, ServerSocketChannel channel) {
        try {
            while (true) {
                selector.select();
                selector.selectedKeys().clear();
                try (SocketChannel connection = channel.accept()) {
                    if (connection != null) {
                        answer(socket, connection);
                    }
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void answer(DaemonSocket socket, SocketChannel connection) throws IOException {
        connection.write(ByteBuffer.wrap(answer(socket).getBytes(StandardCharsets.UTF_8)));
    }

    private static String answer(DaemonSocket socket) {
        return socket.name() + " " + ProcessHandle.current().pid()
                + (Thread.currentThread().isVirtual() ? " virtual" : "") + "\n";
    }
}
