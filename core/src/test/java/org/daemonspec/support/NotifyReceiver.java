package org.daemonspec.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.daemonspec.bindings.Libc;
import org.daemonspec.bindings.cmsghdr;
import org.daemonspec.bindings.iovec;
import org.daemonspec.bindings.msghdr;
import org.daemonspec.bindings.pollfd;
import org.daemonspec.bindings.sockaddr_un;

/** A supervisor's side of sd_notify(3): a real datagram socket, and all that has come, with who sent it. */
public final class NotifyReceiver implements AutoCloseable {

    private static final int SCM_CREDENTIALS = 2; // not among the bindings
    private static final int BUFFER = 65_536;
    private static final int POLL_MILLISECONDS = 20;

    private final Arena arena = Arena.ofShared();
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final Thread reader = new Thread(this::readUntilClosed, "notify-receiver");
    private final int socket;
    private final MemorySegment address;
    private volatile boolean open = true;

    /**
     * A message.
     *
     * @param text its bytes as UTF-8
     * @param pid of the process that sent it, by the kernel's word
     * @param descriptors that came with it
     */
    public record Message(String text, long pid, List<Integer> descriptors) {

        /** Closes them. */
        public void closeDescriptors() {
            descriptors.forEach(Libc::close);
        }
    }

    private NotifyReceiver(String name) {
        this.socket = Libc.socket(Libc.AF_UNIX(), Libc.SOCK_DGRAM() | Libc.SOCK_CLOEXEC(), 0);
        assertThat(socket).isNotNegative();
        MemorySegment yes = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
        assertThat(Libc.setsockopt(socket, Libc.SOL_SOCKET(), Libc.SO_PASSCRED(), yes, Integer.BYTES))
                .isZero();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        this.address = arena.allocate(sockaddr_un.layout());
        sockaddr_un.sun_family(address, (short) Libc.AF_UNIX());
        MemorySegment.copy(bytes, 0, sockaddr_un.sun_path(address), ValueLayout.JAVA_BYTE, 0, bytes.length);
        if (name.startsWith("@")) {
            sockaddr_un.sun_path(address).set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
        }
        assertThat(Libc.bind(socket, address, Short.BYTES + bytes.length))
                .as("bind %s", name)
                .isZero();
    }

    /** One that reads at once, at a path or, after {@code @}, a name in the abstract namespace. */
    public static NotifyReceiver at(Object name) {
        NotifyReceiver receiver = asleep(name);
        receiver.read();
        return receiver;
    }

    /** One that does not read yet. */
    public static NotifyReceiver asleep(Object name) {
        return new NotifyReceiver(name.toString());
    }

    /** Reads from now on. */
    public void read() {
        reader.start();
    }

    /** Whether a message is in the queue of one that does not read. */
    public boolean hasWaiting() {
        try (Arena mine = Arena.ofConfined()) {
            return Libc.poll(inputOf(mine), 1, 0) == 1;
        }
    }

    private MemorySegment inputOf(Arena mine) {
        MemorySegment entry = mine.allocate(pollfd.layout());
        pollfd.fd(entry, socket);
        pollfd.events(entry, (short) Libc.POLLIN());
        return entry;
    }

    /** Everything that has come. */
    public List<Message> messages() {
        return List.copyOf(messages);
    }

    /** The texts of everything that has come. */
    public List<String> texts() {
        return messages.stream().map(Message::text).toList();
    }

    /** The same without signs of life. */
    public List<String> textsButAlive() {
        return messages.stream()
                .map(Message::text)
                .filter(text -> !text.equals("WATCHDOG=1"))
                .toList();
    }

    /** Waits for a message. */
    public Message await(Predicate<String> text) throws InterruptedException {
        Processes.await("a message; have " + texts(), () -> texts().stream().anyMatch(text));
        return messages.stream()
                .filter(message -> text.test(message.text()))
                .findFirst()
                .orElseThrow();
    }

    /** Waits for a message with this text. */
    public Message await(String text) throws InterruptedException {
        return await(text::equals);
    }

    private void readUntilClosed() {
        try (Arena mine = Arena.ofConfined()) {
            MemorySegment entry = inputOf(mine);
            MemorySegment buffer = mine.allocate(BUFFER);
            MemorySegment control = mine.allocate(4096, Long.BYTES);
            while (open) {
                if (Libc.poll(entry, 1, POLL_MILLISECONDS) == 1) {
                    receive(mine, buffer, control);
                }
            }
        }
    }

    private void receive(Arena mine, MemorySegment buffer, MemorySegment control) {
        MemorySegment vector = mine.allocate(iovec.layout());
        iovec.iov_base(vector, buffer);
        iovec.iov_len(vector, buffer.byteSize());
        MemorySegment header = mine.allocate(msghdr.layout());
        msghdr.msg_iov(header, vector);
        msghdr.msg_iovlen(header, 1);
        msghdr.msg_control(header, control);
        msghdr.msg_controllen(header, control.byteSize());
        long size = Libc.recvmsg(socket, header, Libc.MSG_CMSG_CLOEXEC());
        if (size < 0) {
            return;
        }
        byte[] bytes = buffer.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
        long pid = 0;
        List<Integer> descriptors = new ArrayList<>();
        long end = msghdr.msg_controllen(header);
        for (long at = 0; at + cmsghdr.sizeof() <= end; ) {
            MemorySegment entry = control.asSlice(at);
            long length = cmsghdr.cmsg_len(entry);
            if (cmsghdr.cmsg_type(entry) == SCM_CREDENTIALS) {
                pid = entry.get(ValueLayout.JAVA_INT, cmsghdr.sizeof());
            } else if (cmsghdr.cmsg_type(entry) == Libc.SCM_RIGHTS()) {
                for (long offset = cmsghdr.sizeof(); offset < length; offset += Integer.BYTES) {
                    descriptors.add(entry.get(ValueLayout.JAVA_INT, offset));
                }
            }
            at += Math.ceilDiv(length, Long.BYTES) * Long.BYTES;
        }
        messages.add(new Message(new String(bytes, StandardCharsets.UTF_8), pid, List.copyOf(descriptors)));
    }

    /** Is gone, as a supervisor that crashed. */
    public void leave() {
        if (open) {
            open = false;
            awaitReader();
            Libc.close(socket);
        }
    }

    private void awaitReader() {
        try {
            reader.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        leave();
        arena.close();
    }
}
