package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What cannot be a pidfile, or cannot be trusted: in a lock and in a start, with a sentence that says why and what to do, and
 * nothing has changed.
 */
class PidfileRefusalsIT {

    private static final int SOMEBODY_ELSE = 65533;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;

    @BeforeEach
    void name() throws IOException {
        directory = directory.toRealPath();
        pidfile = directory.resolve("program.pid");
    }

    // No file of its own

    @Test
    void aSymbolicLinkWhateverItLeadsTo() throws Exception {
        Path target = Files.writeString(directory.resolve("target"), "1\n");
        Files.createSymbolicLink(pidfile, target);
        assertRefused(pidfile, "ELOOP", "may not be a symbolic link");

        Path dangling = Files.createSymbolicLink(directory.resolve("dangling.pid"), directory.resolve("nowhere"));
        assertRefused(dangling, "ELOOP", "may not be a symbolic link");
        assertThat(directory.resolve("nowhere")).doesNotExist();

        Path loop = Files.createSymbolicLink(directory.resolve("loop.pid"), directory.resolve("loop.pid"));
        assertRefused(loop, "ELOOP", "may not be a symbolic link");
    }

    @Test
    void aDirectory() throws Exception {
        assertRefused(Files.createDirectory(pidfile), "EISDIR", "name one in that directory");
        assertThatExceptionOfType(UnusablePidfileException.class)
                .isThrownBy(() -> Pidfile.lock(Path.of("/")))
                .withMessageContaining("EISDIR");
    }

    @Test
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void aFifoWhoseOtherEndNobodyIsWaitedFor() throws Exception {
        processes.run(List.of("mkfifo", pidfile.toString()));
        Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString("rw-r--r--"));

