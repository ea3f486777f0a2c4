package org.daemonspec.internal.launch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What kind of program a message to syslog is from, see syslog(3); {@code kern} is the kernel's alone. */
public enum Facility {
    USER(1),
    MAIL(2),
    DAEMON(3),
    AUTH(4),
    SYSLOG(5),
    LPR(6),
    NEWS(7),
    UUCP(8),
    CRON(9),
    AUTHPRIV(10),
    FTP(11),
    LOCAL0(16),
    LOCAL1(17),
    LOCAL2(18),
    LOCAL3(19),
    LOCAL4(20),
    LOCAL5(21),
    LOCAL6(22),
    LOCAL7(23);

    private final int number;

    Facility(int number) {
        this.number = number;
    }

    /** All of them, as syslog.conf(5) writes them. */
    public static List<String> names() {
        return Arrays.stream(values())
                .map(facility -> facility.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The one of this name. */
    static Facility named(String name) {
        return values()[names().indexOf(name)];
    }

    /** What stands in angle brackets before a message of this facility, as in RFC 3164. */
    int with(int priority) {
        return number * 8 + priority;
    }
}
