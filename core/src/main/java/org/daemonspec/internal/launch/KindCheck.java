package org.daemonspec.internal.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What of a specification makes no sense for the kind of daemon that is to be started. */
final class KindCheck {

    private KindCheck() {}

    /** For another program. */
    static List<String> ofProgram(LaunchSpec spec) {
        List<String> problems = new ArrayList<>();
        if (spec.context().dumpable().isPresent()) {
            problems.add("dumpable: execve(2) sets it anew, so it can only be set for a task; leave it out.");
        }
        spec.context()
                .processName()
                .ifPresent(name -> problems.add("processName " + name
                        + ": execve(2) sets it anew, so it can only be set for a task; leave it out."));
        spec.sockets()
                .forEach(socket -> problems.add("listen " + socket.text()
                        + ": another program has no way to be told which of its descriptors it is; leave it out, and"
                        + " give the program the address, or an open descriptor by preserve."));
        if (spec.logs().rotation().isPresent()) {
            problems.add("rotateLogs: only a task's own process can open its logs anew, and exec makes another program;"
                    + " use logrotate with copytruncate.");
        }
        spec.crashDirectory()
                .ifPresent(directory -> problems.add("crashDirectory " + directory
                        + ": only a JVM leaves its traces there, so it can only be given for a task; leave it out."));
        spec.aotCache()
                .ifPresent(cache -> problems.add("aotCache " + cache
                        + ": only a JVM has use for it, so it can only be given for a task; leave it out."));
        if (spec.context().root().isPresent()) {
            spec.preserved().stream()
                    .filter(number -> Files.isDirectory(Path.of("/proc/self/fd", Integer.toString(number))))
                    .forEach(number -> problems.add("preserve " + number
                            + ": a directory, which is a way out of the new root directory; leave one"
                            + " of the two out."));
        }
        return problems;
    }

    /** For a task in a JVM. */
    static List<String> ofTask(LaunchSpec spec) {
        List<String> problems = new ArrayList<>();
        if (spec.context().root().isPresent()) {
            problems.add("chroot " + spec.context().root().get()
                    + ": a JVM would need its JDK, its libraries and /proc inside; use exec, or a container or"
                    + " systemd's RootDirectory=.");
        }
        return problems;
    }
}
