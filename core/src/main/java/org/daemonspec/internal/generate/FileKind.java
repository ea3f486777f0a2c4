package org.daemonspec.internal.generate;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be generated. */
public enum FileKind {
    UNIT("systemd service unit, for /etc/systemd/system"),
    SOCKET("systemd socket unit, for /etc/systemd/system"),
    TMPFILES("directories and files that are there at boot, for /etc/tmpfiles.d"),
    LOGROTATE("how the logs are rotated, for /etc/logrotate.d"),
    DOCKERFILE("container image"),
    KUBERNETES("Kubernetes manifest, for that image"),
    OPENRC("OpenRC script, for /etc/init.d"),
    LSB("LSB init script, for /etc/init.d");

    private final String description;

    FileKind(String description) {
        this.description = description;
    }

    /** What it is, and where it belongs. */
    public String description() {
        return description;
    }

    /** As it is written on a command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind that a word names. */
    public static Optional<FileKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findAny();
    }

    /** All of them, with {@code |} in between. */
    public static String words() {
        return Arrays.stream(values()).map(FileKind::word).collect(Collectors.joining("|"));
    }
}
