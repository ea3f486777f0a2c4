package org.daemonspec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daemonspec.support.Launcher;

/** Somebody who makes daemons, and a daemon made in the way that its manual shows, with a pidfile and a log. */
enum Peer {
    TASK("daemonspec, `detach`", "", "") {
        @Override
        List<String> start(Path pidfile, Path log) {
            return Launcher.mode("detach")
                    .with("pidfile", pidfile)
                    .with("stdout", log)
                    .with("stderrToStdout", "")
                    .command();
        }
    },
    PROGRAM("daemonspec, `exec`", "", "") {
        @Override
        List<String> start(Path pidfile, Path log) {
            return Launcher.mode("exec")
                    .with("pidfile", pidfile)
                    .with("stdout", log)
                    .with("stderrToStdout", "")
                    .command("sleep", "60");
        }
    },
    DAEMONIZE("daemonize", "daemonize", "/usr/bin/daemonize") {
        @Override
        List<String> start(Path pidfile, Path log) {
            return List.of(
                    program(),
                    "-a",
                    "-o",
                    log + "",
                    "-e",
                    log + "",
                    "-p",
                    pidfile + "",
                    "-l",
                    pidfile + "",
                    SLEEP,
                    "60");
        }
    },
    DAEMON("libslack's daemon", "daemon", "/usr/bin/daemon") {
        @Override
        List<String> start(Path pidfile, Path log) {
            return List.of(program(), "--pidfile=" + pidfile, "--output=" + log, "--", SLEEP, "60");
        }
    },
    START_STOP_DAEMON("start-stop-daemon", "dpkg", "/sbin/start-stop-daemon") {
        @Override
        List<String> start(Path pidfile, Path log) {
            return List.of(
                    program(),
                    "--start",
                    "--background",
                    "--make-pidfile",
                    "--pidfile",
                    pidfile.toString(),
                    "--output",
                    log.toString(),
                    "--startas",
                    SLEEP,
                    "--",
                    "60");
        }
    },
    PYTHON("python-daemon", "python3-daemon", "/usr/lib/python3/dist-packages/daemon/__init__.py") {
        @Override
        List<String> start(Path pidfile, Path log) {
            String program = """
                import sys, time, daemon, daemon.pidfile
                log = open(sys.argv[2], "a")
                with daemon.DaemonContext(
                        pidfile=daemon.pidfile.TimeoutPIDLockFile(sys.argv[1]), stdout=log, stderr=log):
                    time.sleep(60)
                """;
            return List.of("/usr/bin/python3", "-c", program, pidfile.toString(), log.toString());
        }
    },
    JSVC("jsvc", "jsvc", "/usr/bin/jsvc") {
        @Override
        List<String> start(Path pidfile, Path log) {
            return List.of(
                    program(),
                    "-java-home",
                    System.getProperty("java.home"),
                    "-cp",
                    "/usr/share/java/commons-daemon.jar:" + System.getProperty("java.class.path"),
                    "-pidfile",
                    pidfile.toString(),
                    "-outfile",
                    log.toString(),
                    "-errfile",
                    "&1",
                    PeerService.class.getName());
        }
    };

    private static final String SLEEP = "/bin/sleep";

    private final String title;
    private final String debianPackage;
    private final String file;

    Peer(String title, String debianPackage, String file) {
        this.title = title;
        this.debianPackage = debianPackage;
        this.file = file;
    }

    abstract List<String> start(Path pidfile, Path log);

    String program() {
        return file;
    }

    String title() {
        return title;
    }

    /** Why it cannot be looked at here. */
    Optional<String> missing() {
        return file.isEmpty() || Files.exists(Path.of(file))
                ? Optional.empty()
                : Optional.of("there is no " + file + ": install " + debianPackage);
    }

    /** As its package says; empty of ours. */
    String version() throws Exception {
        if (debianPackage.isEmpty()) {
            return "";
        }
        Process query = new ProcessBuilder("dpkg-query", "-W", "-f", "${Version}", debianPackage).start();
        String version = new String(query.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        query.waitFor();
        return version;
    }
}
