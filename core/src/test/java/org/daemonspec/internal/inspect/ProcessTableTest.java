package org.daemonspec.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.daemonspec.internal.posix.ProcStatus;
import org.junit.jupiter.api.Test;

class ProcessTableTest {

    @Test
    void whoHasEndedHidesNothing() throws Exception {
        assumeTrue(
                ProcStatus.ofThisProcess().effectiveUid() == 0,
                "other users' processes hide theirs from others, and come and go");
        Process process = new ProcessBuilder("sleep", "60").start();
        ProcessTable table;
        try {
            table = ProcessTable.read();
        } finally {
            process.destroyForcibly().waitFor();
        }

        assertThat(table.find(process.pid())).isPresent();
        assertThat(blindSpot(table)).isEqualTo(blindSpot(ProcessTable.read()));
    }

    private static String blindSpot(ProcessTable table) {
        assertThat(table.holders(file -> file.number() < 0)).isEmpty();
        return table.blindSpot();
    }
}
