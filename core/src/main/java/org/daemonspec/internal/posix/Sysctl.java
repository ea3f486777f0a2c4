package org.daemonspec.internal.posix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's own settings under {@code /proc/sys}, see proc_sys(5). */
public final class Sysctl {

    private static final int LONGEST = 64;

    private Sysctl() {}

    /**
     * A number. With one read(2), since the kernel answers a second one with the end of the file, wherever the first ended:
     * {@link Files#readString} begins with a single byte.
     *
     * @param name such as {@code fs/nr_open}
     */
    public static long number(String name) throws IOException {
        try (InputStream file = Files.newInputStream(Path.of("/proc/sys", name))) {
            byte[] text = new byte[LONGEST];
            int size = file.read(text);
            return Long.parseLong(new String(text, 0, Math.max(0, size), StandardCharsets.US_ASCII).strip());
        } catch (NumberFormatException e) {
            throw new IOException("/proc/sys/" + name + " is no number", e);
        }
    }
}
