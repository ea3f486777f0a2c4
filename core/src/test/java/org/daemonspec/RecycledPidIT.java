package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.daemonspec.RaceProgram.Outcome.ABSENT;
import static org.daemonspec.RaceProgram.Outcome.ALREADY_RUNNING;
import static org.daemonspec.RaceProgram.Outcome.FAILED;
import static org.daemonspec.RaceProgram.Outcome.NOT_RUNNING;
import static org.daemonspec.RaceProgram.Outcome.NOT_SENT;
import static org.daemonspec.RaceProgram.Outcome.NOT_STOPPED;
import static org.daemonspec.RaceProgram.Outcome.RUNNING;
import static org.daemonspec.RaceProgram.Outcome.STALE;
import static org.daemonspec.RaceProgram.Outcome.STARTED;
import static org.daemonspec.RaceProgram.Outcome.STARTING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.RaceProgram.Answer;
import org.daemonspec.RaceProgram.Outcome;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The pid of a daemon that was killed is given to a stranger, who is left in peace. In a pid namespace of its own, where pids
 * can be had by order: see ns_last_pid in proc_sys_kernel(5).
 */
class RecycledPidIT {

    private static final int MOST_ATTEMPTS = 50;

    /** Long enough for a pid to be given away. */
    private static final Duration DELAY = Duration.ofSeconds(4);

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private BufferedWriter script;
    private BufferedReader output;

    /** The shell is init in there: what is orphaned is its child, and when it ends all else does. */
    @BeforeEach
    void enterNamespace() throws Exception {
        pidfile = directory.resolve("program.pid");
        List<String> unshare = List.of("unshare", "--pid", "--fork", "--mount-proc");
        List<String> trial = new ArrayList<>(unshare);
        trial.addAll(List.of("sh", "-c", "echo 99 >/proc/sys/kernel/ns_last_pid"));
        assumeTrue(processes.run(trial).exitCode() == 0, "only root may make a pid namespace and choose pids in it");
        List<String> shell = new ArrayList<>(unshare);
        shell.add("sh");
        Process process = processes
                .builder(shell)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        script = process.outputWriter();
        output = process.inputReader();
    }

    @Test
    void aStrangerWithThePidOfADaemonThatWasKilledIsNotTakenForIt() throws Exception {
        long pid = killedDaemon();
        long stranger = strangerWithPid(pid);

        assertThat(ask("status").outcome()).isEqualTo(STALE);
        assertThat(ask("reload").outcome()).isEqualTo(NOT_RUNNING);
        assertIsAlive(stranger);
        assertThat(pidfile).hasContent(pid + "\n");
        assertThat(ask("stop").outcome()).isEqualTo(NOT_RUNNING);
        assertIsAlive(stranger);
        assertThat(pidfile).doesNotExist();
        assertThat(ask("status").outcome()).isEqualTo(ABSENT);
    }

    @Test
    void aStartAndARestartBesideAStrangerWithThePidOfTheDaemonLeaveItAlone() throws Exception {
        for (String word : List.of("start", "restart")) {
            long pid = killedDaemon();
            long stranger = strangerWithPid(pid);

            Answer started = ask(word, "sleep", "600");

            assertThat(started.outcome()).isEqualTo(STARTED);
            assertThat(started.pid().getAsLong()).isNotEqualTo(stranger);
            assertThat(ask("status").brief())
                    .isEqualTo("RUNNING " + started.pid().getAsLong());
            assertIsAlive(stranger);
            assertThat(ask("stop").brief()).isEqualTo("STOPPED " + started.pid().getAsLong());
            assertIsAlive(stranger);
        }
    }

    @Test
    void aStrangerWithThePidIsLeftAloneAlsoWhileSomebodyElseHoldsTheLock() throws Exception {
        long pid = killedDaemon();
        long stranger = strangerWithPid(pid);
        long holder = Long.parseLong(say("flock " + pidfile + " sleep 600 >/dev/null 2>&1 & echo $!"));
        Processes.await("the lock", this::isLocked);
        assertThat(pidfile).hasContent(pid + "\n");

        assertThat(ask("status").brief()).isEqualTo(STARTING.name());
        // each of these waits for the holder to say its pid
        List<Answer> answers = askAllAtOnce("stop", "reload", "restart", "start");

        assertThat(answers.get(0).outcome()).isEqualTo(NOT_STOPPED);
        assertThat(answers.get(0).pid()).isEmpty();
        assertThat(answers.get(1).outcome()).isEqualTo(NOT_SENT);
        assertThat(answers.get(1).pid()).isEmpty();
        assertThat(answers.get(2).outcome()).isEqualTo(FAILED);
        assertThat(answers.get(2).detail()).startsWith("org.daemonspec.RestartFailedException");
        assertThat(answers.get(3).brief()).isEqualTo(ALREADY_RUNNING.name());
        assertIsAlive(stranger);
        assertIsAlive(holder);
        assertThat(pidfile).hasContent(pid + "\n");
    }

