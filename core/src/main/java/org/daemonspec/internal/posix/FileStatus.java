package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import org.daemonspec.bindings.Libc;
import org.daemonspec.bindings.statx;

/**
 * What statx(2) says of a file.
 *
 * @param type of S_IFMT, see inode(7)
 * @param deviceMajor of the file system
 * @param deviceMinor of the file system
 * @param inode which file of the file system
 * @param size in bytes
 */
public record FileStatus(int type, int deviceMajor, int deviceMinor, long inode, long size) {

    static FileStatus from(MemorySegment status) {
        return new FileStatus(
                statx.stx_mode(status) & Libc.S_IFMT(),
                statx.stx_dev_major(status),
                statx.stx_dev_minor(status),
                statx.stx_ino(status),
                statx.stx_size(status));
    }

    /** Whether it is a file as one thinks of files. */
    public boolean isRegular() {
        return type == Libc.S_IFREG();
    }

    /** Whether it is a symbolic link. */
    public boolean isSymbolicLink() {
        return type == Libc.S_IFLNK();
    }

    /** Whether both are the same file, whatever its size by now. */
    public boolean isSameFileAs(FileStatus other) {
        return inode == other.inode && deviceMajor == other.deviceMajor && deviceMinor == other.deviceMinor;
    }
}
