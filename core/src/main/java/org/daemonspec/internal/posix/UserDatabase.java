package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.daemonspec.bindings.Libc;

/**
 * The users and groups that this machine knows, from wherever nsswitch.conf(5) says: files, LDAP, systemd. Strings are
 * {@linkplain ByteString byte strings}. Belongs to the thread of its {@link Posix}.
 */
public final class UserDatabase {

    private static final int FIRST_SIZE = 1024;
    private static final int LARGEST_SIZE = 16 * 1024 * 1024;
    private static final int FIRST_GROUPS = 64;
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private final Posix posix;

    /** The users and groups, to be asked with the memory of a {@link Posix}. */
    public UserDatabase(Posix posix) {
        this.posix = posix;
    }

    /**
     * A user, see passwd(5).
     *
     * @param name to log in
     * @param uid the number
     * @param gid of the user's own group
     * @param home the home directory
     * @param shell the login shell
     */
    public record User(String name, long uid, long gid, String home, String shell) {}

    /**
     * getpwnam_r(3).
     *
     * @throws SystemCallException if the user database cannot be asked
     */
    public Optional<User> user(String name) {
        return user(LibcFunction.GETPWNAM_R, posix.string(name), name);
    }

    /** The same by number: getpwuid_r(3). */
    public Optional<User> user(long uid) {
        return user(LibcFunction.GETPWUID_R, uid, Long.toString(uid));
    }

    /** The number of a group: getgrnam_r(3). */
    public OptionalLong group(String name) {
        MemorySegment entry = posix.allocate(CStruct.Group.SIZE, Long.BYTES);
        return find(LibcFunction.GETGRNAM_R, posix.string(name), name, entry)
                ? OptionalLong.of(NativeMemory.getInt(entry, CStruct.Group.GR_GID) & UNSIGNED)
                : OptionalLong.empty();
    }

    /** All groups that a user is in, the given one among them: getgrouplist(3), as initgroups(3) uses it. */
    public SortedSet<Long> groups(String user, long gid) {
        MemorySegment count = posix.allocate(Integer.BYTES, Integer.BYTES);
        int room = FIRST_GROUPS;
        while (true) {
            MemorySegment list = posix.allocate((long) room * Integer.BYTES, Integer.BYTES);
            NativeMemory.putInt(count, 0, room);
            int result = posix.errorNumberCall(
                    LibcFunction.GETGROUPLIST, posix.string(user), gid, list.address(), count.address());
            int found = NativeMemory.getInt(count, 0);
            if (-result >= 0) { // it returns the count, and -1 if there was not enough room
                SortedSet<Long> groups = new TreeSet<>();
                for (int i = 0; i < found; i++) {
                    groups.add(NativeMemory.getInt(list, i * Integer.BYTES) & UNSIGNED);
                }
                return groups;
            }
            room = Math.max(2 * room, found);
        }
    }

    private Optional<User> user(LibcFunction function, long key, String object) {
        MemorySegment entry = posix.allocate(CStruct.Passwd.SIZE, Long.BYTES);
        return find(function, key, object, entry)
                ? Optional.of(new User(
                        string(entry, CStruct.Passwd.PW_NAME),
                        NativeMemory.getInt(entry, CStruct.Passwd.PW_UID) & UNSIGNED,
                        NativeMemory.getInt(entry, CStruct.Passwd.PW_GID) & UNSIGNED,
                        string(entry, CStruct.Passwd.PW_DIR),
                        string(entry, CStruct.Passwd.PW_SHELL)))
                : Optional.empty();
    }

    /** Whether there is one. "Not found" may also come as one of several error numbers, see getpwnam(3). */
    private boolean find(LibcFunction function, long key, String object, MemorySegment entry) {
        MemorySegment result = posix.allocate(Long.BYTES, Long.BYTES);
        for (int size = FIRST_SIZE; ; size *= 4) {
            MemorySegment strings = posix.allocate(size, Long.BYTES);
            int error =
                    -posix.errorNumberCall(function, key, entry.address(), strings.address(), size, result.address());
            if (error == 0) {
                return NativeMemory.getLong(result, 0) != 0;
            }
            if (error == Libc.ENOENT() || error == Libc.ESRCH() || error == Libc.EBADF() || error == Libc.EPERM()) {
                return false;
            }
            if (error != Libc.EINTR() && (error != Libc.ERANGE() || size >= LARGEST_SIZE)) {
                throw new SystemCallException(function.symbol(), ByteString.decode(object), error);
            }
        }
    }

    private static String string(MemorySegment entry, int field) {
        return NativeMemory.stringAt(NativeMemory.getLong(entry, field));
    }
}
