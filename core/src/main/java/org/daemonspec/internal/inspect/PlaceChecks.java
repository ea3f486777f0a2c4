package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.posix.ByteString;

/** What it makes files with, and where it stands, steps 10 and 11. */
final class PlaceChecks {

    private static final String DELETED = " (deleted)";
    private static final int OF_OWNER = 0700;
    private static final int MOUNT_POINT = 4;
    private static final Path TOP = Path.of("/");
    private static final int OCTAL = 8;
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

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
        Path directory = Files.readSymbolicLink(subject.proc("cwd"));
        Path root = Files.readSymbolicLink(subject.proc("root"));
        String evidence = subject.proc("cwd") + " -> " + directory;
        if (directory.equals(root)) {
            return Judgement.pass(evidence + (root.equals(TOP) ? "" : ", its root"));
        }
        if (!directory.startsWith(root)) {
            return Judgement.fail(
                    evidence + ", outside of its root " + root + ", which keeps it from nothing there",
                    "have it call chdir(2) with / right after chroot(2).");
        }
        if (directory.toString().endsWith(DELETED)) {
            return Judgement.fail(evidence + ", which is removed", "have it change to / or to a directory of its own.");
        }
        Path mount = mountOf(subject, TOP.resolve(root.relativize(directory)));
        if (mount.equals(TOP)) {
            return Judgement.pass(evidence + ", in the root file system, which stays mounted");
        }
        evidence += ", below the mount point " + mount;
        return ByteString.of(directory)
                        .equals(JvmProcess.environmentOf(subject.pid()).get("PWD"))
                ? Judgement.fail(
                        evidence + ", and where it was started, by PWD in its environment",
                        "have it change to /, or unmount needs the daemon to end; fine if it has its data there.")
                : Judgement.pass(evidence + ", and not where it was started, by PWD in its environment");
    }

    /** The innermost mount point above a path, see proc_pid_mountinfo(5). */
    private static Path mountOf(Subject subject, Path directory) throws IOException {
        Path found = TOP;
        for (String line : ByteString.read(subject.proc("mountinfo")).split("\n", -1)) {
            Path mount = line.isEmpty() ? TOP : ByteString.toPath(unescaped(line.split(" ", -1)[MOUNT_POINT]));
            if (directory.startsWith(mount) && mount.getNameCount() >= found.getNameCount()) {
                found = mount;
            }
        }
        return found;
    }

    /** Blanks, tabulators, newlines and backslashes are written as three octal digits there. */
    private static String unescaped(String mount) {
        return ESCAPED.matcher(mount)
                .replaceAll(digits ->
                        Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(digits.group(1), OCTAL))));
    }
}
