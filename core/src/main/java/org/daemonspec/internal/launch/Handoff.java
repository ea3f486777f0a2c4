package org.daemonspec.internal.launch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.daemonspec.internal.daemon.LogFiles;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.socket.HandedSocket;
import org.daemonspec.internal.socket.SocketFile;

/**
 * What the launcher tells the daemon JVM, in a file in memory that it inherits.
 *
 * <p>A JVM is the daemon if a system property on its command line names this file's descriptor and the nonce that it begins
 * with, as {@code NUMBER:NONCE}: its mark. Neither alone is enough, and neither gets to the daemon's own children: a property is not inherited, and descriptors are closed. So a
 * program that the daemon starts, itself built with daemonspec, is a launcher again. The nonce is a pairing, not a secret.
 *
 * @param mark equal to the property's value
 * @param fingerprint of the specification that was launched
 * @param pidfile absolute
 * @param logs where output goes; what goes to no file leads to memory until the daemon is ready
 * @param numbers of the descriptors that it inherits beside this file
 * @param hasArgumentFile whether the command line was too long, so that there is an {@code @argfile}
 * @param stdinIsPipe whether stdin leads to the launcher, and shall lead to {@code /dev/null} once ready
 * @param preserved the descriptors that the user hands over
 * @param sockets that the task listens on, in order
 * @param stdoutLog the descriptor that stdout shall be once ready; 0 if it is a file already, or for {@code /dev/null}
 * @param stderrLog the same of stderr; equal if both are one
 */
record Handoff(
        String mark,
        String fingerprint,
        Optional<Path> pidfile,
        LogFiles logs,
        Numbering numbers,
        boolean hasArgumentFile,
        boolean stdinIsPipe,
        SortedSet<Integer> preserved,
        List<HandedSocket> sockets,
        int stdoutLog,
        int stderrLog) {

    /** The system property that marks a daemon JVM. */
    static final String PROPERTY = JvmProcess.DAEMON_PROPERTY;

    /** The name that the kernel shows for the file. */
    static final String FILE_NAME = "daemonspec-handoff";

    private static final int NONCE_BYTES = 16;

    private static final Pattern MARK = Pattern.compile("[0-9]+:[0-9a-f]+");

    /** A mark for a daemon that has its handoff under this number. */
    static String newMark(int number) {
        byte[] bytes = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(bytes);
        return number + ":" + HexFormat.of().formatHex(bytes);
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(mark);
            out.writeUTF(fingerprint);
            write(out, pidfile);
            write(out, logs.stdout());
            write(out, logs.stderr());
            out.writeInt(logs.mode());
            out.writeLong(logs.rotation().map(LogFiles.Rotation::bytes).orElse(0L));
            out.writeInt(logs.rotation().map(LogFiles.Rotation::keep).orElse(0));
            out.writeInt(numbers.status());
            out.writeInt(numbers.handoff());
            out.writeInt(numbers.lock());
            out.writeInt(numbers.argumentFile());
            out.writeInt(numbers.firstLog());
            out.writeInt(numbers.secondLog());
            write(out, numbers.sockets());
            out.writeBoolean(hasArgumentFile);
            out.writeBoolean(stdinIsPipe);
            write(out, preserved);
            out.writeInt(sockets.size());
            for (HandedSocket socket : sockets) {
                write(out, socket);
            }
            out.writeInt(stdoutLog);
            out.writeInt(stderrLog);
        } catch (IOException e) {
            throw new UncheckedIOException("memory is never full", e);
        }
        return bytes.toByteArray();
    }

    static Handoff fromBytes(byte[] content) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            return new Handoff(
                    in.readUTF(),
                    in.readUTF(),
                    readPath(in),
                    readLogs(in),
                    new Numbering(
                            in.readInt(),
                            in.readInt(),
                            in.readInt(),
                            in.readInt(),
                            in.readInt(),
                            in.readInt(),
                            readNumbers(in)),
                    in.readBoolean(),
                    in.readBoolean(),
                    new TreeSet<>(readNumbers(in)),
                    readSockets(in),
                    in.readInt(),
                    in.readInt());
        }
    }

    private static void write(DataOutputStream out, Collection<Integer> numbers) throws IOException {
        out.writeInt(numbers.size());
        for (int number : numbers) {
            out.writeInt(number);
        }
    }

    private static List<Integer> readNumbers(DataInputStream in) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            numbers.add(in.readInt());
        }
        return numbers;
    }

    private static void write(DataOutputStream out, HandedSocket socket) throws IOException {
        out.writeUTF(socket.name());
        out.writeInt(socket.descriptor());
        write(out, socket.file().map(SocketFile::path));
        out.writeInt(socket.file().map(SocketFile::deviceMajor).orElse(0));
        out.writeInt(socket.file().map(SocketFile::deviceMinor).orElse(0));
        out.writeLong(socket.file().map(SocketFile::inode).orElse(0L));
    }

    private static List<HandedSocket> readSockets(DataInputStream in) throws IOException {
        List<HandedSocket> sockets = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            sockets.add(new HandedSocket(in.readUTF(), in.readInt(), readSocketFile(in)));
        }
        return sockets;
    }

    private static Optional<SocketFile> readSocketFile(DataInputStream in) throws IOException {
        Optional<Path> path = readPath(in);
        int deviceMajor = in.readInt();
        int deviceMinor = in.readInt();
        long inode = in.readLong();
        return path.map(file -> new SocketFile(file, deviceMajor, deviceMinor, inode));
    }

    private static LogFiles readLogs(DataInputStream in) throws IOException {
        return new LogFiles(readPath(in), readPath(in), in.readInt(), readRotation(in));
    }

    private static Optional<LogFiles.Rotation> readRotation(DataInputStream in) throws IOException {
        return Optional.of(new LogFiles.Rotation(in.readLong(), in.readInt())).filter(rotation -> rotation.keep() > 0);
    }

    private static void write(DataOutputStream out, Optional<Path> path) throws IOException {
        out.writeUTF(path.map(file -> file.toUri().getRawPath()).orElse(""));
    }

    private static Optional<Path> readPath(DataInputStream in) throws IOException {
        return Optional.of(in.readUTF())
                .filter(path -> !path.isEmpty())
                .map(path -> Path.of(URI.create("file://" + path)));
    }

    /** What this process was handed; empty if it is no daemon that daemonspec launched. */
    static Optional<Handoff> inherited() {
        String mark = System.getProperty(PROPERTY, "");
        if (!MARK.matcher(mark).matches()) {
            return Optional.empty();
        }
        Path file = Path.of("/proc/self/fd", mark.substring(0, mark.indexOf(':')));
        try {
            // The name first: the descriptor of somebody who copied our command line may be a terminal, and block.
            if (!Files.readSymbolicLink(file).toString().startsWith("/memfd:" + FILE_NAME)) {
                return Optional.empty();
            }
            return Optional.of(fromBytes(Files.readAllBytes(file))).filter(handoff -> handoff.mark.equals(mark));
        } catch (IOException notOurs) {
            return Optional.empty();
        }
    }
}
