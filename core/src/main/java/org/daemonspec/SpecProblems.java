package org.daemonspec;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daemonspec.internal.daemon.LogFiles;
import org.daemonspec.internal.launch.EnvironmentChange;
import org.daemonspec.internal.launch.Facility;
import org.daemonspec.internal.launch.LaunchSpec;
import org.daemonspec.internal.launch.StandardStream;
import org.daemonspec.internal.posix.ProcessContext;

/** What is wrong with a specification on any machine: all of it, each in one sentence. */
final class SpecProblems {

    private static final int LARGEST_UMASK = 0777;
    private static final int LARGEST_MODE = 07777;
    private static final int OTHERS_WRITE = 02;
    private static final int OWNER_ENTERS = 0100;
    private static final int FIRST_PRESERVED = 3;

    private static final int LARGEST_LOG_MODE = 0664;
    private static final int OWNER_WRITES = 0200;
    private static final int MOST_KEPT = 1000;

    private SpecProblems() {}

    static List<String> of(LaunchSpec spec) {
        List<String> problems = new ArrayList<>();
        if (spec.name().isBlank() || spec.name().contains("/") || hasControlCharacter(spec.name())) {
            problems.add(
                    "name '" + spec.name() + "': give it at least one letter, and neither '/' nor control characters.");
        }
        if (spec.umask() < 0 || spec.umask() > LARGEST_UMASK) {
            problems.add("umask " + spec.umask() + ": give 0 to 0777, in Java an octal literal such as 022.");
        }
        if (!spec.readyTimeout().isPositive()) {
            problems.add("readyTimeout " + spec.readyTimeout() + ": give more than zero.");
        }
        if (!spec.stopTimeout().isPositive()) {
            problems.add("stopTimeout " + spec.stopTimeout() + ": give more than zero.");
        }
        if (spec.makePidfileDirectory() && spec.pidfile().isEmpty()) {
            problems.add("createPidfileDirectory: there is no pidfile; name one, or leave this out.");
        }
        if (spec.pidfile().isPresent()) {
            checkPidfile(spec.pidfile().get(), spec, problems);
        }
        checkWorkingDirectory(spec, problems);
        checkPreserved(spec, problems);
        checkLogs(spec, problems);
        SocketProblems.addTo(problems, spec.sockets());
        for (EnvironmentChange change : spec.environment()) {
            checkVariable(change, problems);
        }
        ContextProblems.addTo(problems, spec.context());
        for (String option : spec.jvmOptions()) {
            checkOption("jvmOptions", option, problems);
        }
        for (String option : spec.launcherOptions()) {
            checkOption("launcherOptions", option, problems);
            if (option.equals("-*") || option.equals("--*")) {
                problems.add("launcherOptions '" + option
                        + "': would be all of them; name more of the option before the '*'.");
            }
        }
        return problems;
    }

    static List<String> ofCommand(List<String> command) {
        List<String> problems = new ArrayList<>();
        if (command.isEmpty() || command.getFirst().isEmpty()) {
            problems.add("exec: name the program to execute.");
        }
        for (String argument : command) {
            if (hasNul(argument)) {
                problems.add("exec: the argument '" + printable(argument)
                        + "' contains a NUL character, which no argument can; remove it.");
            }
        }
        return problems;
    }

    private static void checkPreserved(LaunchSpec spec, List<String> problems) {
        if (spec.preserved().isEmpty()) {
            return;
        }
        int last = spec.preserved().last();
        for (ProcessContext.Limit limit : spec.context().limits()) {
            if (limit.resource() == ResourceLimit.NOFILE.number() && Long.compareUnsigned(last, limit.soft()) >= 0) {
                problems.add("preserve " + last + ": " + limit.name() + " " + limit.values()
                        + " allows no such number; preserve a lower one, or raise the limit.");
            }
        }
        for (int descriptor : spec.preserved().headSet(FIRST_PRESERVED)) {
            problems.add("preserve " + descriptor + ": give 3 or more; for 0 to 2 there are stdin, stdout and stderr.");
        }
    }

    private static void checkWorkingDirectory(LaunchSpec spec, List<String> problems) {
        if (spec.workingDirectoryMode().isEmpty()) {
            return;
        }
        int mode = spec.workingDirectoryMode().getAsInt();
        String subject = "createWorkingDirectory " + (mode < 0 ? mode : "0" + Integer.toOctalString(mode));
        if (mode < 0 || mode > LARGEST_MODE) {
            problems.add(subject + ": give 0100 to 07775, in Java an octal literal such as 0750.");
        } else if ((mode & OTHERS_WRITE) != 0) {
            problems.add(subject + ": everybody could write it; leave out 02, as in 0750.");
        } else if ((mode & OWNER_ENTERS) == 0) {
            problems.add(subject + ": its owner could not enter it; add 0100, as in 0750.");
        }
        if (spec.workingDirectory().toAbsolutePath().getParent() == null) {
            problems.add(subject + ": there is no workingDirectory to be made; name one, or leave this out.");
        }
    }

