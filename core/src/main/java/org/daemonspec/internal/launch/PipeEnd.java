package org.daemonspec.internal.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * One end of a pipe for any thread. Closing it does not wait for a thread that reads or writes: the descriptor is closed when
 * that has come back, so that its number cannot become another file's under it. (The JDK's streams would open the pipe anew by
 * its name in {@code /proc}, without close-on-exec.)
 */
final class PipeEnd implements AutoCloseable {

    private static final int MOST_BYTES = 64 * 1024;

    private interface Operation {
        int on(Posix posix, Descriptor end);
    }

    private final int number;
    private final ReentrantLock inUse = new ReentrantLock();
    private volatile boolean closed;
    private boolean released;

    /** Takes over the descriptor. */
    PipeEnd(Descriptor descriptor) {
        this.number = descriptor.release();
    }

    /** Whether there is something that nobody has read and nobody is reading. */
    boolean hasUnread() {
        if (closed || !inUse.tryLock()) {
            return false;
        }
        try (Posix posix = Posix.open()) {
            return !released && posix.awaitReadable(posix.inherited(number), Duration.ZERO);
        } finally {
            inUse.unlock();
            releaseIfClosed();
        }
    }

    InputStream toInput() {
        return new InputStream() {

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                Objects.checkFromIndexSize(offset, length, buffer.length);
                return length == 0
                        ? 0
                        : use((posix, end) -> {
                            byte[] bytes = posix.read(end, Math.min(length, MOST_BYTES));
                            System.arraycopy(bytes, 0, buffer, offset, bytes.length);
                            return bytes.length == 0 ? -1 : bytes.length;
                        });
            }

            @Override
            public void close() {
                PipeEnd.this.close();
            }
        };
    }

    OutputStream toOutput() {
        return new OutputStream() {

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                Objects.checkFromIndexSize(offset, length, buffer.length);
                for (int done = 0; done < length; ) {
                    int from = offset + done;
                    int size = Math.min(length - done, MOST_BYTES);
                    done += use((posix, end) -> {
                        posix.write(end, Arrays.copyOfRange(buffer, from, from + size));
                        return size;
                    });
                }
            }

            @Override
            public void close() {
                PipeEnd.this.close();
            }
        };
    }

    private int use(Operation operation) throws IOException {
        inUse.lock();
        try (Posix posix = Posix.open()) {
            if (closed) {
                throw new IOException("the pipe is closed");
            }
            return operation.on(posix, posix.inherited(number));
        } catch (SystemCallException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            inUse.unlock();
            releaseIfClosed();
        }
    }

    @Override
    public void close() {
        closed = true;
        releaseIfClosed();
    }

    /** Whoever has it in use does this afterwards. */
    private void releaseIfClosed() {
        if (closed && inUse.tryLock()) {
            try (Posix posix = Posix.open()) {
                if (!released) {
                    released = true;
                    posix.inherited(number).close();
                }
            } finally {
                inUse.unlock();
            }
        }
    }
}
