package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import org.daemonspec.bindings.Libc;

/**
 * An error number with its name and text, see errno(3). Names come from strerrorname_np(3) and untranslated texts from
 * strerrordesc_np(3), both glibc 2.32; before that, from {@link ErrnoNames} and strerror_r(3).
 *
 * @param number the value of errno, positive
 */
public record Errno(int number) {

    private static final int TEXT_SIZE = 256;

    public static final Errno EACCES = new Errno(Libc.EACCES());
    public static final Errno EADDRINUSE = new Errno(Libc.EADDRINUSE());
    public static final Errno EADDRNOTAVAIL = new Errno(Libc.EADDRNOTAVAIL());
    public static final Errno EAFNOSUPPORT = new Errno(Libc.EAFNOSUPPORT());
    public static final Errno E2BIG = new Errno(Libc.E2BIG());
    public static final Errno EAGAIN = new Errno(Libc.EAGAIN());
    public static final Errno EBADF = new Errno(Libc.EBADF());
    public static final Errno ECONNREFUSED = new Errno(Libc.ECONNREFUSED());
    public static final Errno EDQUOT = new Errno(Libc.EDQUOT());
    public static final Errno EEXIST = new Errno(Libc.EEXIST());
    public static final Errno EMFILE = new Errno(Libc.EMFILE());
    public static final Errno ENFILE = new Errno(Libc.ENFILE());
    public static final Errno ENOEXEC = new Errno(Libc.ENOEXEC());
    public static final Errno ENOMEM = new Errno(Libc.ENOMEM());
    public static final Errno EINVAL = new Errno(Libc.EINVAL());
    public static final Errno EISDIR = new Errno(Libc.EISDIR());
    public static final Errno ELOOP = new Errno(Libc.ELOOP());
    public static final Errno ENOENT = new Errno(Libc.ENOENT());
    public static final Errno ENOSYS = new Errno(Libc.ENOSYS());
    public static final Errno ENOSPC = new Errno(Libc.ENOSPC());
    public static final Errno ENOTDIR = new Errno(Libc.ENOTDIR());
    public static final Errno ENOTEMPTY = new Errno(Libc.ENOTEMPTY());
    public static final Errno EPERM = new Errno(Libc.EPERM());
    public static final Errno EPIPE = new Errno(Libc.EPIPE());
    public static final Errno EROFS = new Errno(Libc.EROFS());
    public static final Errno ESRCH = new Errno(Libc.ESRCH());

    /** The name as in errno(3), such as {@code ENOENT}. */
    public String name() {
        if (LibcFunction.STRERRORNAME_NP.isAvailable()) {
            try (NativeMemory memory = new NativeMemory()) {
                MemorySegment errno = memory.allocate(Integer.BYTES, Integer.BYTES);
                long name = NativeCall.pointerCall(errno, LibcFunction.STRERRORNAME_NP, number);
                if (name != 0) {
                    return NativeMemory.stringAt(name);
                }
            }
        }
        return ErrnoNames.of(number);
    }

    /** The explanation, such as {@code No such file or directory}. */
    public String description() {
        try (NativeMemory memory = new NativeMemory()) {
            MemorySegment errno = memory.allocate(Integer.BYTES, Integer.BYTES);
            if (LibcFunction.STRERRORDESC_NP.isAvailable()) {
                long text = NativeCall.pointerCall(errno, LibcFunction.STRERRORDESC_NP, number);
                return text == 0 ? "unknown error" : NativeMemory.stringAt(text);
            }
        }
        return localDescription();
    }

    /** The same in the language of this process's locale, if that has a translation: so the JDK's exceptions have it. */
    String localDescription() {
        try (NativeMemory memory = new NativeMemory()) {
            MemorySegment errno = memory.allocate(Integer.BYTES, Integer.BYTES);
            MemorySegment buffer = memory.allocate(TEXT_SIZE, 1);
            return NativeMemory.stringAt(NativeCall.pointerCall(
                    errno, LibcFunction.STRERROR_R, number, buffer.address(), buffer.byteSize()));
        }
    }

    /** Name and explanation, such as {@code ENOENT (No such file or directory)}. */
    @Override
    public String toString() {
        return name() + " (" + description() + ")";
    }
}
