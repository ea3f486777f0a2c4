package org.daemonspec.jmh;

import java.util.ArrayList;
import java.util.List;

/** What is to be reached, and what is compared with what. */
final class Goals {

    /**
     * Goals about one thing.
     *
     * @param title of it
     * @param equalWork what each of those compared does, and when its time ends
     * @param goals about it
     */
    record Section(String title, String equalWork, List<Goal> goals) {}

    /** What the tools are compared under. */
    static final List<String> TOOLS = List.of(
            "exec daemonize", "exec setsid -f", "exec start-stop-daemon", "exec libslack daemon", "exec python-daemon");

    private Goals() {}

    static List<Section> all() {
        return List.of(
                exec(), execConditions(), coldStart(), launcher(), memory(), lock(), contention(), takeover(), stop());
    }

    private static Section exec() {
        List<Goal> goals = new ArrayList<>();
        goals.add(Goal.ratio("warm `exec` of `/bin/true`, p50", "exec", "the same in C", "exec in C", 1.3));
        goals.add(Goal.faster("… beside the JDK", "exec", "exec ProcessBuilder"));
        goals.add(Goal.faster("… beside NuProcess", "exec", "exec NuProcess"));
        goals.add(Goal.report("the same in C, beside NuProcess", "exec in C", "NuProcess", "exec NuProcess"));
        TOOLS.forEach(tool -> goals.add(Goal.faster("… beside a call of", "exec", tool)));
        return new Section("Starting a program", """
            The time of one call in a warm JVM, until it returns, with a pause of a millisecond before the next, for all of them: the
            program of the call before is at its end then, and does not compete for the two processors. The floor is a C program that does what `exec` does: it opens `/`
            and `/dev/null`, blocks signals, `clone(CLONE_VM|CLONE_VFORK)`, in the child `setsid`, `umask` and `posix_spawn` with
            the same file actions and attributes, `waitpid`, `close`. Not equal is what the others achieve:

            | | session | umask, directory, signals | other descriptors closed | parent | returns when |
            |---|---|---|---|---|---|
            | `exec`, floor | new | set | yes | init | execve(2) has succeeded |
            | `ProcessBuilder.start()` | ours | inherited | yes | we | execve(2) has succeeded |
            | NuProcess | ours | inherited | yes | we | execve(2) has succeeded; standard streams are pipes |
            | `daemonize`, libslack `daemon`, python-daemon | new | set | yes | init | the parent has left, before execve(2) |
            | `setsid -f` | new | inherited | no | init | the parent has left, before execve(2) |
            | `start-stop-daemon -S -b` | new | set | yes | init | the parent has left, before execve(2) |

            A tool's time is that of its process, started by `posix_spawn` from a small C program until it was waited for: what it costs
            to call it, without the JVM that would. NuProcess makes one process, and the floor two. None waits for the end of `/bin/true`.
            """, goals);
    }

    private static Section execConditions() {
        return new Section(
                "Starting a program from a large process",
                """
                The same call in a JVM with a touched heap (`-Xms`, `-Xmx`, `AlwaysPreTouch`), and in one with many open descriptors under
                the highest RLIMIT_NOFILE that the machine allows.
                """,
                List.of(
                        Goal.ratio(
                                "`exec` with 4 GB of touched heap",
                                "exec, 4 GB heap",
                                "64 MB",
                                "exec, 64 MB heap",
                                1.1),
                        Goal.ratio(
                                "`exec` with 10,000 open descriptors and the highest RLIMIT_NOFILE",
                                "exec, 10000 descriptors",
                                "20 and 1,024",
                                "exec, 20 descriptors",
                                1.1),
                        Goal.report(
                                "the same in C with 10,000 open descriptors",
                                "exec in C, 10000 descriptors",
                                "with 20",
                                "exec in C, 20 descriptors"),
                        Goal.report(
                                "`exec` with 10,000 open descriptors",
                                "exec, 10000 descriptors",
                                "the same in C",
                                "exec in C, 10000 descriptors")));
    }

