package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAccessTest {

    private static final long SOMEBODY = 4711;

    @TempDir
    Path directory;

    private long owner;
    private long group;

    @BeforeEach
    void look() throws Exception {
        owner = (int) Files.getAttribute(directory, "unix:uid");
        group = (int) Files.getAttribute(directory, "unix:gid");
    }

    @Test
    void theFirstClassThatFitsDecides() throws Exception {
        Set<Long> members = Set.of(group, 12L);

        setMode(0070);
        assertThat(FileAccess.mayWrite(directory, new Credentials(SOMEBODY, members)))
                .isTrue();
        assertThat(FileAccess.mayWrite(directory, new Credentials(SOMEBODY, Set.of())))
                .isFalse();
        setMode(0707);
        assertThat(FileAccess.mayWrite(directory, new Credentials(SOMEBODY, members)))
                .isFalse();
        assertThat(FileAccess.mayWrite(directory, new Credentials(SOMEBODY, Set.of())))
                .isTrue();
        setMode(0702);
        assertThat(FileAccess.mayWrite(directory, new Credentials(SOMEBODY, Set.of())))
                .as("may not enter")
                .isFalse();
        setMode(0700);
        assertThat(FileAccess.mayWrite(directory, new Credentials(owner, Set.of())))
                .isTrue();
    }

    @Test
    void rootMayEverywhereAndNobodyWhereThereIsNoDirectory() throws Exception {
        setMode(0500);

        assertThat(FileAccess.mayWrite(directory, new Credentials(0, Set.of()))).isTrue();
        assertThat(FileAccess.mayWrite(directory.resolve("none"), new Credentials(0, Set.of())))
                .isFalse();
        assertThat(FileAccess.mayWrite(Files.createFile(directory.resolve("file")), new Credentials(0, Set.of())))
                .isFalse();
    }

    @Test
    void thisProcessAccessesFilesAsWhoOwnsWhatItMakes() throws Exception {
        Credentials own = Credentials.ofThisProcess();

        assertThat(own.uid()).isEqualTo(owner);
        assertThat(own.gids()).contains(group);
    }

    private void setMode(int mode) throws Exception {
        Files.setAttribute(directory, "unix:mode", mode);
    }
}
