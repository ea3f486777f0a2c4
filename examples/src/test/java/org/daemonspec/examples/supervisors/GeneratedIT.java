package org.daemonspec.examples.supervisors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the HTTP example generates for systemd, and for an init before it, in the hands of a booted systemd. */
@Tag("supervisors")
class GeneratedIT {

    @RegisterExtension
    static final SystemdContainer CONTAINER = new SystemdContainer();

    private final Inside inside = CONTAINER.inside();
    private final Systemd systemd = new Systemd(inside);

    @AfterEach
    void forget() throws Exception {
        systemd.forgetUnits();
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 8080})
    void theHardenedUnitsServeAsAnotherUserWithoutAnyCapability(int port) throws Exception {
        Visitor visitor = Visitor.of(inside, port);
        for (String kind : List.of("socket", "unit")) {
            String unit = kind.equals("unit") ? "http.service" : "http.socket";
            systemd.write(unit, generate(kind, "--port", Integer.toString(port), "--user", "www-data"));
        }

        systemd.succeed("start", "http");

        long pid = visitor.answer().orElseThrow();
        assertThat(systemd.mainPid("http")).isEqualTo(pid);
        assertThat(inside.read("/run/http.pid")).isEqualTo(pid + "\n");
        assertThat(inside.read("/proc/" + pid + "/status"))
                .contains("Uid:\t33\t33\t33\t33\n", "CapEff:\t0000000000000000\n", "NoNewPrivs:\t1\n", "Seccomp:\t2\n");
        assertThat(systemd.journal("http")).contains(" GET /");

        systemd.succeed("reload", "http");
        assertThat(visitor.awaitAnswer()).isEqualTo(pid);

        systemd.succeed("kill", "-s", "KILL", "http");
        assertThat(visitor.awaitAnswerOfAnotherThan(pid)).isEqualTo(systemd.mainPid("http"));

        systemd.succeed("stop", "http.socket", "http.service");
        assertThat(systemd.show("http", "Result")).isEqualTo("success");
        assertThat(visitor.answer()).isEmpty();
        systemd.succeed("start", "http");
        assertThat(visitor.answer()).hasValue(systemd.mainPid("http"));
    }

    @Test
    void systemdMakesAServiceOfTheInitScript() throws Exception {
        Visitor visitor = Visitor.of(inside, 8080);
        inside.write("/etc/init.d/http-script", generate("lsb", "--port", "8080"));
        systemd.succeed("daemon-reload");
        assertThat(systemd.show("http-script", "Type")).isEqualTo("forking");

        systemd.succeed("start", "http-script");

        long pid = visitor.answer().orElseThrow();
        assertThat(inside.read("/run/http.pid")).isEqualTo(pid + "\n");
        assertThat(inside.read("/proc/" + pid + "/cgroup")).contains("/http-script.service");
        assertThat(inside.succeed("/etc/init.d/http-script", "status")).contains("running (pid " + pid + ",");

        systemd.succeed("stop", "http-script");

        assertThat(visitor.answer()).isEmpty();
        assertThat(inside.exists("/run/http.pid")).isFalse();
        assertThat(systemd.show("http-script", "Result")).isEqualTo("success");
    }

    private String generate(String file, String... options) throws Exception {
        String[] command = new String[options.length + 5];
        command[0] = "/opt/http/http";
        command[1] = "generate";
        command[2] = file;
        command[3] = "--pidfile";
        command[4] = "/run/http.pid";
        System.arraycopy(options, 0, command, 5, options.length);
        return inside.succeed(command);
    }
}
