package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.SystemLogs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Output to a real systemd-journald, which has a {@code /run} of its own. */
class JournalIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private SystemLogs journal;

    @BeforeEach
    void startJournal() throws Exception {
        pidfile = directory.resolve("probe.pid");
        journal = SystemLogs.journal(processes);
    }

    @AfterEach
    void endJournal() throws Exception {
        journal.end();
    }

    @Test
    void eachLineIsAnEntryOfTheDaemonWithItsOwnPriorityAndAHangupChangesNothing() throws Exception {
        assertThat(start("task", "say")).isEqualTo(new Finished(0, "", ""));
        ProcView daemon = ProcView.ofPidfile(pidfile);
        signal("HUP", daemon);

        String pid = "_PID=" + daemon.pid();
        awaitEntries(List.of("after ready", "and this is none", "reloaded"), pid, "PRIORITY=6");
        awaitEntries(List.of("this is a warning"), pid, "PRIORITY=4");
        awaitEntries(List.of("in trouble", "<html>"), pid, "PRIORITY=3");
        awaitEntries(List.of("before ready"), "SYSLOG_IDENTIFIER=probe", "PRIORITY=6", "_PID=" + daemon.pid());
        assertThat(daemon.descriptors().get(1)).startsWith("socket:");
        assertThat(processes.marked()).as("nobody in between").hasSize(2);
    }

    @Test
    void theReasonOfAFailedStartIsForTheOneWhoWaitsAndForTheJournal() throws Exception {
        Finished launcher = start("task", "exit");

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err()).contains("(exit status 3)", "its last words on stderr:\n    last words");
        awaitEntries(List.of("last words"), "SYSLOG_IDENTIFIER=probe", "PRIORITY=3");
    }

    @Test
    void aProgramsOutputGoesThereToo() throws Exception {
        List<String> command = Launcher.mode("exec")
                .with("pidfile", pidfile)
                .with("journal", "")
                .command("sh", "-c", "echo hello; echo alas >&2; sleep 60");

        Finished launcher = processes.run(journal.inside(command));

        assertThat(launcher.exitCode()).as(launcher.err()).isZero();
        String pid = "_PID=" + ProcView.ofPidfile(pidfile).pid();
        awaitEntries(List.of("hello"), pid, "PRIORITY=6");
        awaitEntries(List.of("alas"), pid, "PRIORITY=3");
    }

    @Test
    void aMachineWithoutJournalIsAProblemBeforeAnythingIsStarted() throws Exception {
        Prefix withoutJournal = Prefix.mounting(processes, "mount -t tmpfs tmpfs /run");

        Finished launcher = processes.run(
                withoutJournal.before(LogProgram.command(Map.of("pidfile", pidfile, "journal", "", "task", "say"))));

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(launcher.err())
                .isEqualTo(
                        "probe: not started: journal: ENOENT (no /run/systemd/journal/stdout); start systemd-journald"
                                + " first, or use syslog or files.\n");
        assertThat(pidfile).doesNotExist();
    }

    private Finished start(String... settings) throws Exception {
        Map<String, Object> all = new TreeMap<>(Map.of("pidfile", pidfile, "journal", ""));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return processes.run(journal.inside(LogProgram.command(all)));
    }

    private void signal(String name, ProcView process) throws Exception {
        assertThat(processes
                        .run(List.of("kill", "-" + name, Long.toString(process.pid())))
                        .exitCode())
                .isZero();
    }

    /** Waits until the journal shows exactly these texts where the fields match. */
    private void awaitEntries(List<String> texts, String... fields) throws Exception {
        List<String> command = new ArrayList<>(List.of("journalctl", "--quiet", "--no-pager", "--output=cat"));
        command.addAll(List.of(fields));
        List<String> inside = journal.inside(command);
        Processes.await(texts + " in the journal", () -> {
            try {
                return processes.run(inside).out().lines().toList().containsAll(texts);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
