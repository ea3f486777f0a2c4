package org.daemonspec.examples.subclass;

import java.nio.file.Path;
import org.daemonspec.DaemonSpec;

/**
 * A daemon to subclass: override {@link #run()}. The classic shape, without the classic's faults: the pidfile is locked before
 * anything is started, and holds the daemon's pid when {@link #start()} leaves.
 */
public abstract class Daemon {

    private final DaemonSpec.Builder spec;

    /** A daemon whose output goes to {@code /dev/null}. */
    protected Daemon(Path pidfile) {
        this.spec = DaemonSpec.builder().pidfile(pidfile);
    }

    /** A daemon that appends its output to files. */
    protected Daemon(Path pidfile, Path stdin, Path stdout, Path stderr) {
        this.spec = DaemonSpec.builder()
                .pidfile(pidfile)
                .stdin(stdin)
                .stdout(stdout)
                .stderr(stderr);
    }

    /** Becomes a daemon that runs {@link #run()}; leaves this process when it is about to run, or says why it is not. */
    public final void start() {
        spec.detach(this::run);
    }

    /** Does what a command line says: start, stop, restart, and so on. */
    public final void obey(String name, String usage, String... words) {
        spec.name(name).usage(usage).main(words, context -> {
            context.ready();
            run();
        });
    }

    /** What the daemon does. */
    protected abstract void run();
}
