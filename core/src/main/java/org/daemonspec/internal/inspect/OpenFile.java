package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.posix.ProcDirectory;

/**
 * An open descriptor of a process, from {@code /proc/PID/fd} and {@code /proc/PID/fdinfo}, see proc_pid_fd(5).
 *
 * @param number the descriptor
 * @param link where it leads, as the kernel writes it: a path, or such as {@code pipe:[4711]}
 * @param regular whether that is a regular file
 * @param identity device and inode; equal if two descriptors lead to the same file
 * @param flags of open(2)
 * @param position the file offset
 * @param locks the lines that tell what is locked by it, without their first word
 * @param signals what a signalfd(2) takes; 0 for any other
 */
record OpenFile(
        int number,
        Path link,
        boolean regular,
        Object identity,
        int flags,
        long position,
        List<String> locks,
        long signals) {

    private static final int OCTAL = 8;
    private static final int HEXADECIMAL = 16;

    /** All that a process has open, by number. */
    static List<OpenFile> of(long pid) throws IOException {
        List<OpenFile> files = new ArrayList<>();
        Path process = ProcDirectory.of(pid);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path entry : entries) {
                read(process, entry).ifPresent(files::add);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        files.sort(Comparator.comparingInt(OpenFile::number));
        return files;
    }

    /** Empty if it was closed meanwhile. */
    private static Optional<OpenFile> read(Path process, Path entry) throws IOException {
        try {
            String number = entry.getFileName().toString();
            BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
            String info = Files.readString(process.resolve("fdinfo").resolve(number), StandardCharsets.ISO_8859_1);
            return Optional.of(new OpenFile(
                    Integer.parseInt(number),
                    Files.readSymbolicLink(entry),
                    attributes.isRegularFile(),
                    Objects.requireNonNull(attributes.fileKey()),
                    Integer.parseInt(value(info, "flags", "0"), OCTAL),
                    Long.parseLong(value(info, "pos", "0")),
                    info.lines()
                            .filter(line -> line.startsWith("lock:"))
                            .map(line ->
                                    line.replaceFirst("^lock:\\s*\\d+:\\s*", "").replaceAll("\\s+", " "))
                            .toList(),
                    Long.parseUnsignedLong(value(info, "sigmask", "0"), HEXADECIMAL)));
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException closedMeanwhile) {
            return Optional.empty();
        }
    }

    private static String value(String info, String key, String otherwise) {
        return info.lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElse(otherwise);
    }

    /** Where it leads, for people. */
    String target() {
        return link.toString();
    }

    boolean isStandardStream() {
        return number <= 2;
    }

    boolean isTerminal() {
        return target().startsWith("/dev/pts/") || target().startsWith("/dev/tty") || target().equals("/dev/console");
    }

    boolean isPipe() {
        return target().startsWith("pipe:[");
    }

    boolean isRead() {
        return access() != Libc.O_WRONLY();
    }

    boolean isWritten() {
        return access() != Libc.O_RDONLY();
    }

    private int access() {
        return flags & (Libc.O_WRONLY() | Libc.O_RDWR());
    }

    boolean isAppendedTo() {
        return (flags & Libc.O_APPEND()) != 0;
    }

    /** What has this flag was not inherited by way of an execve(2), and will not be. */
    boolean isClosedOnExec() {
        return (flags & Libc.O_CLOEXEC()) != 0;
    }

    /** The same flags, but for those of the descriptor itself. */
    boolean isOpenLike(OpenFile other) {
        return identity.equals(other.identity) && (flags | Libc.O_CLOEXEC()) == (other.flags | Libc.O_CLOEXEC());
    }

    /** The lock by which it holds the whole file against others; marks far behind the end are none. */
    Optional<String> lock() {
        return locks.stream()
                .filter(line -> line.contains(" WRITE ") && line.contains(" 0 EOF"))
                .findFirst();
    }

    /** As a report writes it. */
    @Override
    public String toString() {
        return "fd " + number + " -> " + link;
    }
}
