package org.daemonspec.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.daemonspec.DaemonException;
import org.daemonspec.DaemonSpec;
import org.daemonspec.support.ContextSettings;

/**
 * A launcher that goes on: for each line of its stdin, it makes {@code sleep} a daemon, and prints a line: exit code, pid, and
 * the message. Its arguments are settings as of {@link org.daemonspec.support.ProbeProgram}.
 */
public final class FaultProgram {

    private FaultProgram() {}

    /** See the class. */
    public static void main(String[] args) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (input.readLine() != null) {
            System.out.println(start(args));
        }
    }

    private static String start(String[] settings) {
        try {
            long pid = spec(settings).exec("sleep", "600").pid();
            return "0\t" + pid + "\t";
        } catch (DaemonException e) {
            return e.exitCode() + "\t0\t" + String.valueOf(e.getMessage()).replace('\n', '|');
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            return "-1\t0\t" + e;
        }
    }

    private static DaemonSpec spec(String... settings) {
        DaemonSpec.Builder spec = DaemonSpec.builder().name("probe");
        Arrays.stream(settings).map(setting -> setting.split("=", 2)).forEach(setting -> {
            switch (setting[0]) {
                case "pidfile" -> spec.pidfile(Path.of(setting[1]));
                case "stdout" -> spec.stdout(Path.of(setting[1]));
                case "cwd" -> spec.workingDirectory(Path.of(setting[1]));
                case "createCwd" -> spec.createWorkingDirectory(0750);
                case "createDirectory" -> spec.createPidfileDirectory();
                default -> ContextSettings.apply(spec, setting[0], setting[1]);
            }
        });
        return spec.build();
    }
}
