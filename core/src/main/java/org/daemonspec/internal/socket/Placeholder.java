package org.daemonspec.internal.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.SocketCalls;
import org.daemonspec.internal.posix.SocketCalls.Family;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * A channel of the JDK's for a descriptor. The JDK makes channels only of sockets that it has opened itself, or that are its
 * stdin; so it opens one, bound to an address that nobody knows, and the descriptor under it is exchanged by dup3(2).
 */
final class Placeholder {

    private static final int BYTES_OF_NAME = 12;

    private Placeholder() {}

    /**
     * A channel, and what the JDK does not tell of it.
     *
     * @param channel believes that it is bound to what the placeholder was
     * @param number of its descriptor
     */
    record Exchanged(ServerSocketChannel channel, int number) {}

    /** Makes a channel whose descriptor is the given one under another number; the given number is closed. */
    static Exchanged exchange(Posix posix, int descriptor) throws IOException {
        SocketCalls calls = new SocketCalls(posix);
        Family family = calls.family(descriptor)
                .orElseThrow(() -> new IOException("descriptor " + descriptor + " is no TCP or UNIX socket"));
        ServerSocketChannel channel = family == Family.UNIX ? unix(posix) : internet(family);
        try {
            int number = numberOf(calls, channel);
            calls.moveOver(descriptor, number);
            return new Exchanged(channel, number);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static int numberOf(SocketCalls calls, ServerSocketChannel channel) throws IOException {
        List<Integer> numbers = DescriptorSearch.listeningAt(calls, channel.getLocalAddress());
        if (numbers.size() != 1) {
            throw new IOException("/proc/self/fd does not tell the descriptor of a channel at "
                    + channel.getLocalAddress() + ": " + numbers);
        }
        return numbers.getFirst();
    }

    /** Of the socket's own version of IP where the JDK has it, since that decides which options the JDK sets on connections. */
    private static ServerSocketChannel internet(Family family) throws IOException {
        ServerSocketChannel channel = family == Family.INTERNET
                ? ServerSocketChannel.open(StandardProtocolFamily.INET)
                : ServerSocketChannel.open();
        return bound(channel, () -> channel.bind(new InetSocketAddress(loopback(family), 0), 1));
    }

    /** The same address in both cases, which every machine has. */
    private static InetAddress loopback(Family family) throws IOException {
        return family == Family.INTERNET || InetAddress.getLoopbackAddress().getAddress().length == 4
                ? InetAddress.getByAddress(new byte[] {127, 0, 0, 1})
                : InetAddress.getLoopbackAddress();
    }

    /** In the first directory that allows it; reached through its descriptor, since a path may be longer than an address. */
    private static ServerSocketChannel unix(Posix posix) throws IOException {
        IOException failure = new IOException("a UNIX socket needs a directory that this user may write for a moment;"
                + " set -Djava.io.tmpdir to one");
        for (Path candidate : temporaryDirectories()) {
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try (Descriptor directory = posix.open(ByteString.of(candidate), OpenFor.ENTERING, 0)) {
                Path file = Path.of("/proc/self/fd", Integer.toString(directory.number()), ".daemonspec-" + newName());
                bound(channel, () -> channel.bind(UnixDomainSocketAddress.of(file), 1));
                Files.deleteIfExists(file);
                return channel;
            } catch (IOException | SystemCallException e) {
                channel.close();
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }

    private static List<Path> temporaryDirectories() {
        List<Path> directories = new ArrayList<>();
        for (String directory : List.of(System.getProperty("java.io.tmpdir", "/tmp"), "/tmp", "/dev/shm", "")) {
            Path path = Path.of(directory).toAbsolutePath();
            if (!directories.contains(path)) {
                directories.add(path);
            }
        }
        return directories;
    }

    private static String newName() {
        byte[] bytes = new byte[BYTES_OF_NAME];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** What may fail. */
    @FunctionalInterface
    private interface Binding {
        ServerSocketChannel bind() throws IOException;
    }

    private static ServerSocketChannel bound(ServerSocketChannel channel, Binding binding) throws IOException {
        try {
            return binding.bind();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