    private static Section coldStart() {
        return new Section(
                "Cold start",
                """
                From the start of the command `java … HttpExample start` until the HTTP example gives its first answer, asked by a C program
                every 200 µs. The floor is the same server, started by plain `java` in the foreground: the same jars, no daemonspec, no
                option, no cache. *Two JVMs* is, without anything of daemonspec, a JVM that makes one native call, and after its
                end, by a shell, another, which makes one and then is the plain server. *Prompt back* is the time from that answer until the launcher has ended; below zero, the prompt
                was back first.
                """,
                List.of(
                        Goal.ratio(
                                "command typed until it answers",
                                "cold start",
                                "plain server",
                                "cold start, plain",
                                2.2),
                        Goal.ratio(
                                "… with the AOT cache",
                                "cold start, AOT cache",
                                "plain server, no cache",
                                "cold start, plain",
                                1.1),
                        Goal.report(
                                "two JVMs with a native call each", "two JVMs", "plain server", "cold start, plain"),
                        Goal.report(
                                "… with AOT caches of their own",
                                "two JVMs, AOT cache",
                                "plain server, no cache",
                                "cold start, plain"),
                        Goal.report("command typed until it answers", "cold start", "two JVMs", "two JVMs"),
                        Goal.report(
                                "… with the AOT cache",
                                "cold start, AOT cache",
                                "two JVMs, AOT caches",
                                "two JVMs, AOT cache"),
                        Goal.milliseconds("prompt back after the answer", "prompt", 5),
                        Goal.milliseconds("… with the AOT cache", "prompt, AOT cache", 5)));
    }

    private static Section launcher() {
        return new Section(
                "The launcher",
                """
                Of the HTTP example's launcher: time, and CPU time of all its threads, from its start until its first fork, at which
                the kernel stops it for a tracer (ptrace(2); the stops at new threads are in the time). Of `java Exec`: the whole life of a
                JVM that does nothing but `DaemonSpec.builder().exec("/bin/true")`, untraced. Of `java Hello`, the floor: the whole
                life of a JVM that prints a word. Of *one native call*, the whole life of a JVM with the launcher's options that calls getpid(2) by the
                JDK's own API, prints the number, and has nothing of daemonspec in it: what no launcher in Java can be quicker than. A refused start is one whose pidfile is locked by the running example; its exit
                code is 1.
                """,
                List.of(
                        Goal.ratio("launcher until the fork, wall", "launcher", "`java Hello`", "hello", 2.8),
                        Goal.ratio("launcher until the fork, CPU", "launcher, CPU", "`java Hello`", "hello, CPU", 2.8),
                        Goal.ratio("… with the AOT cache, wall", "launcher, AOT cache", "`java Hello`", "hello", 1.6),
                        Goal.ratio(
                                "… with the AOT cache, CPU",
                                "launcher, CPU, AOT cache",
                                "`java Hello`",
                                "hello, CPU",
                                1.6),
                        Goal.report("one native call, wall", "one native call", "`java Hello`", "hello"),
                        Goal.report("one native call, CPU", "one native call, CPU", "`java Hello`", "hello, CPU"),
                        Goal.report(
                                "… with an AOT cache of its own, wall",
                                "one native call, AOT cache",
                                "`java Hello`",
                                "hello"),
                        Goal.report(
                                "… with an AOT cache of its own, CPU",
                                "one native call, CPU, AOT cache",
                                "`java Hello`",
                                "hello, CPU"),
                        Goal.report("launcher until the fork, wall", "launcher", "one native call", "one native call"),
                        Goal.report(
                                "launcher until the fork, CPU",
                                "launcher, CPU",
                                "one native call",
                                "one native call, CPU"),
                        Goal.report(
                                "… with the AOT cache, wall",
                                "launcher, AOT cache",
                                "one native call, AOT cache",
                                "one native call, AOT cache"),
                        Goal.report(
                                "… with the AOT cache, CPU",
                                "launcher, CPU, AOT cache",
                                "one native call, AOT cache",
                                "one native call, CPU, AOT cache"),
                        Goal.ratio("`java Exec`, wall", "java Exec", "`java Hello`", "java Hello", 2.8),
                        Goal.ratio("`java Exec`, CPU", "java Exec, CPU", "`java Hello`", "java Hello, CPU", 2.8),
                        Goal.ratio("refused start (already running)", "refused start", "`java Hello`", "hello", 2.5),
                        Goal.ratio("… with the AOT cache", "refused start, AOT cache", "`java Hello`", "hello", 2.5)));
    }

