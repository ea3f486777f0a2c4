package org.daemonspec.internal.posix;

import java.lang.foreign.Linker;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The processors and C libraries that the bindings describe: Linux with glibc, on x86-64 and aarch64. The constants
 * that differ between the two processors are chosen here.
 *
 * @param directoryFlag {@code O_DIRECTORY}
 * @param noFollowFlag {@code O_NOFOLLOW}
 * @param contextSize {@code sizeof(ucontext_t)}
 * @param systemCalls numbers
 */
record Platform(int directoryFlag, int noFollowFlag, int contextSize, SystemCalls systemCalls) {

    /** The numbers of the system calls that are made without glibc's help, see syscalls(2). */
    record SystemCalls(int setgroups, int setresgid, int setresuid, int capset, int ioprioSet, int ioprioGet) {}

    /** Found once, without a lock: threads that look at the same time find the same. */
    private static @Nullable Platform known;

    // Numbers and not the bindings' methods: a test compares them, and a start loads one class less.

    private static Platform ofX86_64() {
        return new Platform(0x10000, 0x20000, 968, new SystemCalls(116, 119, 117, 126, 251, 252));
    }

    private static Platform ofAarch64() {
        return new Platform(0x4000, 0x8000, 4560, new SystemCalls(159, 149, 147, 91, 30, 31));
    }

    /**
     * The platform of this process.
     *
     * @throws UnsupportedOperationException where the bindings do not hold, or native access is denied
     */
    static Platform current() {
        Platform platform = known;
        if (platform == null) {
            NativeAccess.require();
            platform = detect(System.getProperty("os.name"), System.getProperty("os.arch"), hasGlibc());
            known = platform;
        }
        return platform;
    }

    static Platform detect(String system, String processor, boolean glibc) {
        if (!system.equals("Linux") || !glibc) {
            throw unsupported(system, processor, glibc);
        }
        return switch (processor.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> ofX86_64();
            case "aarch64" -> ofAarch64();
            default -> throw unsupported(system, processor, true);
        };
    }

    private static UnsupportedOperationException unsupported(String system, String processor, boolean glibc) {
        String libc = system.equals("Linux") && !glibc ? " without glibc (musl has no makecontext)" : "";
        return new UnsupportedOperationException(
                "daemonspec runs on Linux with glibc on x86-64 or aarch64, and this is " + system + libc + " on "
                        + processor + "; run the service in the foreground here.");
    }

    /** glibc's own version function: no other C library has it. */
    private static boolean hasGlibc() {
        return Linker.nativeLinker()
                .defaultLookup()
                .find("gnu_get_libc_version")
                .isPresent();
    }
}
