package org.daemonspec.internal.socket;

import java.io.File;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.posix.SocketCalls;

/** Finds the descriptor that a Java object keeps to itself: by the address that both know. */
final class DescriptorSearch {

    private static final File OWN_DESCRIPTORS = new File("/proc/self/fd");

    private DescriptorSearch() {}

    /** The sockets of this process that listen at an address: one, unless it is nobody's or shared by SO_REUSEPORT. */
    static List<Integer> listeningAt(SocketCalls calls, SocketAddress address) {
        String[] descriptors = OWN_DESCRIPTORS.list();
        if (descriptors == null) {
            throw new IllegalStateException(OWN_DESCRIPTORS + " cannot be read; mount /proc.");
        }
        List<Integer> found = new ArrayList<>();
        for (String descriptor : descriptors) {
            int number = Integer.parseInt(descriptor);
            if (calls.isListening(number)) {
                Optional<SocketAddress> local = calls.localAddress(number);
                if (local.isPresent() && SocketSpec.isSame(local.get(), address)) {
                    found.add(number);
                }
            }
        }
        return found;
    }
}
