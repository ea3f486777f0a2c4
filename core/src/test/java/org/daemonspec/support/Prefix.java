package org.daemonspec.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What stands before a command that is to run as somebody else, or elsewhere: setpriv(1), unshare(1), prlimit(1) and the like, which
 * become the command in the end, with their pid.
 *
 * @param words the program and its arguments
 */
public record Prefix(List<String> words) {

    /** The user and group that belong to nobody. */
    public static final int NOBODY = 65534;

    /** Nothing: the command as it is. */
    public static final Prefix NONE = new Prefix(List.of());

    /** These words. */
    public static Prefix of(String... words) {
        return new Prefix(List.of(words));
    }

    /** As nobody, with no groups; only root can. */
    public static Prefix nobody() {
        return user(NOBODY);
    }

    /** As this user, in the group of the same number and no other; only root can. */
    public static Prefix user(int uid) {
        return of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups", "--");
    }

    /** With limits as prlimit(1) has them in its options. */
    public static Prefix limits(String... options) {
        List<String> words = new ArrayList<>(List.of("prlimit"));
        words.addAll(Arrays.asList(options));
        words.add("--");
        return new Prefix(words);
    }

    /**
     * In a mount namespace of its own, see mount_namespaces(7), after a shell has run a script there, whose last command
     * succeeds if all did; the test is skipped for who may not have one.
     *
     * @param arguments of the script, from {@code $1} on
     */
    public static Prefix mounting(Processes processes, String script, Path... arguments) throws Exception {
        assumeTrue(
                processes.run(List.of("unshare", "--mount", "true")).exitCode() == 0,
                "only root may mount a file system");
        List<String> words = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "{ " + script + "; } && shift " + arguments.length + " && exec \"$@\"",
                "sh"));
        Arrays.stream(arguments).map(Path::toString).forEach(words::add);
        return new Prefix(words);
    }

    /** Whether this is root's process. */
    public static boolean isRoot() {
        return new ProcView(ProcessHandle.current().pid()).status("Uid").startsWith("0\t");
    }

    /** The test is skipped if it is not root's: nobody else can be another user. */
    public static void assumeRoot() {
        assumeTrue(isRoot(), "only root may be anybody else");
    }

    /** Makes a file or directory a user's, and the group's of the same number. */
    public static void give(Path path, int uid) throws IOException {
        Files.setAttribute(path, "unix:uid", uid);
        Files.setAttribute(path, "unix:gid", uid);
    }

    /** This, and inside it the other. */
    public Prefix then(Prefix inner) {
        return new Prefix(before(inner.words()));
    }

    /** The whole command. */
    public List<String> before(List<String> command) {
        List<String> all = new ArrayList<>(words);
        all.addAll(command);
        return all;
    }
}
