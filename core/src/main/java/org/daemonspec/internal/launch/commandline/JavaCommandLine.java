package org.daemonspec.internal.launch.commandline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.daemonspec.internal.launch.commandline.JavaLaunch.Mode;

/**
 * Computes how to start this JVM's program again from another directory: the same options in force, the same class
 * path, the same arguments.
 *
 * <p>Options come in this order, in which of two that contradict each other the later one wins, as it does now:
 * JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS, the command line, _JAVA_OPTIONS, added options. The first, second and fourth
 * are part of the command line only if the daemon's environment lacks the variable. If it has JDK_JAVA_OPTIONS but not
 * JAVA_TOOL_OPTIONS, these two change places, since the launcher puts JDK_JAVA_OPTIONS first of all.
 */
public final class JavaCommandLine {

    /** Marks of an earlier generation, when a daemon starts a daemon. */
    private static final List<String> MARKS = List.of(
            "-D" + JvmProcess.DAEMON_PROPERTY + "=",
            "-D" + JvmProcess.FOREGROUND_PROPERTY + "=",
            "-D" + JvmProcess.TRAINING_PROPERTY + "=");

    /** What it leads to is not compared with what a cache was made of, and classes that are in both are there twice then. */
    private static final String BOOT_CLASS_PATH = "-Xbootclasspath/a:";

    private final JvmProcess self;
    private final Variables variables;
    private final Map<String, String> environment;
    private final OptionChanges changes;
    private final WorkingDirectory workingDirectory;
    private final Findings findings = new Findings();
    private final OptionFiles files;

    private JavaCommandLine(JvmProcess self, Map<String, String> daemonEnvironment, OptionChanges changes) {
        this.self = self;
        this.variables = new Variables(self.environment(), daemonEnvironment);
        this.environment = new TreeMap<>(daemonEnvironment);
        this.changes = changes;
        this.workingDirectory = new WorkingDirectory(self.workingDirectory());
        this.files = new OptionFiles(workingDirectory, findings);
    }

    /**
     * The command that starts the daemon JVM, whatever the directory it is started in.
     *
     * <p>A variable with options, or CLASSPATH if it is in force, which the daemon's environment has with the same
     * value as this process's is kept, with relative paths in it made absolute. One with another value is the user's
     * wish and stays as it is, even if it names a class path of its own.
     *
     * @param self this process
     * @param daemonEnvironment the environment that the daemon is to have, in byte strings
     * @param changes what of the options is to be another
     * @throws CommandLineException with all problems, if there are any
     */
    public static JavaCommand relocate(JvmProcess self, Map<String, String> daemonEnvironment, OptionChanges changes)
            throws CommandLineException {
        return new JavaCommandLine(self, daemonEnvironment, changes).relocate();
    }

    /**
     * What of a process's arguments is the program's own, behind its main class, jar or module.
     *
     * @throws CommandLineException if the command line cannot be read
     */
    public static List<String> applicationArguments(JvmProcess self) throws CommandLineException {
        JavaCommandLine line = new JavaCommandLine(self, Map.of(), OptionChanges.NONE);
        List<String> arguments = line.launch().applicationArguments();
        line.findings.throwProblems();
        return arguments;
    }

    /**
     * Whether this process's JVM was started with an option that is dropped, on its command line or by a variable.
     *
     * @throws CommandLineException if the command line cannot be read
     */
    public static boolean hasDropped(OptionChanges changes, JvmProcess self) throws CommandLineException {
        JavaCommandLine line = new JavaCommandLine(self, Map.of(), changes);
        JavaLaunch launch = line.launch();
        List<String> all = new ArrayList<>(launch.options());
        all.addAll(launch.variableOptions());
        all.addAll(line.vmOptions(Variables.TOOL_OPTIONS));
        all.addAll(line.vmOptions(Variables.LAST_OPTIONS));
        line.findings.throwProblems();
        return !line.withoutDropped(all).equals(all);
    }

    private JavaLaunch launch() {
        return new JavaLaunchParser(workingDirectory, findings, files)
                .parse(variables.value(Variables.LAUNCHER_OPTIONS), self.arguments());
    }

    private JavaCommand relocate() throws CommandLineException {
        checkExecutable();
        JavaLaunch launch = launch();
        List<String> arguments = new ArrayList<>();
        arguments.addAll(carryOver(Variables.TOOL_OPTIONS, vmOptions(Variables.TOOL_OPTIONS)));
        arguments.addAll(withoutClassPath(carryOver(Variables.LAUNCHER_OPTIONS, launch.variableOptions())));
        arguments.addAll(relocated(withoutClassPath(ownOptions(launch))));
        arguments.addAll(classPath(launch));
        arguments.addAll(carryOver(Variables.LAST_OPTIONS, vmOptions(Variables.LAST_OPTIONS)));
        arguments.addAll(changes.added());
        arguments.addAll(defaults(launch));
        arguments.addAll(main(launch));
        arguments.addAll(launch.applicationArguments());
        findings.throwProblems();
        return new JavaCommand(self.executable(), arguments, environment, findings.notices());
    }

    /** Without those that daemonspec has added at the end of the command line of a daemon that starts another. */
    private static List<String> ownOptions(JavaLaunch launch) {
        List<String> options = launch.options();
        for (int i = 0; i < options.size(); i++) {
            if (isMark(options.get(i))) {
                return options.subList(0, i);
            }
        }
        return options;
    }

    private static boolean isMark(String option) {
        for (String mark : MARKS) {
            if (option.startsWith(mark)) {
                return true;
            }
        }
        return false;
    }