    private static void checkLogs(LaunchSpec spec, List<String> problems) {
        int mode = spec.logs().mode();
        if ((mode & ~LARGEST_LOG_MODE) != 0 || (mode & OWNER_WRITES) == 0) {
            problems.add("logMode 0" + Integer.toOctalString(mode) + ": a log is written by its owner, and perhaps its"
                    + " group, read by whom you like, and no program; give"
                    + " for example 0640, in Java an octal literal.");
        }
        if (spec.logs().rotation().isPresent()) {
            checkRotation(spec.logs().rotation().get(), spec, problems);
        }
        Set<String> facilities = new LinkedHashSet<>();
        for (StandardStream stream : List.of(spec.stdout(), spec.stderr())) {
            if (stream instanceof StandardStream.Syslog syslog) {
                facilities.add(syslog.facility());
            }
        }
        for (String facility : facilities) {
            if (!Facility.names().contains(facility)) {
                problems.add("syslog facility '" + printable(facility) + "': give one of "
                        + String.join(", ", Facility.names()) + ".");
            }
        }
    }

    private static void checkRotation(LogFiles.Rotation rotation, LaunchSpec spec, List<String> problems) {
        if (rotation.bytes() < 1 || rotation.keep() < 1 || rotation.keep() > MOST_KEPT) {
            problems.add("rotateLogs " + rotation.bytes() + ", " + rotation.keep()
                    + ": give at least one byte, and 1 to " + MOST_KEPT + " files to keep.");
        }
        List<Path> logs = Stream.of(spec.stdout(), spec.stderr())
                .filter(StandardStream.File.class::isInstance)
                .map(stream -> ((StandardStream.File) stream).path())
                .distinct()
                .toList();
        if (logs.isEmpty()) {
            problems.add("rotateLogs: neither stdout nor stderr is a file; name one, or leave this out.");
        }
        Stream.concat(logs.stream(), spec.pidfile().stream())
                .filter(path -> logs.stream().anyMatch(log -> isOlderFileOf(log, path)))
                .forEach(path -> problems.add(
                        "rotateLogs: " + path + " is what another log is renamed to; give each a name of its own."));
    }

    private static boolean isOlderFileOf(Path log, Path path) {
        return path.toAbsolutePath().toString().matches(Pattern.quote(log.toAbsolutePath() + ".") + "\\d+");
    }

    /** A log in the pidfile would be truncated at the next start, and hide the pid until then. */
    private static void checkPidfile(Path pidfile, LaunchSpec spec, List<String> problems) {
        if (!pidfile.getFileSystem().equals(FileSystems.getDefault())) {
            problems.add("pidfile " + pidfile + ": not in the default file system; name a path that the kernel knows.");
        }
        if (leadsTo(pidfile, spec.stdin()) || leadsTo(pidfile, spec.stdout()) || leadsTo(pidfile, spec.stderr())) {
            problems.add("pidfile " + pidfile + ": it is a standard stream too; give each a file of its own.");
        }
    }

    private static boolean leadsTo(Path path, StandardStream stream) {
        return stream instanceof StandardStream.File file && file.path().equals(path);
    }

    private static void checkVariable(EnvironmentChange change, List<String> problems) {
        if (change instanceof EnvironmentChange.Unset unset) {
            checkVariableName(unset.name(), problems);
        } else if (change instanceof EnvironmentChange.Set set) {
            checkVariableName(set.name(), problems);
            if (hasNul(set.value())) {
                problems.add("environment " + printable(set.name())
                        + ": its value contains a NUL character, which no variable can; remove it.");
            }
        }
    }

    private static void checkVariableName(String name, List<String> problems) {
        if (name.isEmpty() || name.contains("=") || hasNul(name)) {
            problems.add("environment name '" + printable(name) + "': give it a letter, and neither '=' nor NUL.");
        }
    }

    private static void checkOption(String setting, String option, List<String> problems) {
        if (option.isEmpty() || hasNul(option)) {
            problems.add(setting + " '" + printable(option) + "': an option is not empty and contains no NUL.");
        }
        if (!option.isEmpty() && !option.startsWith("-")) {
            problems.add(setting + " '" + printable(option)
                    + "': an option begins with '-'; write one that takes a value in one word, as --name=value.");
        }
        if (option.equals("-jar")
                || option.equals("-m")
                || option.equals("--module")
                || option.startsWith("--module=")) {
            problems.add(
                    setting + " '" + option + "': the daemon runs the launcher's own program; use exec for another.");
        }
    }

    static boolean hasControlCharacter(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    static String printable(String text) {
        return text.replace('\0', '\u2400');
    }
}