        assertRefused(pidfile, "not a regular file");
    }

    @Test
    void aSocket() throws Exception {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(pidfile));

            assertRefused(pidfile, "ENXIO", "choose another path");
        }
    }

    @Test
    void aDevice() throws Exception {
        processes.run(List.of("mknod", "-m", "644", pidfile.toString(), "c", "1", "3"));
        assumeTrue(
                processes.run(List.of("sh", "-c", "echo test > " + pidfile)).exitCode() == 0
                        && !Files.isRegularFile(pidfile),
                "only root can make a device, and not on every file system");

        assertRefused(pidfile, "not a regular file");
    }

    // A file that proves nothing

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-", "rw-rw-rw-"})
    void aFileThatOthersMayWrite(String mode) throws Exception {
        Files.writeString(pidfile, "1\n");
        Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString(mode));

        assertRefused(pidfile, "_WRITE", "cannot be trusted; remove it or chmod it to 0644");
    }

    @Test
    void aFileOfAnotherUserToRoot() throws Exception {
        Files.writeString(pidfile, "1\n");
        chown(Prefix.NOBODY, pidfile);

        assertRefused(pidfile, "it belongs to ", "remove it, or choose another path");
    }

    @Test
    void aFileOfAnotherUserToAnOrdinaryUser() throws Exception {
        Path home = ownedBy(Prefix.NOBODY, "home");
        Path closed = Files.writeString(home.resolve("closed.pid"), "1\n");
        chown(SOMEBODY_ELSE, closed);
        Path open = Files.writeString(home.resolve("open.pid"), "1\n");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-rw-"));
        chown(SOMEBODY_ELSE, open);
        Path ofRoot = Files.writeString(home.resolve("root.pid"), "1\n");

        assertRefusedInProgram(Prefix.nobody(), closed, "EACCES", "start it as a user who may");
        assertRefusedInProgram(Prefix.nobody(), open, "it belongs to " + SOMEBODY_ELSE, "remove it");
        assertRefusedInProgram(Prefix.nobody(), ofRoot, "EACCES", "start it as a user who may");
    }

    @Test
    void aFileWithTextInIt() throws Exception {
        Files.writeString(pidfile, "x".repeat(64) + "\n");
        assertRefused(pidfile, "its 65 bytes are no pidfile's", "choose another path");

        Files.writeString(pidfile, "1".repeat(100) + " users\n");
        assertRefused(pidfile, "bytes are no pidfile's", "choose another path");
    }

    // No place for a file

    @Test
    void aMissingDirectory() {
        assertRefused(directory.resolve("missing/program.pid"), "ENOENT", "directory", "first");
        assertRefused(directory.resolve("missing/deeper/program.pid"), "ENOENT", "directory", "first");
    }

    @Test
    void aDirectoryThatIsAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "precious\n");

        assertRefused(file.resolve("program.pid"), "ENOTDIR", "directory");
    }

    @Test
    void aNameThatIsTooLong() {
        assertRefused(directory.resolve("x".repeat(256)), "ENAMETOOLONG", "choose another path");
    }

    @Test
    void aDirectoryThatThisUserMayNotWrite() throws Exception {
        Path ofRoot = ownedBy(0, "root");

        assertRefusedInProgram(Prefix.nobody(), ofRoot.resolve("program.pid"), "EACCES", "as a user who may");

        Finished creating = processes.run(Prefix.nobody()
                .before(PidfileProgram.command("lock " + ofRoot + "/made/program.pid CREATE_DIRECTORY")));
        assertThat(creating.out()).startsWith("UnusablePidfileException: mkdir " + ofRoot.resolve("made"));
        assertThat(ofRoot).isEmptyDirectory();
    }

    @Test
    void aDirectoryThatThisUserMayNotEnter() throws Exception {
        Path closed = ownedBy(0, "closed");
        Path inner = Files.createDirectory(closed.resolve("inner"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));

        assertRefusedInProgram(Prefix.nobody(), inner.resolve("program.pid"), "EACCES", "as a user who may");
    }

    @Test
    void aReadOnlyFileSystem() throws Exception {
        Prefix readOnly = inMountNamespace("echo 12 > \"$1/old.pid\" && mount -o remount,ro \"$1\"");

        assertRefusedInProgram(readOnly, pidfile, "EROFS");
        assertRefusedInProgram(readOnly, directory.resolve("old.pid"), "EROFS");

        assertThat(answers(
                        readOnly,
                        "lock " + directory.resolve("made/program.pid") + " CREATE_DIRECTORY",
                        "list " + directory,
                        "system cat " + directory.resolve("old.pid")))
                .satisfiesExactly(
                        refusal -> assertThat(refusal)
                                .startsWith("UnusablePidfileException: mkdir " + directory.resolve("made")),
                        listing -> assertThat(listing).isEqualTo("[old.pid]"),
                        content -> assertThat(content).isEqualTo("12"));
    }

    @Test
    void aReadOnlyBindMount() throws Exception {
        Prefix readOnly = inMountNamespace(
                "mkdir \"$1/d\" && mount --bind \"$1/d\" \"$1/d\" && mount -o remount,bind,ro \"$1/d\"");

        assertRefusedInProgram(readOnly, directory.resolve("d/program.pid"), "EROFS");
    }

    @Test
    void aFullDiskOnWhichNothingIsLeftBehind() throws Exception {
        Prefix full =
                inMountNamespace("echo 12 > \"$1/old.pid\"; dd if=/dev/zero of=\"$1/filler\" bs=4k 2>/dev/null; true");

        assertRefusedInProgram(full, pidfile, "pwrite", "ENOSPC", "with room on its disk");

        Path made = directory.resolve("made/inner/program.pid");
        assertThat(answers(
                        full,
                        "lock " + pidfile,
                        "exec " + pidfile + " sleep 60",
                        "lock " + made + " CREATE_DIRECTORY",
                        "exec-creating " + made + " sleep 60",
                        "list " + directory,
                        "lock " + directory.resolve("old.pid")))
                .satisfiesExactly(
                        lock -> assertThat(lock).contains("ENOSPC"),
                        start -> assertThat(start).contains("ENOSPC"),
                        lock -> assertThat(lock).contains("ENOSPC"),
                        start -> assertThat(start).contains("ENOSPC"),
                        listing -> assertThat(listing).isEqualTo("[filler old.pid]"),
                        room -> assertThat(room).as("a file that has its block").startsWith("locked"));
    }

    @Test
    void aFileSystemThatHasNoMoreFilesToGive() throws Exception {
        Prefix exhausted = inMountNamespace("mount -o remount,nr_inodes=2 \"$1\"");
        Path made = directory.resolve("made/inner/program.pid");

        assertThat(answers(
                        exhausted,
                        "lock " + made + " CREATE_DIRECTORY",
                        "exec-creating " + made + " sleep 60",
                        "list " + directory,
                        "system : > " + directory.resolve("last"),
                        "lock " + pidfile,
                        "exec " + pidfile + " sleep 60",
                        "list " + directory))
                .satisfiesExactly(
                        lock -> assertThat(lock)
                                .startsWith("UnusablePidfileException: mkdir " + made.getParent() + ": "),
                        start -> assertThat(start)
                                .startsWith("InvalidDaemonSpecException")
                                .contains("mkdir " + made.getParent() + ": "),
                        listing -> assertThat(listing).isEqualTo("[]"),
                        last -> assertThat(last).isEmpty(),
                        lock -> assertIsHelpful(lock, pidfile, "ENOSPC"),
                        start -> assertIsHelpful(start, pidfile, "ENOSPC"),
                        listing -> assertThat(listing).isEqualTo("[last]"));
    }

    /** A lock and a start in this process. */
    private void assertRefused(Path path, String... reasons) {
        Map<String, String> before = everything();

        assertThatExceptionOfType(UnusablePidfileException.class)
                .isThrownBy(() -> Pidfile.lock(path))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED))
                .satisfies(e -> assertIsHelpful(e.getMessage(), path, reasons));
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> processes.own(DaemonSpec.builder()
                        .name("program")
                        .pidfile(path)
                        .exec(recognizable())
                        .pid()))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED))
                .satisfies(e -> assertThat(e.problems())
                        .singleElement()
                        .satisfies(problem -> assertIsHelpful(problem, path, reasons)));

        assertThat(everything()).isEqualTo(before);
        assertNothingRuns();
    }

    /** A lock and a start in a process of another user, or with another view of the file system. */
    private void assertRefusedInProgram(Prefix prefix, Path path, String... reasons) throws Exception {
        Map<String, String> before = everything();

        List<String> answers = answers(prefix, "lock " + path, "exec " + path + " " + String.join(" ", recognizable()));

        assertThat(answers)
                .satisfiesExactly(
                        lock -> {
                            assertThat(lock).startsWith("UnusablePidfileException: ");
                            assertIsHelpful(lock, path, reasons);
                        },
                        start -> {
                            assertThat(start).startsWith("InvalidDaemonSpecException: ");
                            assertIsHelpful(start, path, reasons);
                        });
        assertThat(everything()).isEqualTo(before);
        assertNothingRuns();
        assertThat(processes.marked()).isEmpty();
    }

    /** Operation, object and cause; and what to do. */
    private static void assertIsHelpful(String sentence, Path path, String... reasons) {
        assertThat(sentence).contains(path.toString()).contains(reasons).matches("[^\\n]+: [^\\n]+; [a-z][^\\n]+\\.");
    }

    private List<String> answers(Prefix prefix, String... commands) throws Exception {
        Finished program = processes.run(prefix.before(PidfileProgram.command(commands)));
        assertThat(program.err()).isEmpty();
        assertThat(program.exitCode()).isZero();
        return program.out().lines().toList();
    }

    private List<String> recognizable() {
        return List.of("tail", "-f", "/dev/null", directory.resolve("nothing").toString());
    }

    private void assertNothingRuns() {
        assertThat(ProcessHandle.allProcesses())
                .noneMatch(process -> process.info()
                        .commandLine()
                        .filter(line ->
                                line.contains(directory.resolve("nothing").toString()))
                        .isPresent());
    }

    /** Whatever is in the test's directory, with its type, mode, owner, times and content. */
    private Map<String, String> everything() {
        Map<String, String> everything = new TreeMap<>();
        try (Stream<Path> entries = Files.walk(directory)) {
            for (Path entry : entries.toList()) {
                String attributes = new TreeMap<>(Files.readAttributes(
                                entry, "unix:ino,mode,uid,gid,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS))
                        .toString();
                String content = Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS) ? Files.readString(entry) : "";
                everything.put(entry.toString(), attributes + content);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return everything;
    }

    private void chown(int uid, Path path) throws Exception {
        Prefix.assumeRoot();
        Prefix.give(path, uid);
    }

    /** A directory in one that everybody may enter. */
    private Path ownedBy(int uid, String name) throws Exception {
        Path made = Files.createDirectory(directory.resolve(name));
        chown(uid, made);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        assumeTrue(
                processes
                        .run(Prefix.nobody().before(PidfileProgram.command("say hello")))
                        .out()
                        .equals("hello\n"),
                "another user may not read this build");
        return made;
    }

    /** With a small file system of its own at the test's directory, prepared by a script to which that is {@code $1}. */
    private Prefix inMountNamespace(String script) throws Exception {
        return Prefix.mounting(
                processes, "mount -t tmpfs -o mode=0755,size=64k none \"$1\" && { " + script + "; }", directory);
    }
}
