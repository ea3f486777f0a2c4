package org.daemonspec;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.socket.SocketSpec;

/** What is wrong with a specification's sockets on any machine. */
final class SocketProblems {

    private static final int LONGEST_NAME = 255;
    private static final char FIRST_PRINTABLE = ' ';
    private static final char LAST_PRINTABLE = '~';
    private static final int LARGEST_MODE = 0777;

    /** What sun_path holds before the byte that ends it, see unix(7). */
    private static final int LONGEST_PATH = 107;

    private SocketProblems() {}

    static void addTo(List<String> problems, List<SocketSpec> sockets) {
        Set<String> names = new HashSet<>();
        for (SocketSpec socket : sockets) {
            String subject = "listen " + SpecProblems.printable(socket.text()) + ": ";
            if (!names.add(socket.name())) {
                problems.add(
                        subject + "another socket is named '" + socket.name() + "' too; give each a name by named.");
            }
            checkName(subject, socket.name(), problems);
            if (socket.backlog() < 1) {
                problems.add(subject + "backlog " + socket.backlog() + "; give more than zero.");
            }
            if (socket.address() instanceof InetSocketAddress) {
                checkHasNoFile(subject, socket, problems);
            } else if (socket.address() instanceof UnixDomainSocketAddress unix) {
                checkFile(subject, unix.getPath(), socket, problems);
            } else {
                problems.add(subject + "neither an InetSocketAddress nor a UnixDomainSocketAddress; give one of them.");
            }
        }
    }

    /** As systemd has it, see FileDescriptorName= in systemd.socket(5). */
    private static void checkName(String subject, String name, List<String> problems) {
        if (name.isEmpty() || name.length() > LONGEST_NAME || !isPrintable(name)) {
            problems.add(subject + "name '" + SpecProblems.printable(name)
                    + "'; give it by named: 1 to 255 printable ASCII characters without ':'.");
        }
    }

    private static boolean isPrintable(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < FIRST_PRINTABLE || c > LAST_PRINTABLE || c == ':') {
                return false;
            }
        }
        return true;
    }

    private static void checkHasNoFile(String subject, SocketSpec socket, List<String> problems) {
        if (socket.mode().isPresent()
                || socket.owner().isPresent()
                || socket.group().isPresent()) {
            problems.add(subject + "mode, owner and group are those of a UNIX socket's file; leave them out.");
        }
    }

    private static void checkFile(String subject, Path path, SocketSpec socket, List<String> problems) {
        if (path.toString().isEmpty() || path.getFileName() == null) {
            problems.add(subject + "it has no file; give its path.");
        } else if (ByteString.of(path).length() > LONGEST_PATH) {
            problems.add(subject + "its absolute path " + path.toAbsolutePath() + " is longer than " + LONGEST_PATH
                    + " bytes, see unix(7); choose a shorter one.");
        }
        int mode = socket.mode().orElse(0);
        if (mode < 0 || mode > LARGEST_MODE) {
            problems.add(subject + "mode " + (mode < 0 ? mode : "0" + Integer.toOctalString(mode))
                    + "; give 0 to 0777, in Java an octal literal such as 0660.");
        }
        if (socket.owner().isPresent() && socket.owner().get().isBlank()) {
            problems.add(subject + "an empty owner; give a name or number, or leave it out.");
        }
        if (socket.group().isPresent() && socket.group().get().isBlank()) {
            problems.add(subject + "an empty group; give a name or number, or leave it out.");
        }
    }
}
