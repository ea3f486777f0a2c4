package org.daemonspec.internal.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.internal.posix.SocketCalls;

/** Finds the descriptor that a Java object keeps to itself: by the address that both know. */
final class DescriptorSearch {

    private static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");

    private DescriptorSearch() {}

    /** The sockets of this process that listen at an address: one, unless it is nobody's or shared by SO_REUSEPORT. */
    static List<Integer> listeningAt(SocketCalls calls, SocketAddress address) {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(OWN_DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                int number = Integer.parseInt(descriptor.getFileName().toString());
                if (calls.isListening(number)
                        && calls.localAddress(number)
                                .filter(local -> SocketSpec.isSame(local, address))
                                .isPresent()) {
                    found.add(number);
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("read " + OWN_DESCRIPTORS + ": " + e + "; mount /proc.", e);
        }
    }
}
