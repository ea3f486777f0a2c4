package org.daemonspec.internal.posix;

import java.lang.foreign.Linker;
import java.util.Locale;
import org.daemonspec.bindings.LibcAarch64;
import org.daemonspec.bindings.LibcX86_64;
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

    // Not constants: the bindings may be touched only when native access is known to be allowed.

    private static SystemCalls ofX86_64() {
        return new SystemCalls(
                LibcX86_64.SYS_setgroups(),
                LibcX86_64.SYS_setresgid(),
                LibcX86_64.SYS_setresuid(),
                LibcX86_64.SYS_capset(),
                LibcX86_64.SYS_ioprio_set(),
                LibcX86_64.SYS_ioprio_get());
    }

    private static SystemCalls ofAarch64() {
        return new SystemCalls(
                LibcAarch64.SYS_setgroups(),
                LibcAarch64.SYS_setresgid(),
                LibcAarch64.SYS_setresuid(),
                LibcAarch64.SYS_capset(),
                LibcAarch64.SYS_ioprio_set(),
                LibcAarch64.SYS_ioprio_get());
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
            case "amd64", "x86_64" ->
                new Platform(
                        LibcX86_64.O_DIRECTORY(), LibcX86_64.O_NOFOLLOW(), LibcX86_64.UCONTEXT_T_SIZE(), ofX86_64());
            case "aarch64" ->
                new Platform(
                        LibcAarch64.O_DIRECTORY(),
                        LibcAarch64.O_NOFOLLOW(),
                        LibcAarch64.UCONTEXT_T_SIZE(),
                        ofAarch64());
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