    private static Section memory() {
        return new Section(
                "Memory",
                """
                `Rss` and `Pss` of `/proc/PID/smaps_rollup`, half a second after the first answer, of the daemon and of the plain server; and of
                the plain server in a JVM that has made one native call before, without anything of daemonspec.
                """,
                List.of(
                        Goal.ratio("daemon's RSS", "RSS", "plain server", "RSS, plain", 1.05),
                        Goal.ratio("daemon's PSS", "PSS", "plain server", "PSS, plain", 1.05),
                        Goal.ratio(
                                "… with the AOT cache, RSS",
                                "RSS, AOT cache",
                                "plain server, no cache",
                                "RSS, plain",
                                1.05),
                        Goal.report(
                                "the plain server after a native call, RSS",
                                "RSS, two JVMs",
                                "plain server",
                                "RSS, plain"),
                        Goal.report("… PSS", "PSS, two JVMs", "plain server", "PSS, plain")));
    }

    private static Section lock() {
        return new Section(
                "A lock that nobody else wants",
                """
                From open(2) to close(2), on a tmpfs. *Pidfile* is the whole protocol: the lock, every check, blanks, the pid; its floor makes
                the same system calls in C. *flock* is open, flock, close by daemonspec's native calls, and what the JDK's
                `FileChannel.tryLock` (fcntl(2)) and JNA's direct mapping (flock(2)) are compared with.
                """,
                List.of(
                        Goal.ratio("pidfile locked and let go", "pidfile", "the same in C", "pidfile in C", 1.2),
                        Goal.ratio("flock", "flock", "the same in C", "flock in C", 1.2),
                        Goal.faster("… beside `FileChannel.tryLock`", "flock", "flock FileChannel"),
                        Goal.faster("… beside JNA", "flock", "flock JNA")));
    }

    private static Section contention() {
        List<Goal> goals = new ArrayList<>();
        for (String kind : List.of("threads", "processes")) {
            for (int count : ContentionRow.CONTENDERS) {
                String series = "contention, " + count + " " + kind;
                goals.add(Goal.ratio(
                        count + " " + kind + ": time per lock", series, "the same in C", series + ", in C", 1.2));
            }
        }
        for (String kind : List.of("threads", "processes")) {
            for (int count : ContentionRow.CONTENDERS) {
                String series = "contention, " + count + " " + kind;
                goals.add(Goal.atLeast(
                        count + " " + kind + ": least share",
                        series + ", least share",
                        "the same in C",
                        series + ", in C, least share",
                        0.1));
                goals.add(Goal.reportValue("… the same in C", series + ", in C, least share"));
            }
        }
        return new Section("A lock that many want", """
            Each contender opens, tries flock(2) without waiting, and closes, as often as it can for half a second, 32 of them for two and a half; all are on
            the same file, and those of one process begin together. The time per lock is that time over all the locks that were got. The least share is what the contender with the
            fewest got, 1 being an equal share; nobody starves if it is not near 0. A process of ours is a JVM with one such
            thread. In C, the same with threads or processes.
            """, goals);
    }

    private static Section takeover() {
        return new Section(
                "The lock of one that dies",
                """
                From the moment before the holder of a pidfile is sent SIGKILL until the next one, who waits in poll(2) on a pidfd, has
                locked the pidfile and written its pid: `Pidfile.lock(path, patience)` in a JVM that has locked it 20,000 times before, and a C program that
                waits in the same way, and makes about the same calls then.
                """,
                List.of(Goal.ratio("takeover", "takeover", "the same in C", "takeover in C", 1.2)));
    }

    private static Section stop() {
        return new Section(
                "Stop",
                """
                From the end of the HTTP example's process, seen by a C program in poll(2) on a pidfd, until who stopped it is back:
                `DaemonControl.stop()` in a warm JVM, or the command `stop`, whose own JVM has to leave then. Beside it, a JVM without daemonspec
                that has made one native call, prints a line and halts: from before the line until its process has ended.
                """,
                List.of(
                        Goal.milliseconds("`stop()` returns after the process is gone", "stop", 2),
                        Goal.milliseconds("the command `stop` has ended", "stop command", 2),
                        Goal.milliseconds("… with the AOT cache", "stop command, AOT cache", 2),
                        Goal.reportMilliseconds("a JVM that prints a line and halts has ended", "halt")));
    }
}
