package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine's C library, see getconf(1). */
final class GlibcVersion {

    private static final Pattern VERSION = Pattern.compile("glibc 2\\.(\\d+)\\s*");

    private GlibcVersion() {}

    /** The number after {@code 2.}. */
    static int minor() throws Exception {
        Process getconf = new ProcessBuilder("getconf", "GNU_LIBC_VERSION").start();
        Matcher version =
                VERSION.matcher(new String(getconf.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        assertThat(version).matches();
        return Integer.parseInt(version.group(1));
    }
}
