package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.daemonspec.RaceProgram.Outcome.ABSENT;
import static org.daemonspec.RaceProgram.Outcome.ALREADY_RUNNING;
import static org.daemonspec.RaceProgram.Outcome.FAILED;
import static org.daemonspec.RaceProgram.Outcome.KILLED;
import static org.daemonspec.RaceProgram.Outcome.NOT_RUNNING;
import static org.daemonspec.RaceProgram.Outcome.NOT_STOPPED;
import static org.daemonspec.RaceProgram.Outcome.RUNNING;
import static org.daemonspec.RaceProgram.Outcome.STALE;
import static org.daemonspec.RaceProgram.Outcome.STARTED;
import static org.daemonspec.RaceProgram.Outcome.STARTING;
import static org.daemonspec.RaceProgram.Outcome.STOPPED;
import static org.daemonspec.RaceProgram.Outcome.UNKNOWN;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.daemonspec.RaceProgram.Answer;
import org.daemonspec.RaceProgram.Outcome;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Many processes control one daemon: there is never a second one, and nobody is told what is not so. */
class ControlRaceIT {

    private static final int RACERS = 8;

    /** How long they race. */
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("daemonspec.race.seconds", 60));

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @Test
    void eightProcessesThatControlOneDaemonAtRandomNeverMakeTwoAndAreToldNothingWrong() throws Exception {
        Path pidfile = directory.resolve("program.pid");
        List<String> command = List.of("sleep", "600", "0.0" + System.nanoTime());
        long seed = new Random().nextLong();
        List<Path> files = new ArrayList<>();
        List<Process> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            files.add(directory.resolve("answers" + i));
            List<String> racer = new ArrayList<>(List.of(
                    "race", pidfile.toString(), files.get(i).toString(), "" + TIME.toSeconds(), "" + (seed + i)));
            racer.addAll(command);
            racers.add(processes
                    .builder(RaceProgram.command(racer.toArray(String[]::new)))
                    .inheritIO()
                    .start());
        }

        Observer observer = new Observer(command);
        while (racers.stream().anyMatch(Process::isAlive)) {
            observer.look();
            TimeUnit.MILLISECONDS.sleep(2);
        }

        assertThat(racers).as("seed %d", seed).allMatch(racer -> racer.exitValue() == 0);
        assertThat(observer.seenTogether()).as("seed %d", seed).isEmpty();
        List<Answer> answers = new ArrayList<>(observer.seen());
        files.forEach(file -> answers.addAll(RaceProgram.answers(file)));
        Judge judge = new Judge(answers);
        assertThat(judge.complaints()).as("seed %d", seed).isEmpty();
        assertThat(judge.couldHaveBeenWrong())
                .as("answers to which another would have been wrong")
                .isGreaterThan(RACERS);
        assertThat(answers).extracting(Answer::outcome).contains(STARTED, STOPPED, KILLED, RUNNING);

        DaemonControl.of(pidfile).stop();
        assertThat(observer.alive()).isEmpty();
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).isEmpty();
    }

    /** A daemon, pid 7, that is certainly alive from 20 to 50, when the stop that ends it begins, and gone at 60. */
    private static List<Answer> life() {
        return List.of(answer("start", 10, 20, STARTED, 7), answer("stop", 50, 60, STOPPED, 7));
    }

    @Test
    void theJudgeAcceptsWhatCanBeSo() {
        List<Answer> answers = new ArrayList<>(life());
        answers.addAll(List.of(
                answer("status", 1, 9, ABSENT),
                answer("status", 5, 15, STARTING),
                answer("status", 5, 15, ABSENT),
                answer("status", 5, 15, RUNNING, 7),
                answer("start", 19, 25, ALREADY_RUNNING, 7),
                answer("status", 12, 25, ABSENT),
                answer("status", 21, 49, RUNNING, 7),
                answer("status", 45, 55, STALE),
                answer("stop", 51, 70, STOPPED, 7),
                answer("stop", 61, 62, NOT_RUNNING),
                answer("kill", 61, 62, KILLED, 7),
                answer("restart", 55, 80, STARTED, 8),
                answer("status", 40, 90, RUNNING, 7),
                answer("observe", 85, 86, RUNNING, 8),
                answer("kill", 87, 95, KILLED, 8),
                answer("status", 90, 91, STARTING),
                answer("status", 96, 97, STALE),
                answer("start", 100, 110, STARTED, 7),
                answer("status", 111, 112, RUNNING, 7)));

        Judge judge = new Judge(answers);

        assertThat(judge.complaints()).isEmpty();
        assertThat(judge.couldHaveBeenWrong()).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void theJudgeFinds(String fault, Answer wrong) {
        List<Answer> answers = new ArrayList<>(life());
        answers.add(wrong);

        assertThat(new Judge(answers).complaints()).isNotEmpty();
    }

    static Stream<Arguments> theJudgeFinds() {
        return Stream.of(
                arguments("a second instance", answer("start", 30, 40, STARTED, 8)),
                arguments("a second instance by a restart", answer("restart", 30, 40, STARTED, 8)),
                arguments("absent although it runs", answer("status", 21, 49, ABSENT)),
                arguments("stale although it runs", answer("awaitStopped", 21, 49, STALE)),
                arguments("not running although it runs", answer("stop", 21, 49, NOT_RUNNING)),
                arguments("running although it has ended", answer("status", 61, 62, RUNNING, 7)),
                arguments("running before it was started", answer("status", 1, 9, RUNNING, 7)),
                arguments("already running although it has ended", answer("start", 61, 62, ALREADY_RUNNING, 7)),
                arguments("already running without a pid", answer("start", 21, 22, ALREADY_RUNNING)),
                arguments("a stranger", answer("status", 21, 22, RUNNING, 9)),
                arguments("a stranger stopped", answer("stop", 21, 22, STOPPED, 9)),
                arguments("stopped once more", answer("stop", 61, 62, STOPPED, 7)),
                arguments("starting although it is ready", answer("status", 21, 22, STARTING, 7)),
                arguments("without a pid although it has begun", answer("status", 21, 22, STARTING)),
                arguments("without a pid although it has ended", answer("status", 61, 62, STARTING)),
                arguments("not stopped", answer("stop", 21, 22, NOT_STOPPED, 7)),
                arguments("unknown", answer("status", 21, 22, UNKNOWN)),
                arguments("an exception", answer("start", 21, 22, FAILED)),
                arguments("alive after its stop", answer("observe", 61, 62, RUNNING, 7)));
    }

    @Test
    void theJudgeFindsTwoAtATime() {
        List<Answer> answers = new ArrayList<>(life());
        answers.add(answer("start", 15, 30, STARTED, 8));
        answers.add(answer("observe", 35, 36, RUNNING, 8));

        assertThat(new Judge(answers).complaints()).singleElement().asString().contains("7", "8");
    }

    private static Answer answer(String what, long begin, long end, Outcome outcome) {
        return new Answer(what, begin, end, outcome, OptionalLong.empty(), "");
    }

    private static Answer answer(String what, long begin, long end, Outcome outcome, long pid) {
        return new Answer(what, begin, end, outcome, OptionalLong.of(pid), "");
    }

    /** Sees with its own eyes which daemons live, and kills one now and then. */
    private static final class Observer {

        private static final int BETWEEN_KILLS = 150;

        private final byte[] commandLine;
        private final List<Answer> seen = new ArrayList<>();
        private final List<String> seenTogether = new ArrayList<>();
        private int looks;

        Observer(List<String> command) {
            this.commandLine = (String.join("\0", command) + "\0").getBytes(StandardCharsets.ISO_8859_1);
        }

        void look() throws Exception {
            List<Long> alive = alive();
            // Seen in turn, they may have lived in turn; but not one that still lives after another was seen.
            for (long one : alive.subList(0, Math.max(0, alive.size() - 1))) {
                if (isAlive(one)) {
                    seenTogether.add(alive + " at " + System.nanoTime());
                }
            }
            if (!alive.isEmpty() && looks++ % BETWEEN_KILLS == 0) {
                kill(alive.getFirst());
            }
        }

        private void kill(long pid) throws Exception {
            long begin = System.nanoTime();
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            Processes.await("process " + pid + " to be gone", () -> !new ProcView(pid).isAlive());
            seen.add(answer("kill", begin, System.nanoTime(), KILLED, pid));
        }

        /** The daemons, by their command line: it is empty before a process that ends closes its descriptors. */
        List<Long> alive() throws IOException {
            List<Long> alive = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (Path entry : entries) {
                    long pid = Long.parseLong(entry.getFileName().toString());
                    long begin = System.nanoTime();
                    if (isAlive(pid)) {
                        alive.add(pid);
                        seen.add(answer("observe", begin, System.nanoTime(), RUNNING, pid));
                    }
                }
            }
            return alive;
        }

        private boolean isAlive(long pid) {
            try {
                return Arrays.equals(Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline")), commandLine);
            } catch (IOException gone) {
                return false;
            }
        }

        List<Answer> seen() {
            return seen;
        }

        List<String> seenTogether() {
            return seenTogether;
        }
    }

    /**
     * Finds answers that cannot be right, whatever happened between the beginning and the end of each operation.
     *
     * <p>Whoever names a daemon says that it lived at some time during the operation. So it was there when the first of those
     * operations ended, and was still there when the last of them began: in between it was certainly alive, and every answer
     * that was asked for and given in that time has to know.
     */
    private static final class Judge {

        private static final Set<Outcome> NAMING =
                EnumSet.of(STARTED, ALREADY_RUNNING, STOPPED, RUNNING, STARTING, KILLED);

        /** One daemon, from what was said of it. */
        private static final class Life {

            final Answer start;
            long certainFrom = Long.MAX_VALUE;
            long certainUntil = Long.MIN_VALUE;
            long goneBy = Long.MAX_VALUE;

            Life(Answer start) {
                this.start = start;
            }

            void isNamedBy(Answer answer) {
                if (answer.outcome() == STOPPED || answer.outcome() == KILLED) {
                    goneBy = Math.min(goneBy, answer.end());
                }
                if (answer.outcome() != KILLED) { // which may have come too late
                    certainFrom = Math.min(certainFrom, answer.end());
                    certainUntil = Math.max(certainUntil, answer.begin());
                }
            }

            /** Whether it may have been about to end: for a moment, its lock is held still and its descriptors are hidden. */
            boolean mayHaveEndedDuring(Answer answer) {
                return start.begin() <= answer.end() && certainUntil <= answer.end() && answer.begin() <= goneBy;
            }

            void goneWhenStarted(Life next) {
                goneBy = Math.min(goneBy, next.start.end());
            }

            boolean certainlyLived() {
                return certainFrom <= certainUntil;
            }

            boolean certainlyLivedAllThrough(Answer answer) {
                return certainFrom <= answer.begin() && answer.end() <= certainUntil;
            }

            @Override
            public String toString() {
                return "process " + start.pid().getAsLong() + ", certainly alive from " + certainFrom + " until "
                        + certainUntil;
            }
        }

        private final List<Answer> answers;
        private final Map<Long, TreeMap<Long, Life>> livesByPid = new HashMap<>();
        private final TreeMap<Long, Life> certain = new TreeMap<>();
        private final List<String> complaints = new ArrayList<>();
        private long couldHaveBeenWrong;

        Judge(List<Answer> answers) {
            this.answers = answers;
            answers.stream()
                    .filter(answer -> answer.outcome() == STARTED)
                    .forEach(start -> livesByPid
                            .computeIfAbsent(start.pid().getAsLong(), pid -> new TreeMap<>())
                            .put(start.begin(), new Life(start)));
            naming().forEach(answer -> {
                Life life = lifeNamedBy(answer);
                if (life != null) {
                    life.isNamedBy(answer);
                }
            });
            naming().forEach(this::judgeNaming);
            judgeLives();
            answers.forEach(this::judge);
        }

        List<String> complaints() {
            return complaints;
        }

        /** The answers for which it was certain that a daemon lived all through the operation. */
        long couldHaveBeenWrong() {
            return couldHaveBeenWrong;
        }

        private Stream<Answer> naming() {
            return answers.stream()
                    .filter(answer ->
                            NAMING.contains(answer.outcome()) && answer.pid().isPresent());
        }

        /** The last one with this pid that can have begun by then: a pid may be used again. */
        private Life lifeNamedBy(Answer answer) {
            TreeMap<Long, Life> lives = livesByPid.getOrDefault(answer.pid().getAsLong(), new TreeMap<>());
            var entry = lives.floorEntry(answer.end());
            return entry == null ? null : entry.getValue();
        }

        private void judgeNaming(Answer answer) {
            Life life = lifeNamedBy(answer);
            if (life == null) {
                complain(answer, "which nobody had started");
            } else if (life.goneBy < answer.begin() && answer.outcome() != KILLED) {
                complain(answer, "which had ended by " + life.goneBy);
            } else if (answer.outcome() == STARTING && life.start.end() < answer.begin()) {
                complain(answer, "which was ready by " + life.start.end());
            }
        }

        /** In order of their beginnings, each has to end before the next begins. */
        private void judgeLives() {
            List<Life> inOrder = lives().sorted(Comparator.comparingLong(life -> life.start.end()))
                    .toList();
            for (int i = 1; i < inOrder.size(); i++) {
                inOrder.get(i - 1).goneWhenStarted(inOrder.get(i));
            }
            lives().filter(Life::certainlyLived)
                    .sorted(Comparator.comparingLong(life -> life.certainFrom))
                    .forEach(life -> {
                        var last = certain.lastEntry();
                        if (last != null && life.certainFrom <= last.getValue().certainUntil) {
                            complaints.add("two at a time: " + last.getValue() + "; " + life);
                        }
                        certain.put(life.certainFrom, life);
                    });
        }

        private Stream<Life> lives() {
            return livesByPid.values().stream().flatMap(lives -> lives.values().stream());
        }

        private void judge(Answer answer) {
            Life alive = certainlyAliveAllThrough(answer);
            if (alive != null && !answer.what().equals("observe")) {
                couldHaveBeenWrong++;
            }
            switch (answer.outcome()) {
                case ABSENT, STALE, NOT_RUNNING -> {
                    if (alive != null) {
                        complain(answer, "although there was " + alive);
                    }
                }
                case STARTED -> {
                    if (alive != null) {
                        complain(answer, "beside " + alive);
                    }
                }
                case RUNNING, STARTING -> {
                    if (answer.pid().isEmpty()
                            && nobodyStartsDuring(answer)
                            && lives().noneMatch(life -> life.mayHaveEndedDuring(answer))) {
                        complain(answer, "although it was neither about to begin nor to end");
                    }
                }
                case ALREADY_RUNNING -> {
                    if (answer.pid().isEmpty()) {
                        complain(answer, "without saying which");
                    }
                }
                case STOPPED, KILLED, SENT -> {}
                case NOT_STOPPED, NOT_SENT, UNKNOWN, FAILED -> complain(answer, "which should not happen");
            }
        }

        private Life certainlyAliveAllThrough(Answer answer) {
            var entry = certain.floorEntry(answer.begin());
            return entry != null && entry.getValue().certainlyLivedAllThrough(answer) ? entry.getValue() : null;
        }

        private boolean nobodyStartsDuring(Answer answer) {
            return answers.stream()
                    .noneMatch(other -> other.outcome() == STARTED
                            && other.begin() <= answer.end()
                            && other.end() >= answer.begin());
        }

        private void complain(Answer answer, String why) {
            complaints.add(answer + ": " + answer.brief() + ", " + why);
        }
    }
}
