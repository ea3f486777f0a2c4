package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.daemonspec.PidfileProgram.Running;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pidfile is, how it comes and goes, and what it recovers from. */
class PidfileIT {

    private static final int KILLED = 128 + 9;
    private static final int TERMINATED = 128 + 15;
    private static final int THREADS = 16;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private DaemonControl control;

    @BeforeEach
    void name() throws IOException {
        directory = directory.toRealPath();
        pidfile = directory.resolve("program.pid");
        control = DaemonControl.of(pidfile);
    }

    // What it is

    @ParameterizedTest
    @ValueSource(strings = {"0", "077", "0777"})
    void whateverTheUmaskItIsAPidAndANewlineThatEverybodyMayRead(String umask) throws Exception {
        Path ofExec = directory.resolve("exec.pid");
        Path ofDetach = directory.resolve("detach.pid");
        Running program = Running.start(processes, withUmask(umask, PidfileProgram.command()));

        assertThat(program.tell("lock " + pidfile)).isEqualTo("locked " + program.pid());
        String started = program.tell("exec " + ofExec + " sleep 60");
        Finished launcher = processes.run(withUmask(
                umask,
                Launcher.mode("detach")
                        .with("pidfile", ofDetach)
                        .with("umask", umask)
                        .command()));

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        ProcView daemon = processes.marked().stream()
                .filter(process -> process.arguments().contains("pidfile=" + ofDetach))
                .findAny()
                .orElseThrow();
        assertThat(Files.readString(pidfile)).isEqualTo(program.pid() + "\n");
        assertThat("started " + Files.readString(ofExec)).isEqualTo(started + "\n");
        assertThat(Files.readString(ofDetach)).isEqualTo(daemon.pid() + "\n");
        for (Path file : List.of(pidfile, ofExec, ofDetach)) {
            assertThat(mode(file)).as("%s", file).isEqualTo("rw-r--r--");
        }
    }

    @Test
    void aModeThatIsNarrowerIsWidenedByTheNextLock() throws Exception {
        Files.writeString(pidfile, "1\n");
        Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString("rw-------"));

