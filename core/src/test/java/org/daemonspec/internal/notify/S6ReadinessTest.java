package org.daemonspec.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S6ReadinessTest {

    @TempDir
    Path parent;

    @TempDir
    Path own;

    @BeforeEach
    void supervise() throws Exception {
        Files.writeString(parent.resolve("comm"), "s6-supervise\n");
        Files.createDirectory(parent.resolve("cwd"));
    }

    @Test
    void theNumberIsInTheSupervisorsDirectory() throws Exception {
        Files.writeString(parent.resolve("cwd/notification-fd"), "3\n");
        Files.writeString(own.resolve("notification-fd"), "4\n");

        assertThat(S6Readiness.announced(parent, own)).hasValue(3);
    }

    @Test
    void theNumberIsInThisProcesssDirectoryIfTheOtherIsNotToBeSeen() throws Exception {
        Files.delete(parent.resolve("cwd"));
        Files.writeString(own.resolve("notification-fd"), "4");

        assertThat(S6Readiness.announced(parent, own)).hasValue(4);
    }

    @Test
    void anotherParentWantsNothing() throws Exception {
        Files.writeString(parent.resolve("cwd/notification-fd"), "3\n");
        Files.writeString(parent.resolve("comm"), "s6-supervisor\n");

        assertThat(S6Readiness.announced(parent, own)).isEmpty();
    }

    @Test
    void aServiceWithoutTheFileOrWithANonsensicalOneIsNotWaitedFor() throws Exception {
        Files.writeString(own.resolve("notification-fd"), "4");
        assertThat(S6Readiness.announced(parent, own)).isEmpty();

        Files.writeString(parent.resolve("cwd/notification-fd"), "three\n");
        assertThat(S6Readiness.announced(parent, own)).isEmpty();
    }

    @Test
    void aDescriptorCountsOnlyIfItIsAnInheritedPipeToWriteTo() throws Exception {
        Path file = Files.createFile(own.resolve("file"));
        try (Posix posix = Posix.open()) {
            List<Descriptor> pipe = posix.pipe();
            try (Descriptor out = pipe.getLast();
                    Descriptor in = pipe.getFirst();
                    Descriptor regular = posix.open(file.toString(), Posix.OpenFor.APPENDING, 0)) {
                assertThat(S6Readiness.at(out.number())).as("made by this JVM").isEmpty();
                List.of(out, in, regular).forEach(each -> posix.clearCloseOnExec(each.number()));
                assertThat(S6Readiness.at(in.number())).isEmpty();
                assertThat(S6Readiness.at(regular.number())).isEmpty();
                assertThat(S6Readiness.at(100_000)).isEmpty();

                S6Readiness readiness = S6Readiness.at(out.number()).orElseThrow();
                readiness.keepFromChildren();
                assertThat(S6Readiness.at(out.number())).isEmpty(); // it is close-on-exec now
                assertThat(readiness.descriptor()).isEqualTo(out.number());
                int number = out.release();
                readiness.announce();

                assertThat(posix.read(in, 10)).containsExactly('\n');
                assertThat(posix.read(in, 10)).isEmpty(); // the other end is closed
                assertThat(Path.of("/proc/self/fd", Integer.toString(number))).doesNotExist();
            }
        }
    }

    @Test
    void aSupervisorThatIsGoneDoesNotMatter() {
        try (Posix posix = Posix.open()) {
            List<Descriptor> pipe = posix.pipe();
            pipe.getFirst().close();
            posix.clearCloseOnExec(pipe.getLast().number());

            S6Readiness.at(pipe.getLast().release()).orElseThrow().announce();
        }
    }
}
