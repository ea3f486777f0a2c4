package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.socket.SocketCheck;

/** What of a specification does not fit this machine as it is now; found before anything is opened, locked or forked. */
final class MachineCheck {

    private MachineCheck() {}

    /** All problems, each one sentence: what, which, what to do. */
    static List<String> problems(LaunchSpec spec) {
        List<String> problems = new ArrayList<>();
        checkWorkingDirectory(
                spec.workingDirectory(), spec.workingDirectoryMode().isPresent(), problems);
        checkInput(spec.stdin(), problems);
        checkOutput("stdout", spec.stdout(), problems);
        checkOutput("stderr", spec.stderr(), problems);
        if (spec.logs().rotation().isPresent()) {
            checkRotatable("stdout", spec.stdout(), problems);
            checkRotatable("stderr", spec.stderr(), problems);
        }
        if (spec.pidfile().isPresent()) {
            checkPidfile(spec.pidfile().get(), spec.makePidfileDirectory(), problems);
        }
        for (int descriptor : spec.preserved()) {
            checkPreserved(descriptor, problems);
        }
        if (spec.crashDirectory().isPresent()) {
            checkCrashDirectory(spec.crashDirectory().get(), problems);
        }
        SocketCheck.addTo(problems, spec.sockets());
        for (EnvironmentChange change : spec.environment()) {
            checkVariable(change, problems);
        }
        for (String option : spec.jvmOptions()) {
            checkText("jvmOptions", option, problems);
        }
        for (String option : spec.launcherOptions()) {
            checkText("launcherOptions", option, problems);
        }
        return problems;
    }

    private static void checkWorkingDirectory(Path directory, boolean mayBeMade, List<String> problems) {
        if (mayBeMade && Files.notExists(directory)) {
            checkParent("workingDirectory", outermostMissing(directory), true, problems);
        } else if (!Files.isDirectory(directory)) {
            problems.add("workingDirectory " + directory + ": "
                    + (Files.exists(directory) ? "ENOTDIR (not a directory)" : "ENOENT (no such directory)")
                    + "; name a directory that exists.");
        } else if (!Files.isExecutable(directory)) {
            problems.add("workingDirectory " + directory + ": EACCES (this user may not enter it); choose another.");
        }
    }

    private static void checkInput(StandardStream stream, List<String> problems) {
        if (stream instanceof StandardStream.File(Path path)) {
            if (Files.isDirectory(path)) {
                problems.add("stdin " + path + ": EISDIR (a directory); name a file.");
            } else if (!Files.exists(path)) {
                problems.add("stdin " + path + ": ENOENT (no such file); name a file that exists.");
            } else if (!Files.isReadable(path)) {
                problems.add(
                        "stdin " + path + ": EACCES (this user may not read it); choose another or change its mode.");
            }
        }
    }

    private static void checkOutput(String stream, StandardStream output, List<String> problems) {
        if (output instanceof StandardStream.File(Path path)) {
            if (Files.isDirectory(path)) {
                problems.add(stream + " " + path + ": EISDIR (a directory); name a file in it.");
            } else if (Files.exists(path) && !Files.isWritable(path)) {
                problems.add(stream + " " + path
                        + ": EACCES (this user may not write it); choose another or change its owner or mode.");
            } else if (!Files.exists(path)) {
                checkParent(stream, path, false, problems);
            }
        } else {
            SystemLog.check(output, problems);
        }
    }

    private static void checkRotatable(String stream, StandardStream output, List<String> problems) {
        if (output instanceof StandardStream.File(Path path)
                && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && !Files.isDirectory(path)) {
            problems.add(
                    stream + " " + path + ": " + (Files.isSymbolicLink(path) ? "a symbolic link" : "no regular file")
                            + ", which rotateLogs cannot rename; name the file itself, or leave rotateLogs out.");
        }
    }

    private static void checkPidfile(Path pidfile, boolean makeDirectory, List<String> problems) {
        checkParent("pidfile", makeDirectory ? outermostMissing(pidfile) : pidfile, makeDirectory, problems);
    }

    /** The path itself, or that one of the directories above it which has to be made first. */
    private static Path outermostMissing(Path path) {
        Path outermost = path.toAbsolutePath();
        while (outermost.getParent() != null && !Files.exists(outermost.getParent())) {
            outermost = outermost.getParent();
        }
        return outermost;
    }

    /** A file of {@code /proc}, so that the question opens nothing. */
    private static void checkPreserved(int descriptor, List<String> problems) {
        if (!Files.isSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)))) {
            problems.add("preserve " + descriptor + ": EBADF (the launcher has no such descriptor); open it before, as"
                    + " a shell does with " + descriptor + "<file, or leave it out.");
        }
    }

    private static void checkCrashDirectory(Path directory, List<String> problems) {
        if (!Files.isDirectory(directory)) {
            problems.add("crashDirectory " + directory + ": "
                    + (Files.exists(directory) ? "ENOTDIR (not a directory)" : "ENOENT (no such directory)")
                    + "; name a directory that exists.");
        }
    }

    /** One look for each question: a directory that is to be made comes and goes with starts that fail. */
    private static void checkParent(String what, Path path, boolean mayBeMade, List<String> problems) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            problems.add(what + " " + path + ": EISDIR (a directory); name a file in it.");
            return;
        }
        try {
            if (!Files.readAttributes(parent, BasicFileAttributes.class).isDirectory()) {
                problems.add(what + " " + path + ": ENOTDIR (" + parent + " is not a directory); make the directory "
                        + parent + " first.");
            } else if (!Files.exists(path)) {
                parent.getFileSystem().provider().checkAccess(parent, AccessMode.WRITE);
            }
        } catch (NoSuchFileException e) {
            if (!mayBeMade) {
                problems.add(what + " " + path + ": ENOENT (no directory " + parent + "); make the directory " + parent
                        + " first.");
            }
        } catch (AccessDeniedException e) {
            problems.add(what + " " + path + ": EACCES (this user may not create files in " + parent
                    + "); choose another directory or start it as a user who may.");
        } catch (IOException e) {
            problems.add(what + " " + path + ": " + FileErrno.of(e) + "; choose another directory.");
        }
    }

    private static void checkVariable(EnvironmentChange change, List<String> problems) {
        if (change instanceof EnvironmentChange.Unset unset) {
            checkText("environment", unset.name(), problems);
        } else if (change instanceof EnvironmentChange.Set set) {
            checkText("environment", set.name(), problems);
            checkText("environment " + set.name(), set.value(), problems);
        }
    }

    /** A text that this locale cannot write would reach the daemon with question marks in it. */
    static void checkText(String what, String text, List<String> problems) {
        try {
            ByteString.encode(text);
        } catch (ByteString.UnencodableException e) {
            problems.add(what + ": " + e.getMessage());
        }
    }
}
