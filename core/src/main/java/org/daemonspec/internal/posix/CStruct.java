package org.daemonspec.internal.posix;

/**
 * Sizes and offsets in bytes of the structures of C that are filled in or read on the way of every start.
 *
 * <p>The generated classes know them too, but make a layout of objects for it and a method handle for each kind of field. Measured
 * in a fresh JVM: 10 ms for the layout of {@code flock}, 34 ms for that of {@code statx} and the first field read. These are numbers
 * when the compiler is through. A test compares them with the generated ones, and another those with the C compiler.
 */
final class CStruct {

    private CStruct() {}

    /** {@code struct flock}, see fcntl(2). */
    static final class Flock {

        static final int SIZE = 32;
        static final int L_TYPE = 0;
        static final int L_WHENCE = 2;
        static final int L_START = 8;
        static final int L_LEN = 16;
        static final int L_PID = 24;

        private Flock() {}
    }

    /** {@code struct statx}, see statx(2). */
    static final class Statx {

        static final int SIZE = 256;
        static final int STX_NLINK = 16;
        static final int STX_UID = 20;
        static final int STX_GID = 24;
        static final int STX_MODE = 28;
        static final int STX_INO = 32;
        static final int STX_SIZE = 40;
        static final int STX_DEV_MAJOR = 136;
        static final int STX_DEV_MINOR = 140;

        private Statx() {}
    }

    /** {@code struct pollfd}, see poll(2). */
    static final class Pollfd {

        static final int SIZE = 8;
        static final int FD = 0;
        static final int EVENTS = 4;
        static final int REVENTS = 6;

        private Pollfd() {}
    }

    /** {@code struct rlimit}, see prlimit(2). */
    static final class Rlimit {

        static final int SIZE = 16;
        static final int RLIM_CUR = 0;
        static final int RLIM_MAX = 8;

        private Rlimit() {}
    }

    /** {@code stack_t}, see sigaltstack(2). */
    static final class Stack_t {

        static final int SS_SP = 0;
        static final int SS_SIZE = 16;

        private Stack_t() {}
    }

    /** {@code struct timespec}. */
    static final class Timespec {

        static final int SIZE = 16;
        static final int TV_SEC = 0;
        static final int TV_NSEC = 8;

        private Timespec() {}
    }

    /** {@code struct sockaddr_un}, see unix(7). */
    static final class Sockaddr_un {

        static final int SIZE = 110;
        static final int SUN_FAMILY = 0;
        static final int SUN_PATH = 2;

        private Sockaddr_un() {}
    }

    /** {@code struct sockaddr_in}, see ip(7). */
    static final class Sockaddr_in {

        static final int SIZE = 16;
        static final int SIN_FAMILY = 0;
        static final int SIN_PORT = 2;
        static final int SIN_ADDR = 4;

        private Sockaddr_in() {}
    }

    /** {@code struct sched_param}, see sched_setscheduler(2). */
    static final class Sched_param {

        static final int SIZE = 4;
        static final int SCHED_PRIORITY = 0;

        private Sched_param() {}
    }

    /** {@code struct __user_cap_header_struct}, see capset(2). */
    static final class __user_cap_header_struct {

        static final int SIZE = 8;
        static final int VERSION = 0;

        private __user_cap_header_struct() {}
    }

    /** {@code struct __user_cap_data_struct}, see capset(2). */
    static final class __user_cap_data_struct {

        static final int SIZE = 12;
        static final int EFFECTIVE = 0;
        static final int PERMITTED = 4;
        static final int INHERITABLE = 8;

        private __user_cap_data_struct() {}
    }

    /** {@code struct passwd}, see getpwnam(3). */
    static final class Passwd {

        static final int SIZE = 48;
        static final int PW_NAME = 0;
        static final int PW_UID = 16;
        static final int PW_GID = 20;
        static final int PW_DIR = 32;
        static final int PW_SHELL = 40;

        private Passwd() {}
    }

    /** {@code struct group}, see getgrnam(3). */
    static final class Group {

        static final int SIZE = 32;
        static final int GR_GID = 16;

        private Group() {}
    }

    /** {@code struct iovec}, see sendmsg(2). */
    static final class Iovec {

        static final int SIZE = 16;
        static final int IOV_BASE = 0;
        static final int IOV_LEN = 8;

        private Iovec() {}
    }

    /** {@code struct msghdr}, see sendmsg(2). */
    static final class Msghdr {

        static final int SIZE = 56;
        static final int MSG_IOV = 16;
        static final int MSG_IOVLEN = 24;
        static final int MSG_CONTROL = 32;
        static final int MSG_CONTROLLEN = 40;

        private Msghdr() {}
    }

    /** {@code struct cmsghdr}, see cmsg(3). */
    static final class Cmsghdr {

        static final int SIZE = 16;
        static final int CMSG_LEN = 0;
        static final int CMSG_LEVEL = 8;
        static final int CMSG_TYPE = 12;

        private Cmsghdr() {}
    }
}
