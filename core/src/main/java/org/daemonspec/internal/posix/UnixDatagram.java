package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.daemonspec.bindings.Libc;

/**
 * Datagrams to a socket of this machine, with descriptors, see unix(7). Every one has a socket of its own: nothing stays open
 * between two that a child could inherit, and whoever binds the address anew is found. Not thread-safe, as its {@link Posix}.
 */
public final class UnixDatagram {

    /** How many bytes an address has at most: those of {@code sun_path}. */
    public static final int LONGEST_ADDRESS = 108;

    /** Not among the bindings; it is this number on every processor that they describe. */
    private static final int ENOBUFS = 105;

    private static final Duration UNTIL_THERE_ARE_BUFFERS = Duration.ofMillis(10);

    private static final int NO_PROTOCOL = 0;

    private final Posix posix;

    private UnixDatagram(Posix posix) {
        this.posix = posix;
    }

    /**
     * Sends one, with sendmsg(2) and without SIGPIPE.
     *
     * @param address a byte string: a path, or a name in the abstract namespace, which begins with NUL
     * @param message its bytes
     * @param descriptors which the receiver gets as well, by SCM_RIGHTS
     * @param patience how long to wait while the receiver's queue is full
     * @return whether it was sent; {@code false} if the queue was full all the time
     * @throws SystemCallException if that is not possible, and waiting does not help
     */
    public static boolean send(
            Posix posix, String address, byte[] message, List<Integer> descriptors, Duration patience) {
        return new UnixDatagram(posix).send(address, message, descriptors, patience);
    }

    private boolean send(String address, byte[] message, List<Integer> descriptors, Duration patience) {
        long begin = System.nanoTime();
        String object = ByteString.decode(address.replace('\0', '@'));
        MemorySegment header = header(message, descriptors);
        int type = Libc.SOCK_DGRAM() | Libc.SOCK_CLOEXEC();
        int number = posix.intCall(LibcFunction.SOCKET, Libc.AF_UNIX(), type, NO_PROTOCOL);
        try (Descriptor socket = new Descriptor(posix, Posix.checked(number, "socket AF_UNIX for", object))) {
            connect(socket, address, object);
            while (!trySend(socket, header, object)) {
                Duration left = patience.minusNanos(System.nanoTime() - begin);
                if (!left.isPositive()) {
                    return false;
                }
                awaitRoom(socket, left, object);
            }
            return true;
        }
    }

    /** So that poll(2) knows whose queue is meant. */
    private void connect(Descriptor socket, String address, String object) {
        byte[] name = address.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment memory = posix.allocate(CStruct.Sockaddr_un.SIZE, Short.BYTES);
        NativeMemory.putShort(memory, CStruct.Sockaddr_un.SUN_FAMILY, Libc.AF_UNIX());
        NativeMemory.put(memory, CStruct.Sockaddr_un.SUN_PATH, name);
        // A name in the abstract namespace ends with the address, and a path before the first NUL or with the address.
        long length = Short.BYTES + (long) name.length;
        int result;
        do {
            result = posix.intCall(LibcFunction.CONNECT, socket.number(), memory.address(), length);
        } while (result == -Libc.EINTR());
        Posix.checked(result, "connect", object);
    }

    /** Whether it was sent; otherwise there was no room. */
    private boolean trySend(Descriptor socket, MemorySegment header, String object) {
        int flags = Libc.MSG_NOSIGNAL() | Libc.MSG_DONTWAIT();
        long result;
        do {
            result = longCall(LibcFunction.SENDMSG, socket.number(), header.address(), flags);
        } while (result == -Libc.EINTR());
        if (result == -ENOBUFS) {
            posix.pause(UNTIL_THERE_ARE_BUFFERS);
            return false;
        }
        if (result == -Libc.EAGAIN()) {
            return false;
        }
        Posix.checked((int) result, "sendmsg", object);
        return true;
    }

    private void awaitRoom(Descriptor socket, Duration patience, String object) {
        MemorySegment entry = posix.allocate(CStruct.Pollfd.SIZE, Integer.BYTES);
        NativeMemory.putInt(entry, CStruct.Pollfd.FD, socket.number());
        NativeMemory.putShort(entry, CStruct.Pollfd.EVENTS, Libc.POLLOUT());
        long milliseconds = Math.min(Integer.MAX_VALUE - 1, TimeUnit.MILLISECONDS.convert(patience)) + 1;
        int result = posix.intCall(LibcFunction.POLL, entry.address(), 1, milliseconds);
        if (result != -Libc.EINTR()) {
            Posix.checked(result, "poll", object);
        }
    }

    private MemorySegment header(byte[] message, List<Integer> descriptors) {
        MemorySegment bytes = posix.allocate(Math.max(1, message.length), 1);
        NativeMemory.put(bytes, 0, message);
        MemorySegment vector = posix.allocate(CStruct.Iovec.SIZE, Long.BYTES);
        NativeMemory.putLong(vector, CStruct.Iovec.IOV_BASE, bytes.address());
        NativeMemory.putLong(vector, CStruct.Iovec.IOV_LEN, message.length);
        MemorySegment header = posix.allocate(CStruct.Msghdr.SIZE, Long.BYTES);
        NativeMemory.putLong(header, CStruct.Msghdr.MSG_IOV, vector.address());
        NativeMemory.putLong(header, CStruct.Msghdr.MSG_IOVLEN, 1);
        if (!descriptors.isEmpty()) {
            MemorySegment rights = rights(descriptors);
            NativeMemory.putLong(header, CStruct.Msghdr.MSG_CONTROL, rights.address());
            NativeMemory.putLong(header, CStruct.Msghdr.MSG_CONTROLLEN, rights.byteSize());
        }
        return header;
    }

    /** The control message, see cmsg(3): its head, the numbers behind it, and room up to the next multiple of a long. */
    private MemorySegment rights(List<Integer> descriptors) {
        long length = CStruct.Cmsghdr.SIZE + (long) Integer.BYTES * descriptors.size();
        long space = Math.ceilDiv(length, Long.BYTES) * Long.BYTES;
        MemorySegment rights = posix.allocate(space, Long.BYTES);
        NativeMemory.putLong(rights, CStruct.Cmsghdr.CMSG_LEN, length);
        NativeMemory.putInt(rights, CStruct.Cmsghdr.CMSG_LEVEL, Libc.SOL_SOCKET());
        NativeMemory.putInt(rights, CStruct.Cmsghdr.CMSG_TYPE, Libc.SCM_RIGHTS());
        for (int i = 0; i < descriptors.size(); i++) {
            NativeMemory.putInt(rights, CStruct.Cmsghdr.SIZE + Integer.BYTES * i, descriptors.get(i));
        }
        return rights;
    }

    private long longCall(LibcFunction function, long... arguments) {
        return NativeCall.longCall(posix.errno(), function, arguments);
    }
}
