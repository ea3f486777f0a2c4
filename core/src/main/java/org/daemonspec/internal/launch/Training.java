package org.daemonspec.internal.launch;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.daemonspec.internal.control.Progress;
import org.daemonspec.internal.control.StopStep;
import org.daemonspec.internal.launch.commandline.CacheOption;
import org.daemonspec.internal.launch.commandline.JavaCommand;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.NativeAccess;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Makes a specification's cache: has a JVM with the daemon's own command line recorded while it starts a daemon for real, asks for its
 * status, stops it, and then is the daemon itself, see {@link Rehearsal}. The cache is proven by another start before it has its
 * name.
 *
 * <p>All of it is made in a directory of its own that nobody else may enter, beside the cache, and gone afterwards.
 */
public final class Training {

    /** How it ended. */
    public sealed interface Result {

        /** There is a cache now. */
        record Trained(Path cache, long bytes) implements Result {}

        /** An instance runs, which has what a training needs. */
        record Running(StartResult.AlreadyRunning instance) implements Result {}

        /** Nothing was started: all that is wrong, each a sentence. */
        record Refused(List<String> problems) implements Result {}

        /** There is no new cache, and why: a sentence, perhaps followed by what the JVM said. */
        record Failed(String reason) implements Result {}
    }

    /** What a JVM does beyond the start and the stop, of which each has its own limit. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Beyond what the daemon may take to stop. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final LaunchSpec spec;
    private final Path cache;
    private final CacheKind kind;
    private final ResolvedContext context;
    private final Progress progress;

    private Training(LaunchSpec spec, Path cache, CacheKind kind, ResolvedContext context, Progress progress) {
        this.spec = spec;
        this.cache = cache;
        this.kind = kind;
        this.context = context;
        this.progress = progress;
    }

    /** Trains for a specification with a pidfile. */
    public static Result run(LaunchSpec spec, Progress progress) {
        Optional<StartResult.AlreadyRunning> running = running(spec.pidfile().orElseThrow());
        if (running.isPresent()) {
            return new Result.Running(running.get());
        }
        List<String> problems = MachineCheck.problems(spec);
        problems.addAll(KindCheck.ofTask(spec));
        ResolvedContext context = ContextCheck.resolve(spec.context(), spec.workingDirectory(), problems);
        Optional<Path> cache = spec.aotCache().flatMap(CacheTrust::resolved);
        problems.addAll(TrainingCheck.problems(spec, cache));
        if (!problems.isEmpty()) {
            return new Result.Refused(problems);
        }
        CacheKind kind = CacheKind.ofThisJvm().orElseThrow();
        return new Training(spec, cache.orElseThrow(), kind, context, progress).inDirectory();
    }

    private static Optional<StartResult.AlreadyRunning> running(Path pidfile) {
        try (Posix posix = Posix.open()) {
            return PidfileState.of(posix, pidfile) instanceof PidfileState.Locked locked
                    ? Optional.of(new StartResult.AlreadyRunning(locked.pid(), pidfile))
                    : Optional.empty();
        } catch (PidfileException | SystemCallException e) {
            return Optional.empty(); // the start that is recorded says so
        }
    }

    private Result inDirectory() {
        try (Workshop workshop = Workshop.open(cache, spec.pidfile().orElseThrow(), grace())) {
            List<String> problems = new ArrayList<>();
            JavaCommand command = Launch.relocated(
                    spec.detached().prepared(context, problems),
                    new RecordedOptions(spec, workshop.mark(Rehearsal.RECORD)),
                    problems);
            if (command != null) {
                problems.addAll(TrainingCheck.problemsOf(optionsOf(command, workshop)));
            }
            if (command == null || !problems.isEmpty()) {
                return new Result.Refused(problems);
            }
            return trainIn(workshop, command);
        } catch (IOException e) {
            return new Result.Failed(
                    "write " + cache + ": " + e + "; see that its directory can be written and has room.");
        }
    }

    /** Those of the daemon that matter to a cache; the mark is the first, so that the daemon that is started gets its own. */
    private record RecordedOptions(LaunchSpec spec, String mark) implements Launch.AddedOptions {

