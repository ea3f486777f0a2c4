package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.ProcessContext;

/**
 * What a daemon that becomes somebody else would stumble over, as far as modes of files tell. That is for a plan: a start leaves the
 * answer to the kernel, which knows access control lists too.
 */
final class Prospects {

    private static final Set<String> WITH_PATHS = Set.of("-cp", "-classpath", "--class-path", "-p", "--module-path");

    private final Credentials credentials;
    private final String user;
    private final List<String> problems = new ArrayList<>();

    private Prospects(LaunchSpec spec, ProcessContext.Identity identity) {
        this.credentials = Credentials.of(identity);
        this.user = spec.context().user().orElse("uid " + identity.uid());
    }

    /** The problems, each a sentence that begins with the name of the setting that it is about. */
    static List<String> of(LaunchSpec spec, ProcessContext.Identity identity, Program program, boolean isTask) {
        Prospects prospects = new Prospects(spec, identity);
        if (spec.context().root().isEmpty() && !WorkingDirectory.willBeMade(spec)) {
            prospects.check("workingDirectory", spec.workingDirectory(), FileAccess.ENTER, "enter it");
        }
        if (spec.context().root().isEmpty()) {
            prospects.check("exec", ByteString.toPath(program.path()), FileAccess.ENTER, "execute it");
        }
        if (isTask) {
            paths(program.arguments())
                    .forEach(path -> prospects.check("exec", path, FileAccess.READ, "read this part of the program"));
            spec.crashDirectory()
                    .ifPresent(directory -> prospects.check(
                            "crashDirectory", directory, FileAccess.WRITE | FileAccess.ENTER, "make files in it"));
            if (spec.logs().rotation().isPresent()) {
                Stream.of(spec.logFiles().stdout(), spec.logFiles().stderr())
                        .flatMap(log -> log.map(Path::getParent).stream())
                        .distinct()
                        .forEach(directory -> prospects.check(
                                "rotateLogs", directory, FileAccess.WRITE | FileAccess.ENTER, "rename files in it"));
            }
        }
        return prospects.problems;
    }

    private static List<Path> paths(List<String> arguments) {
        List<Path> paths = new ArrayList<>();
        for (int i = 1; i + 1 < arguments.size(); i++) {
            String value = arguments.get(i + 1);
            if (arguments.get(i).equals("-jar")) {
                paths.add(ByteString.toPath(value));
                return paths;
            }
            if (WITH_PATHS.contains(arguments.get(i))) {
                Pattern.compile(":")
                        .splitAsStream(value)
                        .filter(entry -> !entry.isEmpty() && !entry.endsWith("*"))
                        .map(ByteString::toPath)
                        .forEach(paths::add);
            }
        }
        return paths;
    }

    private void check(String setting, Path path, int rights, String what) {
        FileAccess.obstacle(path, credentials, rights)
                .ifPresent(obstacle -> problems.add(setting + " " + path + ": EACCES (" + user + " may not " + what
                        + ", since " + obstacle + "); change that, or name another."));
    }
}
