package org.daemonspec.examples.supervisors;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Debian with systemd and little else, made by debootstrap(8) once and kept below Maven's target directory, or in the directory that
 * the system property {@code supervisors.cache} names. Whoever boots it changes nothing in it.
 */
final class RootFilesystem {

    /** Whose systemd knows {@code Type=notify-reload}, and still has init scripts. */
    private static final String WANTED = "trixie";

    private static final String PACKAGES = "systemd,systemd-sysv,dbus,procps";

    private RootFilesystem() {}

    /** The directory, which is made if need be. */
    static Path make() throws Exception {
        Mirror mirror = Mirror.ofThisMachine();
        String suite = mirror.has(WANTED) ? WANTED : mirror.suite();
        Path cache = cache();
        Path root = cache.resolve(suite);
        if (Files.notExists(root)) {
            Path partial = cache.resolve(suite + ".partial");
            delete(partial);
            Path log = cache.resolve("debootstrap.log");
            run(
                    log,
                    "debootstrap",
                    "--variant=minbase",
                    "--include=" + PACKAGES,
                    suite,
                    partial.toString(),
                    mirror.address());
            Files.move(partial, root);
        }
        return root;
    }

    private static Path cache() throws IOException {
        String elsewhere = System.getProperty("supervisors.cache", "");
        return elsewhere.isEmpty() ? Installation.cache() : Files.createDirectories(Path.of(elsewhere));
    }

    /**
     * From where this machine has its packages.
     *
     * @param address of the archive, ending with a slash
     * @param suite which this machine is
     */
    record Mirror(String address, String suite) {

        static Mirror ofThisMachine() throws Exception {
            Path out = Files.createTempFile("indextargets", ".out");
            try {
                run(out, "apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages");
                try (Stream<String> lines = Files.lines(out, UTF_8)) {
                    return lines.map(line -> line.split(" ", -1))
                            .filter(fields -> fields.length == 2 && fields[0].endsWith("/debian/"))
                            .map(fields -> new Mirror(fields[0], fields[1]))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("apt has no Debian archive here"));
                }
            } finally {
                Files.delete(out);
            }
        }

        boolean has(String other) throws Exception {
            if (!address.startsWith("http")) {
                return false;
            }
            try (HttpClient client = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build()) {
                HttpRequest release = HttpRequest.newBuilder(URI.create(address + "dists/" + other + "/InRelease"))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build();
                return client.send(release, BodyHandlers.discarding()).statusCode() == 200;
            }
        }
    }

    private static void run(Path output, String... command) throws Exception {
        int status = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            List<String> said = Files.readAllLines(output, UTF_8);
            throw new AssertionError(String.join(" ", command) + ": exit code " + status + "; see " + output
                    + ", which ends with " + said.subList(Math.max(0, said.size() - 5), said.size()));
        }
    }

    private static void delete(Path directory) throws Exception {
        if (Files.exists(directory)) {
            new ProcessBuilder("rm", "-rf", "--one-file-system", directory.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }
}
