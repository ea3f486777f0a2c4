package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.daemonspec.internal.launch.commandline.JvmProcess;

/** What it makes files with, and where it stands, steps 10 and 11. */
final class PlaceChecks {

    private static final String DELETED = " (deleted)";
    private static final int OF_OWNER = 0700;
    private static final int MOUNT_POINT = 4;

    private PlaceChecks() {}

    /** Step 10 wants 0; today most daemons have one that is set on purpose, which cannot be told from one that is left. */
    static Judgement umask(Subject subject) throws IOException {
        int umask = subject.status().umask();
        String evidence = subject.proc("status") + ": Umask is 0" + Integer.toOctalString(umask);
        return (umask & OF_OWNER) == 0
                ? Judgement.pass(evidence)
                : Judgement.fail(
                        evidence + ", so that it may not use the files that it makes", "set it to 022, 027 or 0.");
    }

    /**
     * A daemon in a mounted file system keeps it from being unmounted. If it is there on purpose it has gone there; a shell leaves
     * in PWD where it was started.
     */
    static Judgement workingDirectory(Subject subject) throws IOException {
        String directory = Files.readSymbolicLink(subject.proc("cwd")).toString();
        String root = Files.readSymbolicLink(subject.proc("root")).toString();
        String evidence = subject.proc("cwd") + " -> " + directory;
        if (directory.equals(root)) {
            return Judgement.pass(evidence + (root.equals("/") ? "" : ", its root"));
        }
        if (directory.endsWith(DELETED)) {
            return Judgement.fail(evidence + ", which is removed", "have it change to / or to a directory of its own.");
        }
        String mount = mountOf(subject, root.equals("/") ? directory : directory.substring(root.length()));
        if (mount.equals("/")) {
            return Judgement.pass(evidence + ", in the root file system, which stays mounted");
        }
        evidence += ", below the mount point " + mount;
        return directory.equals(JvmProcess.environmentOf(subject.pid()).get("PWD"))
                ? Judgement.fail(
                        evidence + ", and where it was started, by PWD in its environment",
                        "have it change to /, or unmount needs the daemon to end; fine if it has its data there.")
                : Judgement.pass(evidence + ", and not where it was started, by PWD in its environment");
    }

    /** The innermost mount point above a path, see proc_pid_mountinfo(5). */
    private static String mountOf(Subject subject, String directory) throws IOException {
        Path path = Path.of(directory);
        Path found = Path.of("/");
        for (String line : Files.readAllLines(subject.proc("mountinfo"), StandardCharsets.ISO_8859_1)) {
            Path mount = Path.of(line.split(" ", -1)[MOUNT_POINT].replace("\\040", " "));
            if (path.startsWith(mount) && mount.getNameCount() >= found.getNameCount()) {
                found = mount;
            }
        }
        return found.toString();
    }
}
