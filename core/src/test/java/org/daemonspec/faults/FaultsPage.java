package org.daemonspec.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What came of each error of each call, as a page of the documentation. */
final class FaultsPage {

    static final String COMMAND = "mvn -Dfaults=all -Dfaults.page=$PWD/docs/faults.md -Dit.test=FaultsIT -Dtest=none"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -pl .,bindings,core"
            + " verify";

    /** What the same call about the same object comes to. */
    private record Row(String process, String call, String object, String outcome) {}

    private final Map<String, Map<Row, Set<String>>> scenarios = new TreeMap<>();
    private final Map<String, Integer> cases = new TreeMap<>();

    void add(String scenario, Call call, String error, Outcome outcome, boolean leavesPidfile, Path directory) {
        Row row = new Row(
                call.process(),
                call.name(),
                general(call.object(), directory),
                outcome.succeeded()
                        ? "works" + (leavesPidfile ? "; the pidfile stays, and is stale" : "")
                        : "exit code " + outcome.exitCode() + ", `" + sentence(outcome, error, directory) + "`");
        scenarios
                .computeIfAbsent(scenario, _ -> new LinkedHashMap<>())
                .computeIfAbsent(row, _ -> new LinkedHashSet<>())
                .add(error);
        cases.merge(scenario, 1, Integer::sum);
    }

    private static String sentence(Outcome outcome, String error, Path directory) {
        String text = outcome.sentence()
                .replaceAll(ManPage.nameOf(error) + " \\([^)]*\\)", "E…")
                .replaceAll("(?s)\n(the end of [^\n]*).*?([^\n]*E…[^\n]*).*", " … $2 …");
        return general(text, directory).replaceAll(" +", " ");
    }

    /** Without what is of this run or machine. */
    private static String general(String text, Path directory) {
        return Matcher.quoteReplacement(text)
                .replace(directory.toString(), "DIR")
                .replace(System.getProperty("java.home"), "JAVA_HOME")
                .replaceAll("(/proc/|process |pid |descriptor )[0-9]+", "$1N")
                .replaceAll("(socket|pipe):\\[[0-9]+]", "$1")
                .replaceAll("/fd/[0-9]+", "/fd/N")
                .replaceAll("/fdinfo/[0-9]+", "/fdinfo/N")
                .replaceAll("/tmp/daemonspec[0-9]+", "OUTPUT")
                .replaceAll("anon_inode:\\[(.*)]", "$1")
                .replace("|", "\\|");
    }

    String text() throws IOException {
        StringBuilder page = new StringBuilder("""
            # When a system call fails

            Each call that daemonspec makes in a start or a stop, failed once with each error of its man page (and with what an old kernel or
            a seccomp filter answers to a call that it does not know). It is not the kernel that fails: a [small library](../core/src/test/c/faults.c)
            answers in its place, and nobody else's calls, since daemonspec finds libc's functions by a door of its own. Which
            calls there are is recorded from a run without a fault.

            After each case, [the test](../core/src/test/java/org/daemonspec/faults/FaultsIT.java) asserts that what happened is what the table says:
            it *works*, that is exit code 0, nothing on stderr, and a daemon that holds the lock and obeys `stop`; or there is the exit code and one
            sentence, in which `E…` stands for the error's name and text. In both cases there is then no process, no zombie, no descriptor, no lock
            and no file that was not there before (but the log), and the next start works. Some errors are answers, believed and not listed: that
            `stop` finds no pidfile (ENOENT), that the process has gone (ESRCH) or the launcher (EPIPE), that a JVM was handed nothing
            by a launcher (ENOENT, EINVAL). The JDK says ENOENT where the kernel says ENOTDIR.

            What is missing cannot fail (umask, getcontext, makecontext, the sets of signals), or is called by libc within
            posix_spawn, whose own errors are here; or is called by an intermediate process that is another user by then, which
            [PartialDropIT](../core/src/test/java/org/daemonspec/PartialDropIT.java) has fail.

            """);
        page.append("Generated with `")
                .append(COMMAND)
                .append("`, here on ")
                .append(machine())
                .append(".\n");
        for (Map.Entry<String, Map<Row, Set<String>>> scenario : scenarios.entrySet()) {
            page.append("\n## ")
                    .append(scenario.getKey())
                    .append("\n\n")
                    .append(cases.get(scenario.getKey()))
                    .append(" cases.\n");
            page.append("\n| process | call | about | errors | what comes of it |\n|---|---|---|---|---|\n");
            for (Map.Entry<Row, Set<String>> row : scenario.getValue().entrySet()) {
                Row key = row.getKey();
                page.append("| ")
                        .append(String.join(
                                " | ",
                                List.of(
                                        key.process(),
                                        key.call(),
                                        key.object(),
                                        String.join(" ", row.getValue()),
                                        key.outcome())))
                        .append(" |\n");
            }
        }
        return page.toString();
    }

    private static String machine() throws IOException {
        Matcher system =
                Pattern.compile("(?m)^PRETTY_NAME=\"(.*)\"").matcher(Files.readString(Path.of("/etc/os-release")));
        List<String> parts = new ArrayList<>();
        parts.add(system.find() ? system.group(1) : "Linux");
        parts.add("Linux " + System.getProperty("os.version"));
        parts.add("JDK " + Runtime.version());
        return String.join(", ", parts);
    }
}