        @Override
        public List<String> options(JvmProcess self) {
            List<String> options = new ArrayList<>(List.of(mark));
            for (String option : ByteString.encodeAll(spec.jvmOptions())) {
                if (!CacheOption.isChoice(option)) {
                    options.add(option);
                }
            }
            if (!self.arguments().contains(NativeAccess.option())) {
                options.add(NativeAccess.option());
            }
            options.addAll(Launch.optionsOfLimits(spec));
            return options;
        }

        @Override
        public List<String> defaults() {
            return List.of();
        }
    }

    private Result trainIn(Workshop workshop, JavaCommand command) throws IOException {
        String directory = ByteString.of(workshop.directory());
        progress.waitingFor("a start and a stop to be recorded", limit());
        Optional<String> failure = execute(workshop, command, Rehearsal.RECORD, kind.record(directory));
        if (failure.isEmpty() && !workshop.has(Workshop.PLAYED)) {
            failure = Optional.of(
                    "the task ended before its training handlers did; let it run until it is told to stop.");
        }
        if (failure.isEmpty() && kind.create(directory).isPresent()) {
            progress.waitingFor("the JDK to make the cache", limit());
            List<String> options = kind.create(directory).orElseThrow();
            failure = execute(workshop, command, Rehearsal.RECORD, options);
        }
        Path made = workshop.directory().resolve(CacheKind.CACHE);
        if (failure.isEmpty() && (!Files.exists(made) || Files.size(made) == 0)) {
            failure = Optional.of("the JDK made no cache" + workshop.lastWords());
        }
        if (failure.isEmpty()) {
            CacheSeal.put(made);
            failure = execute(workshop, command, Rehearsal.PROVE, kind.prove(directory))
                    .map(reason -> "the JDK does not take the cache that it has made: " + reason);
        }
        return failure.isPresent() ? new Result.Failed(failure.get()) : store(made);
    }

    /** Of the jars, whose content it has, some may be private. */
    private Result store(Path made) throws IOException {
        boolean ours =
                context.credentials().uid() == Credentials.ofThisProcess().uid();
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(ours ? "rw-------" : "rw-r--r--"));
        synchronize(made, StandardOpenOption.WRITE);
        Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
        synchronize(Objects.requireNonNull(cache.getParent()), StandardOpenOption.READ);
        return new Result.Trained(cache, Files.size(cache));
    }

    /** See fsync(2). */
    private static void synchronize(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    private Optional<String> execute(Workshop workshop, JavaCommand command, String role, List<String> options)
            throws IOException {
        Path workingDirectory = spec.workingDirectory().toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder(words(workshop, command, role, options))
                .directory(Files.isDirectory(workingDirectory) ? workingDirectory.toFile() : new File("/"))
                .redirectInput(new File("/dev/null"));
        builder.environment().clear();
        CacheOption.without(command.environment())
                .forEach((name, value) -> builder.environment().put(ByteString.decode(name), ByteString.decode(value)));
        return workshop.run(builder, spec.name(), limit());
    }

    /** Which cache this JVM has is of no meaning to one that makes another. */
    private static List<String> words(Workshop workshop, JavaCommand command, String role, List<String> options) {
        List<String> words = new ArrayList<>(List.of(command.executable()));
        words.addAll(CacheOption.without(optionsBeforeMark(command, workshop)));
        words.add(workshop.mark(role));
        words.addAll(options);
        words.addAll(command.arguments()
                .subList(
                        optionsBeforeMark(command, workshop).size() + 1,
                        command.arguments().size()));
        return words.stream().map(ByteString::decode).toList();
    }

    private static List<String> optionsBeforeMark(JavaCommand command, Workshop workshop) {
        return command.arguments().subList(0, command.arguments().indexOf(workshop.mark(Rehearsal.RECORD)));
    }

    /** All that the JVM gets, from wherever. */
    private List<String> optionsOf(JavaCommand command, Workshop workshop) {
        List<String> options = new ArrayList<>(optionsBeforeMark(command, workshop));
        options.addAll(CacheOption.optionsIn(command.environment()));
        options.addAll(spec.jvmOptions());
        return options;
    }

    private Duration grace() {
        Duration grace = GRACE;
        for (StopStep step : spec.stopSchedule()) {
            grace = grace.plus(step.grace());
        }
        return grace;
    }

    private Duration limit() {
        return spec.readyTimeout().multipliedBy(2).plus(spec.stopTimeout()).plus(PATIENCE);
    }
}
