package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a daemon shall be, complete: every default filled in. The public specification is a front to this record.
 *
 * @param name how messages call it
 * @param pidfile as given, relative or absolute
 * @param workingDirectory as given
 * @param umask 0 to 0777
 * @param stdin where it reads from
 * @param stdout where it writes
 * @param stderr where it complains
 * @param environment changes to the launcher's environment, in order
 * @param jvmOptions for the daemon JVM, after those of the launcher's own command line
 * @param readyTimeout how long the launcher waits for <em>ready</em>
 */
public record LaunchSpec(
        String name,
        Optional<Path> pidfile,
        Path workingDirectory,
        int umask,
        StandardStream stdin,
        StandardStream stdout,
        StandardStream stderr,
        List<EnvironmentChange> environment,
        List<String> jvmOptions,
        Duration readyTimeout) {

    public LaunchSpec {
        environment = List.copyOf(environment);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** What launcher and daemon have to agree on: main builds the specification in both. */
    String fingerprint() {
        return name + "\n" + pidfile.map(Path::toString).orElse("");
    }
}
