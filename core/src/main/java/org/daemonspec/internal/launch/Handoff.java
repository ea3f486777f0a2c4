package org.daemonspec.internal.launch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UTFDataFormatException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.daemonspec.internal.daemon.LogFiles;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.pidfile.HeldPidfile;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.FileErrno;
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

    private static final String NUMBER = "0123456789";
    private static final String NONCE = "0123456789abcdef";

    /** A mark for a daemon that has its handoff under this number. */
    static String newMark(int number) {
        // Not SecureRandom, whose providers take longer to load than the rest of a mark.
        try (InputStream random = new FileInputStream("/dev/urandom")) {
            StringBuilder mark = new StringBuilder().append(number).append(':');
            for (byte b : random.readNBytes(NONCE_BYTES)) {
                mark.append(NONCE.charAt(b >> 4 & 0xF)).append(NONCE.charAt(b & 0xF));
            }
            return mark.toString();
        } catch (IOException e) {
            throw new UncheckedIOException("read /dev/urandom: " + FileErrno.of(e) + "; see random(4).", e);
        }
    }

    /** The locked pidfile as the daemon has it. */
    Optional<HeldPidfile> heldPidfile() {
        return pidfile.isPresent() ? Optional.of(new HeldPidfile(pidfile.get(), numbers.lock())) : Optional.empty();
    }

    /** The files of UNIX sockets that were made for the daemon. */
    List<SocketFile> socketFiles() {
        List<SocketFile> files = new ArrayList<>();
        for (HandedSocket socket : sockets) {
            if (socket.file().isPresent()) {
                files.add(socket.file().get());
            }
        }
        return files;
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
            out.writeLong(logs.rotation().isPresent() ? logs.rotation().get().bytes() : 0);
            out.writeInt(logs.rotation().isPresent() ? logs.rotation().get().keep() : 0);
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
        } catch (IllegalArgumentException noPath) {
            throw new IOException("no handoff: " + noPath, noPath);
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
        writeFile(out, socket.file());
    }

    private static void writeFile(DataOutputStream out, Optional<SocketFile> file) throws IOException {
        out.writeBoolean(file.isPresent());
        if (file.isPresent()) {
            write(out, file.get().path());
            out.writeInt(file.get().deviceMajor());
            out.writeInt(file.get().deviceMinor());
            out.writeLong(file.get().inode());
        }
    }

    private static List<HandedSocket> readSockets(DataInputStream in) throws IOException {
        List<HandedSocket> sockets = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            sockets.add(new HandedSocket(in.readUTF(), in.readInt(), readSocketFile(in)));
        }
        return sockets;
    }

    private static Optional<SocketFile> readSocketFile(DataInputStream in) throws IOException {
        return in.readBoolean()
                ? Optional.of(
                        new SocketFile(ByteString.toPath(in.readUTF()), in.readInt(), in.readInt(), in.readLong()))
                : Optional.empty();
    }

    private static LogFiles readLogs(DataInputStream in) throws IOException {
        return new LogFiles(readPath(in), readPath(in), in.readInt(), readRotation(in));
    }

    private static Optional<LogFiles.Rotation> readRotation(DataInputStream in) throws IOException {
        LogFiles.Rotation rotation = new LogFiles.Rotation(in.readLong(), in.readInt());
        return rotation.keep() > 0 ? Optional.of(rotation) : Optional.empty();
    }

    private static void write(DataOutputStream out, Optional<Path> path) throws IOException {
        out.writeBoolean(path.isPresent());
        if (path.isPresent()) {
            write(out, path.get());
        }
    }

    private static void write(DataOutputStream out, Path path) throws IOException {
        out.writeUTF(ByteString.of(path));
    }

    private static Optional<Path> readPath(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(ByteString.toPath(in.readUTF())) : Optional.empty();
    }

    /**
     * What this process was handed; empty if it is no daemon that daemonspec launched, but, for instance, a program with a copy of
     * its command line.
     *
     * @throws UncheckedIOException if that cannot be read: taken for a launcher, a daemon would launch another one
     */
    static Optional<Handoff> inherited() {
        String mark = System.getProperty(PROPERTY, "");
        if (!isMark(mark)) {
            return Optional.empty();
        }
        Path file = Path.of("/proc/self/fd/" + mark.substring(0, mark.indexOf(':')));
        try {
            // The name first: the descriptor of somebody who copied our command line may be a terminal, and block.
            if (!Files.readSymbolicLink(file).toString().startsWith("/memfd:" + FILE_NAME)) {
                return Optional.empty();
            }
            Handoff handoff = fromBytes(Files.readAllBytes(file));
            return handoff.mark.equals(mark) ? Optional.of(handoff) : Optional.empty();
        } catch (NoSuchFileException | NotLinkException | EOFException | UTFDataFormatException notOurs) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "read " + file + ": " + FileErrno.of(e) + "; see that the daemon has a /proc, and may read it.", e);
        }
    }

    private static boolean isMark(String text) {
        int colon = text.indexOf(':');
        return colon > 0
                && consistsOf(NUMBER, text.substring(0, colon))
                && colon < text.length() - 1
                && consistsOf(NONCE, text.substring(colon + 1));
    }

    private static boolean consistsOf(String characters, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}
