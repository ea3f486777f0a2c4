package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.daemonspec.support.Processes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SeenProcessTest {

    private Process process;

    @BeforeEach
    void start() throws Exception {
        process = new ProcessBuilder("sleep", "60").start();
    }

    @AfterEach
    void end() throws Exception {
        process.destroyForcibly().waitFor();
    }

    @Test
    void aProcessIsFoundForAsLongAsItIsThere() throws Exception {
        SeenProcess seen = seeNow();

        assertThat(seen.find()).contains(process.toHandle());
        end();
        assertThat(seen.find()).isEmpty();
    }

    @Test
    void oneThatHasEndedIsNotFoundAlthoughNobodyHasReapedIt() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "sleep 60 & echo $!; exec sleep 60").start();
        try {
            long child = Long.parseLong(parent.inputReader().readLine());
            SeenProcess seen =
                    new SeenProcess(child, ProcStat.of(child).orElseThrow().startTime());
            assertThat(seen.find()).map(ProcessHandle::pid).contains(child);

            ProcessHandle.of(child).orElseThrow().destroyForcibly();
            Processes.await(
                    "a zombie",
                    () -> ProcStat.of(child).filter(ProcStat::isZombie).isPresent());
            assertThat(seen.find()).isEmpty();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void whatHasThePidAndStartedLaterIsAnotherProcess() {
        long started = ProcStat.of(process.pid()).orElseThrow().startTime();

        assertThat(new SeenProcess(process.pid(), started).find()).contains(process.toHandle());
        assertThat(new SeenProcess(process.pid(), started - 1).find()).isEmpty();
    }

    @Test
    void itIsSeenWhenItHasStartedAndBeforeWhatStartsAfterIt() throws Exception {
        SeenProcess seen = seeNow();
        Processes.await("a clock tick", () -> seeNow().seenAt() > seen.seenAt());
        Process later = new ProcessBuilder("sleep", "60").start();
        try {
            assertThat(seen.seenAt())
                    .isGreaterThanOrEqualTo(
                            ProcStat.of(process.pid()).orElseThrow().startTime())
                    .isLessThan(ProcStat.of(later.pid()).orElseThrow().startTime());
        } finally {
            later.destroyForcibly().waitFor();
        }
    }

    private SeenProcess seeNow() {
        try (Posix posix = Posix.open()) {
            return SeenProcess.now(posix, process.pid());
        }
    }
}
