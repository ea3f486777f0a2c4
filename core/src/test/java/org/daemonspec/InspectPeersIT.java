package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daemonspec.DaemonInspection.Finding;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What an inspection finds of daemons that others make, and that docs/inspect.md says the same. With {@code -Dinspect.publish}, it is
 * written there.
 */
class InspectPeersIT {

    private static final String PUBLISH = "inspect.publish";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void theDocumentationSaysOfAPeerWhatIsFound(Peer peer) throws Exception {
        assumeTrue(System.getProperty(PUBLISH) == null, "it is being written");
        present(peer);
        Map<String, String> published = InspectionTable.published(peer);
        assertThat(published)
                .as("docs/inspect.md has a column of %s", peer.title())
                .isNotEmpty();

        List<Finding> found = inspect(peer);

        assertThat(published.keySet())
                .as("a row for each property")
                .containsExactlyInAnyOrderElementsOf(properties(found));
        assumeTrue(
                published.get("").equals(InspectionTable.heading(peer, peer.version())),
                "the page is about another version: " + published.get(""));
        Map<String, String> fresh = new TreeMap<>();
        found.forEach(finding -> fresh.put(finding.property(), InspectionTable.word(finding.verdict())));
        published.remove("");
        assertThat(new TreeMap<>(published)).as("%s", found).isEqualTo(fresh);
    }

    @Test
    void whatIsFoundIsPublished() throws Exception {
        assumeTrue(System.getProperty(PUBLISH) != null, "only with -D" + PUBLISH);
        InspectionTable table = new InspectionTable();
        for (Peer peer : Peer.values()) {
            assertThat(peer.missing()).isEmpty();
            table.add(peer, peer.version(), inspect(peer));
        }
        table.publish();
    }

    private static void present(Peer peer) {
        assumeTrue(peer.missing().isEmpty(), () -> peer.missing().orElseThrow());
        assumeTrue(
                new ProcView(ProcessHandle.current().pid()).status("Uid").startsWith("0\t"),
                "the page is about daemons of root");
    }

    private static List<String> properties(List<Finding> found) {
        List<String> properties = new java.util.ArrayList<>(List.of(""));
        found.forEach(finding -> properties.add(finding.property()));
        return properties;
    }

    /** With nothing in the environment that has to do with who runs the tests. */
    private List<Finding> inspect(Peer peer) throws Exception {
        Path place = WorldReadable.directory(Files.createDirectories(directory.resolve(peer.name())));
        WorldReadable.directory(directory);
        Path pidfile = place.resolve("peer.pid");
        ProcessBuilder start = processes.builder(peer.start(pidfile, place.resolve("peer.log")));
        start.environment().keySet().removeIf(name -> !name.equals("PATH") && !name.startsWith("DAEMONSPEC_"));
        start.environment().put("HOME", "/root");
        start.directory(place.toFile());

        Finished started = processes.run(start);

        assertThat(started.exitCode()).as(started.err()).isZero();
        Processes.await("its pid", () -> {
            try {
                return Files.exists(pidfile) && !Files.readString(pidfile).isBlank();
            } catch (IOException notYet) {
                return false;
            }
        });
        ProcView daemon = ProcView.ofPidfile(pidfile);
        Processes.await(
                "its program",
                () -> List.of("sleep", "daemon", "python3", "jsvc", "java").contains(daemon.line("comm")));
        if (peer == Peer.JSVC) {
            Processes.await("its JVM", () -> daemon.status("Threads").matches("\\d\\d+"));
        }
        return DaemonInspection.ofPidfile(pidfile).findings().stream()
                .map(finding -> withoutAccidents(finding, daemon.pid(), place))
                .toList();
    }

    /** What is different in each run. */
    private static Finding withoutAccidents(Finding finding, long pid, Path place) {
        return new Finding(
                finding.property(),
                finding.description(),
                finding.step(),
                finding.verdict(),
                finding.evidence()
                        .replace("/proc/" + pid + "/", "/proc/PID/")
                        .replace(place + "/", "")
                        .replaceAll("\\b(session|process) \\d+", "$1 N")
                        .replaceAll(" \\(\\d+ process(es)? hides? (its|their) descriptors from this user\\)", ""),
                finding.advice());
    }
}
