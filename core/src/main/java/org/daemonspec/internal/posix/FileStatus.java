package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Set;
import org.daemonspec.bindings.Libc;

/**
 * What statx(2) says of a file.
 *
 * @param type of S_IFMT, see inode(7)
 * @param mode permissions, with sticky and set-ID bits
 * @param uid its owner
 * @param gid its group
 * @param deviceMajor of the file system
 * @param deviceMinor of the file system
 * @param inode which file of the file system
 * @param size in bytes
 * @param links how many names it has
 */
public record FileStatus(
        int type, int mode, long uid, long gid, int deviceMajor, int deviceMinor, long inode, long size, long links) {

    private static final long UNSIGNED = 0xFFFF_FFFFL;
    private static final int OWNER = 6;
    private static final int GROUP = 3;
    private static final int OTHERS = 0;

    static FileStatus from(MemorySegment memory) {
        ByteBuffer status = NativeMemory.bytes(memory);
        int mode = status.getShort(CStruct.Statx.STX_MODE);
        return new FileStatus(
                mode & Libc.S_IFMT(),
                mode & ~Libc.S_IFMT() & 0xFFFF,
                status.getInt(CStruct.Statx.STX_UID) & UNSIGNED,
                status.getInt(CStruct.Statx.STX_GID) & UNSIGNED,
                status.getInt(CStruct.Statx.STX_DEV_MAJOR),
                status.getInt(CStruct.Statx.STX_DEV_MINOR),
                status.getLong(CStruct.Statx.STX_INO),
                status.getLong(CStruct.Statx.STX_SIZE),
                status.getInt(CStruct.Statx.STX_NLINK) & UNSIGNED);
    }

    /** Whether it is a file as one thinks of files. */
    public boolean isRegular() {
        return type == Libc.S_IFREG();
    }

    /** Whether it is a symbolic link. */
    public boolean isSymbolicLink() {
        return type == Libc.S_IFLNK();
    }

    /** Whether only owners may remove what is in it, for a directory. */
    public boolean isSticky() {
        return (mode & Libc.S_ISVTX()) != 0;
    }

    /** Whether a user in these groups has these rights by the mode, as octal digits have them: the first class that fits decides. */
    public boolean allows(long user, Set<Long> groups, int rights) {
        int shift = user == uid ? OWNER : groups.contains(gid) ? GROUP : OTHERS;
        return user == 0 || (mode >> shift & rights) == rights;
    }

    /** Whether both are the same file, whatever its size by now. */
    public boolean isSameFileAs(FileStatus other) {
        return inode == other.inode && deviceMajor == other.deviceMajor && deviceMinor == other.deviceMinor;
    }
}