        try (Pidfile locked = Pidfile.lock(pidfile)) {
            assertThat(mode(locked.path())).isEqualTo("rw-r--r--");
        }
    }

    @Test
    void aRelativePathIsRelativeToTheWorkingDirectory() throws Exception {
        Running program = new Running(processes
                .builder(PidfileProgram.command())
                .directory(directory.toFile())
                .start());

        assertThat(program.tell("lock program.pid")).startsWith("locked");

        assertThat(pidfile).hasContent(Long.toString(program.pid()));
        assertThat(program.returned()).isZero();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void noChildHoldsItsDescriptorHoweverItIsStartedNorKeepsItsLock() throws Exception {
        Running program = Running.start(processes);
        program.tell("lock " + pidfile);
        assertThat(new ProcView(program.pid()).descriptors()).containsValue(pidfile.toString());

        List<ProcView> children = List.of(
                new ProcView(Long.parseLong(program.tell("spawn sleep 60"))),
                new ProcView(Long.parseLong(program.tell("system sleep 60 >/dev/null 2>&1 & echo $!"))));

        assertChildrenHaveNothingOf(program.pid(), children);
    }

    @Test
    void noChildOfADaemonHoldsItsDescriptorHoweverItIsStartedNorKeepsItsLock() throws Exception {
        Path childPids = directory.resolve("children");
        assertThat(processes.run(PidfileProgram.command("detach " + pidfile + " " + childPids)))
                .isEqualTo(new Finished(0, "", ""));
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(daemon.descriptors()).containsValue(pidfile.toString());

        List<ProcView> children = List.of(Files.readString(childPids).split(" ")).stream()
                .map(pid -> new ProcView(Long.parseLong(pid)))
                .toList();

        assertThat(children).hasSize(2);
        assertChildrenHaveNothingOf(daemon.pid(), children);
    }

    /** Ends the holder by SIGKILL, and locks the pidfile again while the children live. */
    private void assertChildrenHaveNothingOf(long holder, List<ProcView> children) throws Exception {
        for (ProcView child : children) {
            Processes.await("its execve(2)", () -> child.arguments().equals(List.of("sleep", "60")));
            assertThat(child.descriptors()).as("%s", child.descriptors()).doesNotContainValue(pidfile.toString());
        }
        ProcessHandle.of(holder).orElseThrow().destroyForcibly();

        assertThat(control.awaitStopped(Duration.ofSeconds(30))).isEqualTo(new DaemonStatus.Stale(pidfile));
        Pidfile.lock(pidfile).close();

        assertThat(children).allMatch(ProcView::isAlive);
    }

    // One instance

    @Test
    void aSecondProcessIsToldThePidOfTheFirst() throws Exception {
        Running program = Running.start(processes);
        program.tell("lock " + pidfile);

        assertThatExceptionOfType(AlreadyRunningException.class)
                .isThrownBy(() -> Pidfile.lock(pidfile))
                .withMessage("program: already running (pid " + program.pid() + ").")
                .satisfies(e -> {
                    assertThat(e.pid()).hasValue(program.pid());
                    assertThat(e.pidfile()).isEqualTo(pidfile);
                    assertThat(e.exitCode()).isEqualTo(DaemonException.EXIT_ALREADY_RUNNING);
                });
        assertThatExceptionOfType(AlreadyRunningException.class)
                .isThrownBy(() -> start(DaemonSpec.builder().pidfile(pidfile).build()))
                .satisfies(e -> assertThat(e.pid()).hasValue(program.pid()));

        assertThat(Files.readString(pidfile)).isEqualTo(program.pid() + "\n");
        assertThat(control.status()).isInstanceOfSatisfying(DaemonStatus.Running.class, running -> {
            assertThat(running.pid()).hasValue(program.pid());
            assertThat(running.ready()).isTrue();
        });
    }

    @Test
    void aSecondLockInTheSameProcessIsRefusedAndLeavesTheFirstAlone() throws Exception {
        Running program = Running.start(processes);
        program.tell("lock " + pidfile);

        assertThat(program.tell("lock " + pidfile))
                .isEqualTo("AlreadyRunningException: program: already running (pid " + program.pid() + ").");

        assertThat(program.tell("lock " + pidfile)).startsWith("AlreadyRunningException");
        assertThatExceptionOfType(AlreadyRunningException.class).isThrownBy(() -> Pidfile.lock(pidfile));
        assertThat(program.tell("close")).isEqualTo("closed");
        assertThat(program.tell("lock " + pidfile)).isEqualTo("locked " + program.pid());
    }

    @Test
    void otherPathsAreOtherInstances() throws Exception {
        Running program = Running.start(processes);
        program.tell("lock " + pidfile);

        try (Pidfile other = Pidfile.lock(directory.resolve("other.pid"))) {
            assertThat(other.path()).hasContent(ownPid());
        }
    }

    @Test
    void anyPathToTheSameFileIsTheSameInstance() throws Exception {
        Path alias = Files.createSymbolicLink(directory.resolve("alias"), directory);
        try (Pidfile locked = Pidfile.lock(pidfile)) {
            assertThat(locked.path()).isEqualTo(pidfile);
            assertThatExceptionOfType(AlreadyRunningException.class)
                    .isThrownBy(() -> Pidfile.lock(alias.resolve("./program.pid")));
        }
    }

    @Test
    void closeRemovesTheFileAndFreesTheLock() throws Exception {
        Running program = Running.start(processes);
        program.tell("lock " + pidfile);

        assertThat(program.tell("close")).isEqualTo("closed");

        assertThat(pidfile).doesNotExist();
        assertThat(new ProcView(program.pid()).descriptors().values())
                .noneMatch(target -> target.contains(pidfile.toString()));
        try (Pidfile locked = Pidfile.lock(pidfile)) {
            assertThat(locked.path()).hasContent(ownPid());
            assertThat(program.returned()).as("the program that closed its own").isZero();
            assertThat(locked.path()).as("after its end").hasContent(ownPid());
        }
    }

    @Test
    void closingTwiceDoesNothingToWhoeverLockedItInBetween() {
        Pidfile first = Pidfile.lock(pidfile);
        first.close();
        try (Pidfile second = Pidfile.lock(pidfile)) { // most likely with the descriptor's number of the first
            first.close();

            assertThat(second.path()).hasContent(ownPid());
            assertThatExceptionOfType(AlreadyRunningException.class).isThrownBy(() -> Pidfile.lock(pidfile));
        }
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void itGoesWhenMainReturns() throws Exception {
        Running program = locking();
        assertThat(program.returned()).isZero();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void itGoesWhenTheProgramExits() throws Exception {
        Running program = locking();
        program.tellLast("exit 3");
        assertThat(program.ended()).isEqualTo(3);
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void itGoesWhenTheProgramIsTerminated() throws Exception {
        Running program = locking();
        assertThat(program.terminated()).isEqualTo(TERMINATED);
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aProgramThatCouldNotTidyUpLeavesAStaleFileThatTheNextOneTakes() throws Exception {
        Running killed = locking();
        assertThat(killed.killed()).isEqualTo(KILLED);
        assertThat(Files.readString(pidfile)).isEqualTo(killed.pid() + "\n");
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stale(pidfile));

        Running halted = locking();
        halted.tellLast("halt 4");
        assertThat(halted.ended()).isEqualTo(4);
        assertThat(Files.readString(pidfile)).isEqualTo(halted.pid() + "\n");
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stale(pidfile));

        Running next = locking();
        assertThat(Files.readString(pidfile)).isEqualTo(next.pid() + "\n");
        assertThat(next.returned()).isZero();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void closingItInAShutdownHookDoesNoHarm() throws Exception {
        Path errors = directory.resolve("errors");
        Running program = new Running(processes
                .builder(PidfileProgram.command())
                .redirectError(errors.toFile())
                .start());
        program.tell("lock " + pidfile);
        assertThat(program.tell("hook")).isEqualTo("hooked");
        assertThat(program.tell("hook")).isEqualTo("hooked");
        assertThat(pidfile).exists();

        assertThat(program.terminated()).isEqualTo(TERMINATED);

        assertThat(pidfile).doesNotExist();
        assertThat(errors).hasContent("");
    }

    @Test
    void anOptionMayBeGivenTwice() {
        Pidfile.lock(pidfile, Pidfile.Option.CREATE_DIRECTORY, Pidfile.Option.CREATE_DIRECTORY)
                .close();
    }

    // Its directory

    @ParameterizedTest
    @ValueSource(strings = {"000", "077", "0777"})
    void missingDirectoriesAreMadeForAllToEnterWhateverTheUmask(String umask) throws Exception {
        Path outer = directory.resolve("outer");
        Path inner = outer.resolve("inner");
        Path other = directory.resolve("other");
        String before = mode(directory);
        Running program = Running.start(processes, withUmask(umask, PidfileProgram.command()));

        assertThat(program.tell("lock " + inner.resolve("program.pid") + " CREATE_DIRECTORY"))
                .isEqualTo("locked " + program.pid());
        assertThat(program.tell("exec-creating " + other.resolve("program.pid") + " sleep 60"))
                .startsWith("started ");

        for (Path made : List.of(outer, inner, other)) {
            assertThat(mode(made)).as("%s", made).isEqualTo("rwxr-xr-x");
        }
        assertThat(mode(inner.resolve("program.pid"))).isEqualTo("rw-r--r--");
        assertThat(mode(directory)).as("what was there").isEqualTo(before);
        assertThat(program.returned()).isZero();
        assertThat(inner).as("stays for the next start").isEmptyDirectory();
    }

    @Test
    void aLockThatFailsTakesAwayTheDirectoriesThatItMadeAndNoOthers() throws Exception {
        Path outer = Files.createDirectory(directory.resolve("outer"));
        Path tooLong = outer.resolve("made/below").resolve("x".repeat(256));

        Finished program = processes.run(PidfileProgram.command(
                "lock " + tooLong + " CREATE_DIRECTORY", "exec-creating " + tooLong + " sleep 60"));

        assertThat(program.out().lines())
                .satisfiesExactly(
                        lock -> assertThat(lock)
                                .startsWith("UnusablePidfileException: open " + tooLong + ": ENAMETOOLONG"),
                        start -> assertThat(start)
                                .startsWith("InvalidDaemonSpecException")
                                .contains("ENAMETOOLONG"));
        assertThat(outer).isEmptyDirectory();
    }

    @Test
    void aFileWhereADirectoryWouldHaveToBeIsRefusedAndNothingIsMade() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "precious\n");

        assertCannotBeMade(file, file.resolve("program.pid"));
        assertCannotBeMade(file, file.resolve("deeper/program.pid"));

        assertThat(file).hasContent("precious");
        assertThat(directory).isDirectoryNotContaining(entry -> !entry.equals(file));
    }

    @Test
    void aLinkToNowhereWhereADirectoryWouldHaveToBeIsRefused() throws Exception {
        Path nowhere = directory.resolve("nowhere");
        Path link = Files.createSymbolicLink(directory.resolve("link"), nowhere);

        assertCannotBeMade(link, link.resolve("program.pid"));
        assertCannotBeMade(link, link.resolve("deeper/program.pid"));

        assertThat(Files.readSymbolicLink(link)).isEqualTo(nowhere);
        assertThat(nowhere).doesNotExist();
    }

    private void assertCannotBeMade(Path obstacle, Path impossible) throws Exception {
        Finished program = processes.run(PidfileProgram.command(
                "lock " + impossible + " CREATE_DIRECTORY", "exec-creating " + impossible + " sleep 60"));

        assertThat(program.out().lines())
                .satisfiesExactly(
                        lock -> assertThat(lock)
                                .startsWith("UnusablePidfileException: ")
                                .contains(obstacle.toString()),
                        start -> assertThat(start)
                                .startsWith("InvalidDaemonSpecException: ")
                                .contains(obstacle.toString()));
        assertThat(processes.marked()).isEmpty();
    }

    @Test
    void ofManyThreadsThatMakeOneMissingDirectoryOneLocksAndTheOthersAreToldSo() throws Exception {
        for (int round = 0; round < 30; round++) {
            Path file = directory.resolve("round" + round).resolve("inner/program.pid");

            List<Object> outcomes = atOnce(() -> {
                try {
                    return Pidfile.lock(file, Pidfile.Option.CREATE_DIRECTORY);
                } catch (AlreadyRunningException e) {
                    return e.pid();
                }
            });

            List<Pidfile> locked = outcomes.stream()
                    .filter(Pidfile.class::isInstance)
                    .map(Pidfile.class::cast)
                    .toList();
            locked.forEach(Pidfile::close);
            assertThat(locked).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(outcome -> !(outcome instanceof Pidfile))
                    .hasSize(THREADS - 1)
                    .containsOnly(OptionalLong.of(Long.parseLong(ownPid())));
        }
    }

    @Test
    void ofManyStartsThatMakeOneMissingDirectoryOneStartsAndTheOthersAreToldSo() throws Exception {
        for (int round = 0; round < 10; round++) {
            DaemonSpec spec = creating(directory.resolve("round" + round).resolve("inner/program.pid"));

            List<Object> outcomes = atOnce(() -> {
                try {
                    return start(spec);
                } catch (AlreadyRunningException e) {
                    return e.pid();
                }
            });

            List<Long> started = outcomes.stream()
                    .filter(Long.class::isInstance)
                    .map(Long.class::cast)
                    .toList();
            assertThat(started).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(outcome -> outcome instanceof OptionalLong)
                    .hasSize(THREADS - 1)
                    .containsOnly(OptionalLong.of(started.getFirst()));
            assertThat(spec.control().stop()).isInstanceOf(StopResult.Stopped.class);
        }
    }

    @Test
    void aFailedStartLeavesNeitherPidfileNorDirectory() throws Exception {
        Path outer = directory.resolve("outer");
        Path inDirectory = outer.resolve("inner/program.pid");
        Path noProgram = Files.writeString(directory.resolve("data"), "just data");

        assertThatExceptionOfType(StartFailedException.class)
                .isThrownBy(() -> creating(inDirectory).exec(noProgram.toString()))
                .withMessageContaining("EACCES");
        assertThat(outer).doesNotExist();

        Finished launcher = processes.run(Launcher.mode("fail")
                .with("pidfile", inDirectory)
                .with("createDirectory", true)
                .command());
        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err()).contains("the database is down");
        assertThat(outer).doesNotExist();
        assertThat(processes.marked()).isEmpty();
    }

    @Test
    void aFailedStartLeavesADirectoryThatSomebodyElseUsesMeanwhile() throws Exception {
        Path outer = directory.resolve("outer");
        Path gate = directory.resolve("gate");
        Path log = directory.resolve("log");
        Process launcher = processes
                .builder(Launcher.mode("ready")
                        .with("pidfile", outer.resolve("inner/program.pid"))
                        .with("createDirectory", true)
                        .with("stdout", log)
                        .with("gate", gate)
                        .command())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        Processes.await("the task to wait", () -> log.toFile().length() > 0 || !launcher.isAlive());

        try (Pidfile other = Pidfile.lock(outer.resolve("other.pid"))) {
            long daemon = ProcView.ofPidfile(outer.resolve("inner/program.pid")).pid();
            ProcessHandle.of(daemon).orElseThrow().destroyForcibly();
            assertThat(launcher.waitFor()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);

            assertThat(outer).isDirectoryContaining(entry -> entry.equals(other.path()));
            assertThat(outer.resolve("inner")).doesNotExist();
        }
    }

    @Test
    void startsThatMakeAndRemoveTheSameDirectoryAtOnceDoNotDisturbEachOther() throws Exception {
        Path noProgram = Files.writeString(directory.resolve("data"), "just data");
        Path inDirectory = directory.resolve("outer/inner/program.pid");
        DaemonSpec spec = creating(inDirectory);

        List<Object> outcomes = atOnce(() -> {
            Set<Integer> exitCodes = new HashSet<>();
            for (int i = 0; i < 50; i++) {
                try {
                    spec.exec(noProgram.toString());
                } catch (StartFailedException | AlreadyRunningException expected) {
                    exitCodes.add(expected.exitCode());
                }
                removeIfEmpty(inDirectory.getParent());
                removeIfEmpty(inDirectory.getParent().getParent());
            }
            return exitCodes;
        });

        assertThat(outcomes).hasSize(THREADS);
        assertThat(inDirectory).doesNotExist();
    }

    // What it recovers from

    @Test
    void whateverAFreeFileContainsItIsStaleAndTheNextLockAndTheNextStartReplaceIt() throws Exception {
        Process stranger = processes.builder(List.of("sleep", "600")).start();
        Process reader = processes
                .builder(List.of("tail", "-f", Files.createFile(pidfile).toString()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Processes.await("it to open the file", () -> hasOpen(reader.pid(), pidfile));
        Map<String, String> contents = new TreeMap<>(garbage(stranger.pid()));
        contents.put("another live process's pid", stranger.pid() + "\n");
        contents.put("our own pid", ownPid() + "\n");
        contents.put("the pid of somebody who has the file open", reader.pid() + "\n");
        contents.put("the pid of init", "1\n");
        contents.put("a dead pid", deadPid() + "\n");

        for (Map.Entry<String, String> entry : contents.entrySet()) {
            Files.writeString(pidfile, entry.getValue());
            DaemonStatus free =
                    entry.getValue().isEmpty() ? new DaemonStatus.Stopped() : new DaemonStatus.Stale(pidfile);
            assertThat(control.status()).as(entry.getKey()).isEqualTo(free);
            assertThat(control.awaitReady(Duration.ZERO)).as(entry.getKey()).isEqualTo(free);
            try (Pidfile locked = Pidfile.lock(pidfile)) {
                assertThat(Files.readString(locked.path())).as(entry.getKey()).isEqualTo(ownPid() + "\n");
                assertThat(control.status())
                        .as(entry.getKey())
                        .isInstanceOfSatisfying(
                                DaemonStatus.Running.class,
                                running -> assertThat(running.pid()).hasValue(Long.parseLong(ownPid())));
            }

            Files.writeString(pidfile, entry.getValue());
            long daemon = start(DaemonSpec.builder().pidfile(pidfile).build());
            assertThat(Files.readString(pidfile)).as(entry.getKey()).isEqualTo(daemon + "\n");
            assertThat(control.stop()).as(entry.getKey()).isInstanceOf(StopResult.Stopped.class);

            Files.writeString(pidfile, entry.getValue());
            assertThat(control.stop()).as(entry.getKey()).isEqualTo(new StopResult.NotRunning());
            assertThat(pidfile).as(entry.getKey()).doesNotExist();
        }

        assertThat(stranger.isAlive()).isTrue();
        assertThat(reader.isAlive()).isTrue();
    }

    @Test
    void aDaemonJvmHealsWhatItFindsToo() throws Exception {
        Process stranger = processes.builder(List.of("sleep", "600")).start();
        for (String content : List.of("12", "\0".repeat(8), "1".repeat(10_000), stranger.pid() + "\n")) {
            Files.writeString(pidfile, content);

            assertThat(processes.run(
                            Launcher.mode("detach").with("pidfile", pidfile).command()))
                    .as("%d bytes", content.length())
                    .isEqualTo(new Finished(0, "", ""));

            ProcView daemon = ProcView.ofPidfile(pidfile);
            assertThat(Files.readString(pidfile)).isEqualTo(daemon.pid() + "\n");
            assertThat(daemon.arguments()).contains("pidfile=" + pidfile);
            assertThat(control.stop())
                    .isInstanceOfSatisfying(
                            StopResult.Stopped.class,
                            stopped -> assertThat(stopped.pid()).isEqualTo(daemon.pid()));
        }
        assertThat(stranger.isAlive()).isTrue();
    }

    /** Ten seconds: a start that is under way would have its pid by then, and a start and a stop wait for that. */
    @Test
    void whateverSomebodyScribblesIntoTheFileOfARunningDaemonItRunsAndNobodyElseIsHit() throws Exception {
        Process stranger = processes.builder(List.of("sleep", "600")).start();
        Map<String, String> contents = new TreeMap<>(garbage(stranger.pid()));
        contents.put("another live process's pid", stranger.pid() + "\n");
        contents.put("a dead pid", deadPid() + "\n");
        Map<String, DaemonSpec> specs = new TreeMap<>();
        Map<String, Long> pids = new TreeMap<>();
        for (String what : contents.keySet()) {
            DaemonSpec spec = DaemonSpec.builder()
                    .pidfile(directory.resolve(what.replace(' ', '-') + ".pid"))
                    .build();
            long daemon = start(spec);
            specs.put(what, spec);
            pids.put(what, daemon);
            Files.writeString(spec.pidfile().orElseThrow(), contents.get(what));
        }
        DaemonStatus.Running nameless = new DaemonStatus.Running(OptionalLong.empty(), Optional.empty(), false);

        List<Callable<Void>> each = new ArrayList<>();
        specs.forEach((what, spec) -> {
            Path file = spec.pidfile().orElseThrow();
            each.add(() -> {
                assertThat(spec.control().status()).as(what).isEqualTo(nameless);
                assertThat(spec.control().signal(Signal.TERM)).as(what).isInstanceOf(SignalResult.NotSent.class);
                return null;
            });
            each.add(() -> {
                assertThat(spec.control().stop(StopSchedule.of(Signal.KILL, Duration.ofSeconds(1))))
                        .as(what)
                        .isInstanceOfSatisfying(
                                StopResult.NotStopped.class,
                                not -> assertThat(not.reason()).contains(file.toString()));
                return null;
            });
            each.add(() -> {
                assertThatExceptionOfType(AlreadyRunningException.class)
                        .as(what)
                        .isThrownBy(() -> start(spec))
                        .satisfies(e -> assertThat(e.pid()).isEmpty());
                return null;
            });
            each.add(() -> {
                assertThatExceptionOfType(AlreadyRunningException.class)
                        .as(what)
                        .isThrownBy(() -> Pidfile.lock(file))
                        .satisfies(e -> assertThat(e.pid()).isEmpty());
                return null;
            });
        });
        try (ExecutorService threads = Executors.newFixedThreadPool(each.size())) {
            for (Future<Void> result : threads.invokeAll(each)) {
                result.get();
            }
        }

        assertThat(stranger.isAlive()).isTrue();
        for (Map.Entry<String, DaemonSpec> entry : specs.entrySet()) {
            Path file = entry.getValue().pidfile().orElseThrow();
            long daemon = pids.get(entry.getKey());
            assertThat(new ProcView(daemon).isAlive()).as(entry.getKey()).isTrue();
            assertThat(Files.readString(file)).as("not touched").isEqualTo(contents.get(entry.getKey()));

            Files.writeString(file, daemon + "\n");
            assertThat(entry.getValue().control().stop(StopSchedule.of(Signal.KILL, Duration.ofSeconds(10))))
                    .as("with the right pid again")
                    .isInstanceOf(StopResult.Stopped.class);
        }
    }

    @Test
    void aFileThatWasScribbledInGoesWithItsProgramAllTheSame() throws Exception {
        Running program = locking();
        Files.writeString(pidfile, "scribble");

        assertThat(program.terminated()).isEqualTo(TERMINATED);

        assertThat(pidfile).doesNotExist();
    }

    @Test
    void anOrdinaryUserIsNotDisturbedByTheStalePidOfAProcessThatItMayNotLookAt() throws Exception {
        Path home = ownedByNobody("home");
        Path file = home.resolve("program.pid");
        Running program = Running.start(processes, asNobody(PidfileProgram.command()));
        for (String content : List.of("1\n", ownPid() + "\n", "")) {
            assertThat(program.tell("system printf '" + content.strip() + "\\n' > " + file))
                    .isEmpty();

            assertThat(program.tell("lock " + file)).isEqualTo("locked " + program.pid());

            assertThat(Files.readString(file)).isEqualTo(program.pid() + "\n");
            assertThat(mode(file)).isEqualTo("rw-r--r--");
            assertThat(program.tell("close")).isEqualTo("closed");
        }
    }

    // Deleted or replaced while its daemon runs

    @Test
    void aDeletedFileHidesTheDaemonWhoseEndLeavesItsSuccessorsFileAlone() throws Exception {
        Running first = locking();
        Files.delete(pidfile);
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stopped());
        assertThat(control.stop()).isEqualTo(new StopResult.NotRunning());
        assertThat(first.tell("say alive")).isEqualTo("alive");

        Running second = locking();
        assertThat(first.terminated()).isEqualTo(TERMINATED);

        assertIsHeldBy(second);
        assertThat(second.returned()).isZero();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aReplacedFileHidesTheDaemonWhoseEndLeavesItsSuccessorsFileAlone() throws Exception {
        Running first = locking();
        Path copy = Files.copy(pidfile, directory.resolve("copy"));
        Files.move(copy, pidfile, StandardCopyOption.REPLACE_EXISTING);
        assertThat(control.status())
                .as("the right pid in a file that is not the locked one")
                .isEqualTo(new DaemonStatus.Stale(pidfile));

        Running second = locking();
        assertThat(first.tell("close")).isEqualTo("closed");
        assertIsHeldBy(second);
        assertThat(first.returned()).isZero();

        assertIsHeldBy(second);
    }

    @Test
    void aStopThatFindsAReplacedFileRemovesItAndLeavesTheDaemonAlone() throws Exception {
        Running first = locking();
        Files.delete(pidfile);
        Files.writeString(pidfile, first.pid() + "\n");

        assertThat(control.stop()).isEqualTo(new StopResult.NotRunning());

        assertThat(pidfile).doesNotExist();
        assertThat(first.tell("say alive")).isEqualTo("alive");
    }

    @Test
    void theEndOfADaemonJvmLeavesItsSuccessorsFileAlone() throws Exception {
        List<String> command = Launcher.mode("detach").with("pidfile", pidfile).command();
        assertThat(processes.run(command)).isEqualTo(new Finished(0, "", ""));
        ProcView first = ProcView.ofPidfile(pidfile);
        Files.delete(pidfile);
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stopped());
        assertThat(processes.run(command)).isEqualTo(new Finished(0, "", ""));
        ProcView second = ProcView.ofPidfile(pidfile);
        assertThat(second).isNotEqualTo(first);
        assertThat(first.isAlive()).isTrue();

        ProcessHandle.of(first.pid()).orElseThrow().destroy();
        Processes.await("the first one's end", () -> !first.isAlive());

        assertThat(Files.readString(pidfile)).isEqualTo(second.pid() + "\n");
        assertThat(control.status())
                .isInstanceOfSatisfying(
                        DaemonStatus.Running.class,
                        running -> assertThat(running.pid()).hasValue(second.pid()));
    }

    private void assertIsHeldBy(Running program) throws IOException {
        assertThat(Files.readString(pidfile)).isEqualTo(program.pid() + "\n");
        assertThat(control.status())
                .isInstanceOfSatisfying(
                        DaemonStatus.Running.class,
                        running -> assertThat(running.pid()).hasValue(program.pid()));
    }

    private Running locking() throws IOException {
        Running program = Running.start(processes);
        assertThat(program.tell("lock " + pidfile)).isEqualTo("locked " + program.pid());
        return program;
    }

    private static void removeIfEmpty(Path made) throws IOException {
        try {
            Files.deleteIfExists(made);
        } catch (DirectoryNotEmptyException inUse) {
            // as it should be
        }
    }

    /** A daemon that is ended after the test. */
    private long start(DaemonSpec spec) {
        long pid = spec.exec("sleep", "600").pid();
        processes.own(pid);
        return pid;
    }

    private static DaemonSpec creating(Path file) {
        return DaemonSpec.builder().pidfile(file).createPidfileDirectory().build();
    }

    private static Map<String, String> garbage(long pid) {
        Map<String, String> garbage = new TreeMap<>();
        garbage.put("nothing", "");
        garbage.put("a newline", "\n");
        garbage.put("part of a pid", "12");
        garbage.put("text", "running since tuesday\n");
        garbage.put("text of 64 bytes", "x".repeat(63) + "\n");
        garbage.put("NULs", "\0".repeat(8));
        garbage.put("a page of NULs", "\0".repeat(4096));
        garbage.put("a negative number", "-1\n");
        garbage.put("zero", "0\n");
        garbage.put("more than the largest pid", "4194305\n");
        garbage.put("30 digits", "1".repeat(30) + "\n");
        garbage.put("10000 digits", "1".repeat(10_000) + "\n");
        garbage.put("a pid that is followed by something", pid + "\n" + pid + "\n");
        garbage.put("no characters", "\u00ff\u00fe\u0080\n");
        return garbage;
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private long deadPid() throws Exception {
        Process process = processes.builder(List.of("true")).start();
        process.waitFor();
        return process.pid();
    }

    private static boolean hasOpen(long pid, Path file) {
        try {
            return new ProcView(pid).descriptors().containsValue(file.toString());
        } catch (IOException notYet) {
            return false;
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static List<String> withUmask(String umask, List<String> command) {
        return concat(List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"), command);
    }

    private static List<String> asNobody(List<String> command) {
        return Prefix.nobody().before(command);
    }

    private Path ownedByNobody(String name) throws Exception {
        Prefix.assumeRoot();
        Path home = Files.createDirectory(directory.resolve(name));
        Prefix.give(home, Prefix.NOBODY);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        assumeTrue(
                processes
                        .run(asNobody(PidfileProgram.command("say hello")))
                        .out()
                        .equals("hello\n"),
                "another user may not read this build");
        return home;
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }

    private static List<Object> atOnce(Callable<Object> work) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        List<Object> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Object>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(() -> {
                    barrier.await();
                    return work.call();
                }));
            }
            for (Future<Object> outcome : running) {
                outcomes.add(outcome.get());
            }
        }
        return outcomes;
    }
}
