package org.daemonspec.internal.posix;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.daemonspec.bindings.Libc;

/** The capabilities of capabilities(7), by number and by name. */
public final class Capability {

    public static final int KILL = Libc.CAP_KILL();
    public static final int SETGID = Libc.CAP_SETGID();
    public static final int SETUID = Libc.CAP_SETUID();
    public static final int SETPCAP = Libc.CAP_SETPCAP();
    public static final int SYS_CHROOT = Libc.CAP_SYS_CHROOT();
    public static final int SYS_NICE = Libc.CAP_SYS_NICE();
    public static final int SYS_PTRACE = Libc.CAP_SYS_PTRACE();
    public static final int SYS_RESOURCE = Libc.CAP_SYS_RESOURCE();

    private static final String PREFIX = "cap_";
    private static final int MOST = 63;
    private static final Map<Integer, String> NAMES = names();

    private Capability() {}

    /** The number of a name, in either case and with or without {@code CAP_}; empty if there is no such capability. */
    public static OptionalInt numberOf(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String bare = lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower;
        return NAMES.entrySet().stream()
                .filter(entry -> entry.getValue().equals(bare))
                .mapToInt(Map.Entry::getKey)
                .findAny();
    }

    /** The name, such as {@code net_bind_service}. */
    public static String name(int number) {
        return NAMES.getOrDefault(number, "capability " + number);
    }

    /** All names of a set, or {@code none}. */
    static String names(SortedSet<Integer> numbers) {
        return numbers.isEmpty()
                ? "none"
                : numbers.stream().map(Capability::name).collect(Collectors.joining(","));
    }

    /** The greatest number that this kernel knows. */
    static int last() {
        try {
            return (int) Sysctl.number("kernel/cap_last_cap");
        } catch (IOException unknown) {
            SortedSet<Integer> bounding = ProcStatus.ofThisProcess().capabilities("CapBnd");
            return bounding.isEmpty() ? MOST : bounding.last(); // what is not there need not be dropped
        }
    }

    private static Map<Integer, String> names() {
        Map<Integer, String> names = new TreeMap<>();
        names.put(Libc.CAP_CHOWN(), "chown");
        names.put(Libc.CAP_DAC_OVERRIDE(), "dac_override");
        names.put(Libc.CAP_DAC_READ_SEARCH(), "dac_read_search");
        names.put(Libc.CAP_FOWNER(), "fowner");
        names.put(Libc.CAP_FSETID(), "fsetid");
        names.put(Libc.CAP_KILL(), "kill");
        names.put(Libc.CAP_SETGID(), "setgid");
        names.put(Libc.CAP_SETUID(), "setuid");
        names.put(Libc.CAP_SETPCAP(), "setpcap");
        names.put(Libc.CAP_LINUX_IMMUTABLE(), "linux_immutable");
        names.put(Libc.CAP_NET_BIND_SERVICE(), "net_bind_service");
        names.put(Libc.CAP_NET_BROADCAST(), "net_broadcast");
        names.put(Libc.CAP_NET_ADMIN(), "net_admin");
        names.put(Libc.CAP_NET_RAW(), "net_raw");
        names.put(Libc.CAP_IPC_LOCK(), "ipc_lock");
        names.put(Libc.CAP_IPC_OWNER(), "ipc_owner");
        names.put(Libc.CAP_SYS_MODULE(), "sys_module");
        names.put(Libc.CAP_SYS_RAWIO(), "sys_rawio");
        names.put(Libc.CAP_SYS_CHROOT(), "sys_chroot");
        names.put(Libc.CAP_SYS_PTRACE(), "sys_ptrace");
        names.put(Libc.CAP_SYS_PACCT(), "sys_pacct");
        names.put(Libc.CAP_SYS_ADMIN(), "sys_admin");
        names.put(Libc.CAP_SYS_BOOT(), "sys_boot");
        names.put(Libc.CAP_SYS_NICE(), "sys_nice");
        names.put(Libc.CAP_SYS_RESOURCE(), "sys_resource");
        names.put(Libc.CAP_SYS_TIME(), "sys_time");
        names.put(Libc.CAP_SYS_TTY_CONFIG(), "sys_tty_config");
        names.put(Libc.CAP_MKNOD(), "mknod");
        names.put(Libc.CAP_LEASE(), "lease");
        names.put(Libc.CAP_AUDIT_WRITE(), "audit_write");
        names.put(Libc.CAP_AUDIT_CONTROL(), "audit_control");
        names.put(Libc.CAP_SETFCAP(), "setfcap");
        names.put(Libc.CAP_MAC_OVERRIDE(), "mac_override");
        names.put(Libc.CAP_MAC_ADMIN(), "mac_admin");
        names.put(Libc.CAP_SYSLOG(), "syslog");
        names.put(Libc.CAP_WAKE_ALARM(), "wake_alarm");
        names.put(Libc.CAP_BLOCK_SUSPEND(), "block_suspend");
        names.put(Libc.CAP_AUDIT_READ(), "audit_read");
        names.put(Libc.CAP_PERFMON(), "perfmon");
        names.put(Libc.CAP_BPF(), "bpf");
        names.put(Libc.CAP_CHECKPOINT_RESTORE(), "checkpoint_restore");
        return names;
    }
}
