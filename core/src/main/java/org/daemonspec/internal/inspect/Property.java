package org.daemonspec.internal.inspect;

import java.util.OptionalInt;

/** What a well-behaved daemon is, in the order of the steps of daemon(7) that make it so. */
public enum Property {
    RUNNING("running", 0, "the process is there, and is no zombie", RunningCheck::running),
    TERMINAL_DESCRIPTORS("terminal-descriptors", 1, "no terminal is open", DescriptorChecks::terminals),
    PIPES("pipes", 1, "no pipe to whoever started it is open, nor half of one", DescriptorChecks::pipes),
    FILES(
            "files",
            1,
            "no copy of a standard stream is open, nor a file shared with a stranger",
            DescriptorChecks::files),
    IGNORED_SIGNALS("ignored-signals", 2, "no signal is ignored that one controls a daemon by", SignalChecks::ignored),
    SIGNAL_MASK("signal-mask", 3, "no signal is blocked in every thread", SignalChecks::mask),
    THREAD_SIGNAL_MASKS(
            "thread-signal-masks", 3, "no thread of a JVM blocks a signal that the JVM needs", SignalChecks::threads),
    ENVIRONMENT("environment", 4, "no variable of somebody's session, shell or linker", EnvironmentCheck::environment),
    PARENT("parent", 5, "it is a child of init or of a subreaper", SessionChecks::parent),
    SESSION("session", 6, "it has left the session that it was started in", SessionChecks::session),
    CONTROLLING_TERMINAL("controlling-terminal", 6, "it has no controlling terminal", SessionChecks::terminal),
    SESSION_LEADER("session-leader", 7, "nobody is left who could acquire a terminal", SessionChecks::leader),
    INTERMEDIATES(
            "intermediates", 8, "the processes in between have ended, and were reaped", SessionChecks::intermediates),
    ZOMBIES("zombies", 0, "it reaps its children", SessionChecks::zombies),
    STDIN("stdin", 9, "stdin is /dev/null or a file", StreamChecks::stdin),
    STDOUT("stdout", 9, "stdout is /dev/null or a log", StreamChecks::stdout),
    STDERR("stderr", 9, "stderr is /dev/null or a log", StreamChecks::stderr),
    LOG_FLAGS("log-flags", 0, "log files are appended to (O_APPEND)", StreamChecks::logFlags),
    UMASK("umask", 10, "the umask takes no right from the owner of what it makes", PlaceChecks::umask),
    WORKING_DIRECTORY("working-directory", 11, "it is not simply where it was started", PlaceChecks::workingDirectory),
    PIDFILE_CONTENT("pidfile-content", 12, "the pidfile names this process", PidfileChecks::content),
    PIDFILE_LOCK("pidfile-lock", 12, "this process holds a lock on the file at the path", PidfileChecks::lock),
    PIDFILE_LOCK_HOLDERS("pidfile-lock-holders", 12, "nobody else holds that lock", PidfileChecks::holders),
    PIDFILE_MODE("pidfile-mode", 12, "nobody beside its owner may write the pidfile", PidfileChecks::mode),
    PIDFILE_OWNER("pidfile-owner", 12, "the pidfile belongs to root or to the daemon's user", PidfileChecks::owner),
    PIDFILE_DIRECTORY(
            "pidfile-directory", 12, "nobody else can put another file in its place", PidfileChecks::directory),
    PRIVILEGES("privileges", 13, "privileges that were dropped cannot come back", PrivilegeChecks::privileges),
    THREAD_IDENTITIES("thread-identities", 13, "all threads are the same user", PrivilegeChecks::threads),
    READINESS("readiness", 14, "it has said that it is ready", NoticeChecks::readiness),
    LAUNCHER("launcher", 15, "the original process has ended, and not before", NoticeChecks::launcher);

    private final String word;
    private final int step;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // a method, without state
    private final Check check;

    Property(String word, int step, String description, Check check) {
        this.word = word;
        this.step = step;
        this.description = description;
        this.check = check;
    }

    /** Its name in reports. */
    public String word() {
        return word;
    }

    /** The step of daemon(7) that it is of, from 1 to 15; empty if it is of none. */
    public OptionalInt step() {
        return step == 0 ? OptionalInt.empty() : OptionalInt.of(step);
    }

    /** What a process is that has it. */
    public String description() {
        return description;
    }

    /** Whether it may be otherwise for a moment: while a thread is made, and in critical sections, all signals are blocked. */
    boolean isMomentary() {
        return this == SIGNAL_MASK || this == THREAD_SIGNAL_MASKS;
    }

    Check check() {
        return check;
    }
}
