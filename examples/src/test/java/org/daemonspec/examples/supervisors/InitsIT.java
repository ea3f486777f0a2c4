package org.daemonspec.examples.supervisors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.daemonspec.DaemonException;
import org.daemonspec.support.ProcView;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP example as the one service of a container: as its process 1, or below an init that does nothing else. */
@Tag("supervisors")
class InitsIT {

    private static final String PIDFILE = "/run/http.pid";

    @RegisterExtension
    final Box box = new Box();

    @ParameterizedTest
    @ValueSource(strings = {"pid1", "tini", "dumb-init"})
    void itStaysInTheForegroundAndTheContainerEndsWithZeroOnSigterm(String init) throws Exception {
        boot(init, "");

        long pid = visitor().awaitAnswer();
        assertThat(pid == 1).isEqualTo(init.equals("pid1"));
        assertThat(box.inside().read(PIDFILE)).isEqualTo(pid + "\n");
        assertThat(box.said())
                .contains("http: stays in the foreground, where whoever started this container looks after it");

        terminate(); // from outside, as `docker stop` does

        assertThat(box.awaitExit()).as(box.said()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pid1", "tini", "dumb-init"})
    void aConfigurationThatCannotWorkIsTheContainersExitCode(String init) throws Exception {
        boot(init, " --user nobody-of-that-name");

        assertThat(box.awaitExit()).as(box.said()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(box.said()).contains("nobody-of-that-name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pid1", "tini", "dumb-init"})
    void orphansLeaveNoZombies(String init) throws Exception {
        Inside inside = boot(init, "");
        long service = visitor().awaitAnswer();

        List<Long> orphans = List.of(orphan(inside), orphan(inside), orphan(inside));
        for (long orphan : orphans) {
            assertThat(parent(inside, orphan)).isEqualTo("1");
            inside.succeed("kill", "-KILL", Long.toString(orphan));
        }

        for (long orphan : orphans) {
            Patience.await("process 1 to reap " + orphan, () -> !inside.exists("/proc/" + orphan));
        }
        assertThat(visitor().awaitAnswer()).isEqualTo(service);
    }

    @Test
    void anotherUsersServiceIsProcessOneToo() throws Exception {
        boot("pid1", " --user www-data --pidfile /tmp/http.pid");

        assertThat(visitor().awaitAnswer()).isEqualTo(1);
        assertThat(new ProcView(box.inside().leader()).status("Uid")).isEqualTo("33\t33\t33\t33");

        terminate();

        assertThat(box.awaitExit()).as(box.said()).isZero();
    }

    /** The entry point of the documentation, with more options. */
    private Inside boot(String init, String options) throws Exception {
        if (!init.equals("pid1")) {
            Programs.assumeInstalled(init);
        }
        String script = Installation.file(init + "/entrypoint").stripTrailing() + options + "\n";
        return box.boot("sh", "-c", script);
    }

    private void terminate() throws Exception {
        ProcessHandle.of(box.inside().leader()).orElseThrow().destroy();
    }

    /** A child that nobody waits for. */
    private static long orphan(Inside inside) throws Exception {
        return Long.parseLong(inside.succeed("sh", "-c", "sleep 600 </dev/null >/dev/null 2>&1 & echo $!")
                .strip());
    }

    private static String parent(Inside inside, long pid) {
        return inside.read("/proc/" + pid + "/status")
                .lines()
                .filter(line -> line.startsWith("PPid:"))
                .map(line -> line.substring("PPid:".length()).strip())
                .findFirst()
                .orElseThrow();
    }

    private Visitor visitor() {
        return Visitor.of(box.inside(), 8080);
    }
}