    /** The default options of which the user has not given another, on the command line, in a variable or in a file. */
    private List<String> defaults(JavaLaunch launch) {
        List<String> given = new ArrayList<>(ownOptions(launch));
        given.addAll(launch.variableOptions());
        given.addAll(vmOptions(Variables.TOOL_OPTIONS));
        given.addAll(vmOptions(Variables.LAST_OPTIONS));
        given = withoutDropped(given);
        given.addAll(changes.added());
        for (String variable : Variables.WITH_OPTIONS) {
            if (variables.isChanged(variable)) {
                given.addAll(OptionString.parse(variables.daemons().getOrDefault(variable, "")));
            }
        }
        for (String option : List.copyOf(given)) {
            for (String flag : files.flags(option)) {
                given.add("-XX:" + flag);
            }
        }
        boolean leavesOursAside = CacheOption.isChoiceAmong(given) || isGiven(BOOT_CLASS_PATH, given);
        List<String> defaults = new ArrayList<>();
        for (String option : changes.defaults()) {
            if (leavesOursAside && (CacheOption.isChoice(option) || option.startsWith("-Xlog:"))) {
                continue; // what ours is, and that nothing is said of it
            }
            if (!isGiven(option.substring(0, option.indexOf('=') + 1), given)) {
                defaults.add(option);
            }
        }
        return defaults;
    }

    private List<String> withoutDropped(List<String> options) {
        List<String> kept = new ArrayList<>();
        for (String option : options) {
            if (!changes.drops(option)) {
                kept.add(option);
            }
        }
        return kept;
    }

    private static boolean isGiven(String name, List<String> options) {
        for (String option : options) {
            if (option.startsWith(name)) {
                return true;
            }
        }
        return false;
    }

    private void checkExecutable() {
        String executable = self.executable();
        if (!executable.endsWith("/java") && !executable.equals(JvmProcess.MAGIC_LINK)) {
            findings.problem(
                    executable,
                    "the command line of a launcher other than java can't be rebuilt; use exec(...) instead.");
        }
    }

    private List<String> vmOptions(String variable) {
        return files.vmOptions(OptionString.parse(variables.value(variable)));
    }

    /**
     * Sees to it that the daemon JVM gets the options of a variable.
     *
     * @return the options that have to move to the command line
     */
    private List<String> carryOver(String variable, List<String> options) {
        if (variables.isChanged(variable)) {
            return List.of();
        }
        List<String> relocated = relocated(options);
        String value = variables.daemons().get(variable);
        if (value == null) {
            return relocated;
        }
        if (relocated.isEmpty() && !options.isEmpty()) {
            environment.remove(variable);
        } else if (hasReferences(value) || !relocated.equals(options)) {
            environment.put(variable, OptionString.format(relocated));
        }
        return List.of();
    }

    private static boolean hasReferences(String options) {
        for (String word : OptionString.parse(options)) {
            if (OptionFiles.isReference(word)) {
                return true;
            }
        }
        return false;
    }

    private List<String> relocated(List<String> options) {
        List<String> relocated = new ArrayList<>();
        for (String option : options) {
            if (!isMark(option) && !staysWithLauncher(option) && !CacheOption.isRecording(option)) {
                relocated.add(relocated(option));
            }
        }
        return relocated;
    }

    private String relocated(String option) {
        try {
            return PathOptions.absolute(option, workingDirectory);
        } catch (UnresolvablePathException e) {
            return unresolved(option, e);
        }
    }

    private boolean staysWithLauncher(String option) {
        return changes.drops(option) || staysWithLauncherForItsPort(option);
    }

    private boolean staysWithLauncherForItsPort(String option) {
        Optional<HeldPort> held = HeldPort.takenBy(option);
        if (held.isEmpty()) {
            return false;
        }
        if (!isTakenByAdded(held.get())) {
            findings.notice(
                    option,
                    "stays with the launcher JVM and is not passed to the daemon, since its port can't be had twice;"
                            + " give it with jvmOptions to have it in the daemon instead.");
        }
        return true;
    }

    private boolean isTakenByAdded(HeldPort port) {
        for (String option : changes.added()) {
            if (port.isTakenBy(option)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> withoutClassPath(List<String> options) {
        List<String> others = new ArrayList<>();
        for (String option : options) {
            if (!ClassPath.isOption(option)) {
                others.add(option);
            }
        }
        return others;
    }

    private List<String> classPath(JavaLaunch launch) {
        ClassPath classPath = new ClassPath(launch, variables);
        Optional<String> carried = classPath.toCarryOver();
        if (carried.isEmpty()) {
            return List.of();
        }
        String absolute = absoluteClassPath(carried.get(), launch.mode());
        if (classPath.isVariable()) {
            environment.replace(Variables.CLASS_PATH, absolute);
        }
        return List.of("-cp", absolute);
    }

    private String absoluteClassPath(String value, Mode mode) {
        if (mode == Mode.MODULE && value.isEmpty()) {
            return value;
        }
        try {
            return PathSyntax.CLASS_PATH.absolute(value, workingDirectory);
        } catch (UnresolvablePathException e) {
            return unresolved("-cp " + value, e);
        }
    }

    private List<String> main(JavaLaunch launch) {
        String main = launch.main();
        return switch (launch.mode()) {
            case CLASS -> List.of(main);
            case MODULE -> List.of("-m", main);
            case SOURCE -> List.of(absolute(main, "", main));
            // the jar file becomes the class path
            case JAR -> List.of("-jar", absolute(main, ":", "-jar " + main));
        };
    }

    private String absolute(String file, String separators, String subject) {
        try {
            return workingDirectory.resolve(file, separators);
        } catch (UnresolvablePathException e) {
            return unresolved(subject, e);
        }
    }

    /** Notes the problem; something to go on with, until all are known. */
    private String unresolved(String subject, UnresolvablePathException problem) {
        findings.problem(subject, problem.reason());
        return subject;
    }
}
