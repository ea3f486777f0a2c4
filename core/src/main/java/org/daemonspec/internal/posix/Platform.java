package org.daemonspec.internal.posix;

import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
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
            String system = System.getProperty("os.name");
            platform = detect(system, System.getProperty("os.arch"), system.equals("Linux") && hasGlibc());
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
        SymbolLookup lookup = Linker.nativeLinker().defaultLookup();
        if (lookup.find("gnu_get_libc_version").isPresent()) {
            return true;
        }
        if (lookup.find("getpid").isEmpty()) {
            String library = Path.of(System.getProperty("java.home"), "lib", "libsyslookup.so")
                    .toString();
            throw new UnsupportedOperationException(
                    "libc's functions cannot be found: the JDK could not load " + library + ": " + reason(library)
                            + "; raise RLIMIT_NOFILE (ulimit -n) if that is about open files, else see that this JDK is"
                            + " complete.");
        }
        return false;
    }

    /** The JDK finds functions by a library of its own, and where it cannot load that it says for good that there are none. */
    @SuppressWarnings("restricted")
    private static String reason(String library) {
        if (!Files.exists(Path.of(library))) {
            return "it does not exist";
        }
        try {
            System.load(library);
            return "it can by now, but not when it was needed";
        } catch (UnsatisfiedLinkError e) {
            String message = String.valueOf(e.getMessage());
            return message.substring(message.lastIndexOf(": ") + 1).strip();
        }
    }
}
