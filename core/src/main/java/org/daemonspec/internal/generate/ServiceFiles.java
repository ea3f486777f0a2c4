package org.daemonspec.internal.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daemonspec.internal.launch.LaunchSpec;
import org.daemonspec.internal.launch.OwnProgram;

/** All files that can be made from a specification. */
public final class ServiceFiles {

    private final Service service;

    private ServiceFiles(Service service) {
        this.service = service;
    }

    /**
     * For this process's program.
     *
     * @param command the words of its command line that are the command face's, which are replaced by others; empty if it
     *     has none
     * @param isTask whether a JVM does the work, rather than another program
     * @throws UnusableException if the command line cannot be told, or not be written to a file
     */
    public static ServiceFiles of(LaunchSpec spec, Optional<List<String>> command, boolean isTask)
            throws UnusableException {
        List<String> problems = new ArrayList<>();
        OwnProgram program = OwnProgram.of(spec, problems);
        return problems.isEmpty() ? of(spec, program, command, isTask) : refuse(problems);
    }

    /** For another program. */
    static ServiceFiles of(LaunchSpec spec, OwnProgram program, Optional<List<String>> command, boolean isTask)
            throws UnusableException {
        List<String> problems = new ArrayList<>();
        Service service = Service.of(spec, program, command, isTask, problems);
        Unwritable.check(service, problems);
        return problems.isEmpty() ? new ServiceFiles(service) : refuse(problems);
    }

    private static ServiceFiles refuse(List<String> problems) throws UnusableException {
        throw new UnusableException(problems);
    }

    /** All that make sense, in the order of their kinds. */
    public List<GeneratedFile> all() {
        return Stream.of(FileKind.values())
                .filter(kind -> whyNot(kind).isEmpty())
                .flatMap(kind -> of(kind).stream())
                .toList();
    }

    /** Those of a kind: more than one for sockets that have different properties, none if there is a {@link #whyNot reason}. */
    public List<GeneratedFile> of(FileKind kind) {
        if (whyNot(kind).isPresent()) {
            return List.of();
        }
        return switch (kind) {
            case UNIT -> List.of(UnitFile.of(service));
            case SOCKET -> SocketUnits.of(service);
            case TMPFILES -> Tmpfiles.of(service).stream().toList();
            case LOGROTATE -> List.of(Logrotate.of(service));
            case DOCKERFILE -> List.of(Dockerfile.of(service));
            case KUBERNETES -> List.of(KubernetesManifest.of(service));
            case OPENRC -> List.of(InitScripts.openrc(service));
            case LSB -> List.of(InitScripts.lsb(service));
        };
    }

    /** Why there is no file of a kind: a sentence. */
    public Optional<String> whyNot(FileKind kind) {
        return switch (kind) {
            case SOCKET ->
                unless(
                        !SocketUnits.names(service).isEmpty(),
                        "the specification names no socket that it listens on (with a port that is known beforehand).");
            case TMPFILES ->
                unless(
                        Tmpfiles.of(service).isPresent(),
                        "neither pidfile nor logs need a directory or file that is not there anyway.");
            case LOGROTATE ->
                service.spec().logs().rotation().isPresent()
                        ? Optional.of("the daemon rotates its logs itself, as specified.")
                        : unless(!service.logs().isEmpty(), "neither stdout nor stderr is a file.");
            case OPENRC, LSB ->
                unless(
                        service.hasFace(),
                        "a script calls start, stop and status, which only a program has that uses main(args, task).");
            case DOCKERFILE -> Dockerfile.whyNot(service);
            case UNIT, KUBERNETES -> Optional.empty();
        };
    }

    private static Optional<String> unless(boolean makesSense, String reason) {
        return makesSense ? Optional.empty() : Optional.of(reason);
    }
}