    /** strace holds it up at a system call, from the numbers of which those of pidfds are the same on all machines. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"pidfd_open, 434, NOT_RUNNING", "pidfd_send_signal, 424, STOPPED"})
    void aStopDoesNotHitAStrangerWhoGetsThePidWhileItIsUnderWay(String call, int number, Outcome outcome)
            throws Exception {
        assumeTrue(
                say("strace -f -o /dev/null true && echo yes || echo no").equals("yes"),
                "there is no strace here, or it may not trace");
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            long pid = ask("start", "sleep", "600").pid().getAsLong();
            Path answer = directory.resolve("answer" + attempt);
            say("strace -f -o /dev/null -e trace=" + call + " -e inject=" + call + ":delay_enter=" + DELAY.toMillis()
                    + "000 " + command("stop") + " >" + answer + " & stop=$!; echo");
            Processes.await(call, () -> isIn(number) || isThere(answer));

            kill(pid);
            long stranger = strangerWithPid(pid);
            boolean inTime = isIn(number);
            say("wait $stop; echo");

            assertIsAlive(stranger);
            if (inTime) {
                assertThat(RaceProgram.answers(answer))
                        .extracting(Answer::outcome)
                        .containsExactly(outcome);
                assertThat(pidfile).doesNotExist();
                return;
            }
        }
        throw new AssertionError("in " + MOST_ATTEMPTS + " attempts the pid was given away too late");
    }

    /** Starts a daemon and kills it; the pid that it had is in the pidfile and free. */
    private long killedDaemon() throws Exception {
        Answer started = ask("start", "sleep", "600");
        assertThat(started.outcome()).isEqualTo(STARTED);
        long pid = started.pid().getAsLong();
        assertThat(ask("status").brief()).isEqualTo(RUNNING + " " + pid);
        kill(pid);
        assertThat(pidfile).hasContent(pid + "\n");
        return pid;
    }

    private void kill(long pid) throws Exception {
        say("kill -KILL " + pid + "; while [ -e /proc/" + pid + " ]; do sleep 0.01; done; echo");
    }

    /** Orders the pid for the next process in here, which is a sleep. */
    private long strangerWithPid(long pid) throws Exception {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            long got = Long.parseLong(say(
                    "echo " + (pid - 1) + " >/proc/sys/kernel/ns_last_pid;" + " sleep 600 >/dev/null 2>&1 & echo $!"));
            if (got == pid) {
                say("until grep -q ^sleep /proc/" + pid + "/cmdline; do sleep 0.01; done; echo");
                return pid;
            }
            say("kill -KILL " + got + "; echo");
        }
        throw new AssertionError("pid " + pid + " was not to be had in " + MOST_ATTEMPTS + " attempts");
    }

    /** Has another JVM do something. */
    private Answer ask(String word, String... arguments) throws Exception {
        return Answer.fromLine(say(command(word, arguments)));
    }

    private List<Answer> askAllAtOnce(String... words) throws Exception {
        StringBuilder all = new StringBuilder();
        for (String word : words) {
            all.append(command(word, "sleep", "600"))
                    .append(" >")
                    .append(directory.resolve(word))
                    .append(" & ")
                    .append(word)
                    .append("=$!; ");
        }
        for (String word : words) {
            all.append("wait $").append(word).append("; ");
        }
        say(all + "echo");
        List<Answer> answers = new ArrayList<>();
        for (String word : words) {
            answers.addAll(RaceProgram.answers(directory.resolve(word)));
        }
        return answers;
    }

    private String command(String word, String... arguments) {
        List<String> words = new ArrayList<>(List.of("do", word, pidfile.toString()));
        words.addAll(List.of(arguments));
        return Shell.quoted(RaceProgram.command(words.toArray(String[]::new)));
    }

    private boolean isLocked() {
        try {
            return say("flock --nonblock " + pidfile + " true && echo free || echo locked")
                    .equals("locked");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a thread of this test's processes is in the system call with this number. */
    private boolean isIn(int number) {
        try {
            for (ProcView process : processes.marked()) {
                Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
                try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
                    for (Path thread : threads) {
                        if (Files.readString(thread.resolve("syscall")).startsWith(number + " ")) {
                            return true;
                        }
                    }
                } catch (IOException | DirectoryIteratorException goneMeanwhile) {
                    // then it is in no system call
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isThere(Path answer) {
        try {
            return Files.exists(answer) && Files.size(answer) > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertIsAlive(long pid) throws Exception {
        assertThat(say("echo \"$(sed -n 's/^State:.\\(.\\).*/\\1/p' /proc/" + pid + "/status 2>&1)\""))
                .as("state of process %d", pid)
                .isEqualTo("S");
    }

    /** Has the shell do something and gives the line that it wrote. */
    private String say(String line) throws Exception {
        script.write(line + "\n");
        script.flush();
        Processes.await("an answer to " + line, () -> {
            try {
                return output.ready();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return output.readLine();
    }
}
