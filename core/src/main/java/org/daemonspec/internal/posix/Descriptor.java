package org.daemonspec.internal.posix;

/**
 * A file descriptor with one owner. Closing twice does nothing; an error of close(2) is not reported, since Linux releases
 * the descriptor in any case. Not thread-safe: it belongs to the thread of its {@link Posix}.
 */
public final class Descriptor implements AutoCloseable {

    private final Posix posix;
    private final int number;
    private boolean open = true;

    Descriptor(Posix posix, int number) {
        this.posix = posix;
        this.number = number;
    }

    /** The number that system calls know it by. */
    public int number() {
        if (!open) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    /** Gives up ownership: the number, which stays open beyond the {@link Posix}, is the caller's to close. */
    public int release() {
        int released = number();
        open = false;
        return released;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            posix.close(number);
        }
    }
}
