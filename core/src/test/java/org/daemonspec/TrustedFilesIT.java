package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.Processes;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A launcher with root's rights opens nothing for a daemon because the daemon's user has put a link in its way. */
class TrustedFilesIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path roots;
    private Path nobodys;

    @BeforeEach
    void make() throws Exception {
        Prefix.assumeRoot();
        directory = WorldReadable.directory(directory);
        roots = Files.createDirectory(directory.resolve("roots"));
        nobodys = Files.createDirectory(directory.resolve("nobodys"));
        Prefix.give(nobodys, Prefix.NOBODY);
    }

    @Test
    void aNewLogBelongsToTheUser() throws Exception {
        for (Path log : new Path[] {roots.resolve("new"), nobodys.resolve("new")}) {
            start(DaemonSpec.builder().stdout(log));

            assertThat(Files.getAttribute(log, "unix:uid")).isEqualTo(Prefix.NOBODY);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                    .isEqualTo("rw-r-----");
        }
    }

    @Test
    void rootsLogInRootsDirectoryIsWrittenAlsoByALinkThatRootMade() throws Exception {
        Path log = Files.createFile(roots.resolve("log"));
        Path link = Files.createSymbolicLink(roots.resolve("link"), log);

        start(DaemonSpec.builder().stdout(link));

        Processes.await("its words", () -> log.toFile().length() > 0);
        assertThat(Files.getAttribute(log, "unix:uid")).isEqualTo(0);
    }

    @Test
    void aLinkInTheUsersDirectoryLeadsToNoFileOfRoots() throws Exception {
        Path victim = Files.createFile(roots.resolve("victim"));
        Path link = Files.createSymbolicLink(nobodys.resolve("log"), victim);

        assertRefused(DaemonSpec.builder().stdout(link), "open log " + link, nobodys);
        assertRefused(DaemonSpec.builder().stderr(link), "open log " + link, nobodys);
        assertThat(victim).isEmptyFile();
        assertThat(Files.getAttribute(victim, "unix:uid")).isEqualTo(0);
    }

    @Test
    void aHardLinkInTheUsersDirectoryLeadsToNoFileOfRoots() throws Exception {
        Path victim = Files.createFile(roots.resolve("victim"));
        Path link = Files.createLink(nobodys.resolve("log"), victim);

        assertRefused(DaemonSpec.builder().stdout(link), "open log " + link, nobodys);
        assertThat(victim).isEmptyFile();
    }

    @Test
    void aDirectoryIsNotMadeWhereTheUserDecidesWhatThePathLeadsTo() throws Exception {
        Path link = Files.createSymbolicLink(nobodys.resolve("link"), roots);
        Path working = link.resolve("work");

        assertRefused(
                DaemonSpec.builder().workingDirectory(working).createWorkingDirectory(0750),
                "open workingDirectory " + working,
                nobodys);
        assertThat(roots).isEmptyDirectory();
    }

    @Test
    void aLinkOnTheWayLeadsToNoDirectoryOfRoots() throws Exception {
        Path link = Files.createSymbolicLink(nobodys.resolve("link"), roots);

        assertRefused(DaemonSpec.builder().stdout(link.resolve("log")), "open log " + link.resolve("log"), nobodys);
        assertThat(roots).isEmptyDirectory();
    }

    @Test
    void aFileOfTheUsersIsHisToNameWherever() throws Exception {
        Path log = Files.createFile(nobodys.resolve("own"));
        Prefix.give(log, Prefix.NOBODY);
        Path link = Files.createSymbolicLink(nobodys.resolve("link"), log);

        start(DaemonSpec.builder().stdout(link));

        Processes.await("its words", () -> log.toFile().length() > 0);
    }

    @Test
    void stdinIsNoWayToReadWhatOnlyRootMay() throws Exception {
        Path secret = Files.writeString(roots.resolve("secret"), "secret");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Path link = Files.createSymbolicLink(nobodys.resolve("in"), secret);
        Path log = nobodys.resolve("log");

        assertRefused(DaemonSpec.builder().stdin(link).stdout(log), "open stdin " + link, nobodys);
        start(DaemonSpec.builder().stdin(secret).stdout(log));
        Processes.await("root's own choice", () -> log.toFile().length() > "words\n".length());
    }

    @Test
    void anEnvironmentFileIsNoWayToReadWhatOnlyRootMay() throws Exception {
        Path secret = Files.writeString(roots.resolve("secret"), "SECRET=1\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Path link = Files.createSymbolicLink(nobodys.resolve("env"), secret);
        Path hardLink = Files.createLink(nobodys.resolve("hard"), secret);
        Path log = nobodys.resolve("log");

        for (Path planted : new Path[] {link, hardLink}) {
            DaemonSpec refused =
                    DaemonSpec.builder().environmentFile(planted).user("nobody").build();
            assertThatThrownBy(() -> refused.exec("sh", "-c", "echo $SECRET"))
                    .isInstanceOf(InvalidDaemonSpecException.class)
                    .hasMessageContaining("environmentFile " + planted + ": EPERM (it does not belong to uid 65534, who"
                            + " may decide in " + nobodys + " what the path leads to)");
            assertThat(refused.plan().toString()).contains("environmentFile " + planted + ": EPERM");
        }
        processes.own(DaemonSpec.builder()
                .environmentFile(secret)
                .stdout(log)
                .user("nobody")
                .build()
                .exec("sh", "-c", "echo \"variable $SECRET\"")
                .pid());
        Processes.await("root's own choice", () -> log.toFile().length() == "variable 1\n".length());
    }

    @Test
    void anEnvironmentFileThatIsNoneHasNobodyWait() throws Exception {
        Path pipe = nobodys.resolve("pipe");
        assertThat(processes.run(List.of("mkfifo", pipe.toString())).exitCode()).isZero();
        Prefix.give(pipe, Prefix.NOBODY);
        DaemonSpec refused =
                DaemonSpec.builder().environmentFile(pipe).user("nobody").build();

        assertThatThrownBy(() -> refused.exec("true"))
                .isInstanceOf(InvalidDaemonSpecException.class)
                .hasMessageContaining("environmentFile " + pipe + ": it is no regular file");
    }

    @Test
    void inAStickyDirectoryWhatIsRootsIsRoots() throws Exception {
        Files.setAttribute(roots, "unix:mode", 01777);
        Path log = Files.createFile(roots.resolve("log"));
        start(DaemonSpec.builder().stdout(log));

        Path planted = Files.createSymbolicLink(roots.resolve("planted"), log);
        Files.setAttribute(planted, "unix:uid", Prefix.NOBODY, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        assertRefused(DaemonSpec.builder().stdout(planted), "open log " + planted, roots);
    }

    private void start(DaemonSpec.Builder spec) {
        processes.own(
                spec.user("nobody").build().exec("sh", "-c", "echo words; cat").pid());
    }

    private static void assertRefused(DaemonSpec.Builder spec, String opening, Path place) {
        DaemonSpec refused = spec.name("probe").user("nobody").build();
        assertThatThrownBy(() -> refused.exec("sh", "-c", "echo words; cat"))
                .isInstanceOf(StartFailedException.class)
                .hasMessage("probe: start failed: " + opening
                        + ": EPERM (it does not belong to uid 65534, who may decide in "
                        + place
                        + " what the path leads to); give it to that user, or name a file in a directory that only"
                        + " root may change.");
    }
}
