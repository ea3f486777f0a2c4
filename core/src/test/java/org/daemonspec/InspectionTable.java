package org.daemonspec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daemonspec.DaemonInspection.Finding;
import org.daemonspec.DaemonInspection.Verdict;

/** The generated part of the documentation: what was found of each peer. */
final class InspectionTable {

    static final String BEGIN = "<!-- generated from here -->\n";
    static final String END = "<!-- to here -->\n";

    private static final Path PAGE = Path.of(System.getProperty("basedir", System.getProperty("user.dir")))
            .toAbsolutePath()
            .resolveSibling("docs/inspect.md");

    private final Map<Peer, String> versions = new EnumMap<>(Peer.class);
    private final Map<Peer, List<Finding>> findings = new EnumMap<>(Peer.class);

    void add(Peer peer, String version, List<Finding> found) {
        versions.put(peer, version);
        findings.put(peer, found);
    }

    /** What stands in a cell. */
    static String word(Verdict verdict) {
        return switch (verdict) {
            case PASS -> "pass";
            case FAIL -> "**fail**";
            case NOT_APPLICABLE -> "n/a";
        };
    }

    /** How a column is headed. */
    static String heading(Peer peer, String version) {
        return (peer.title() + " " + version).strip();
    }

    /** Writes it to the page, in the place of what was there. */
    void publish() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        Files.writeString(PAGE, page.substring(0, begin) + text() + page.substring(page.indexOf(END)));
    }

    private String text() {
        StringBuilder text = new StringBuilder("\n| step | property | what it means |");
        findings.keySet()
                .forEach(peer -> text.append(' ')
                        .append(heading(peer, versions.get(peer)))
                        .append(" |"));
        text.append("\n|---|---|---|").append("---|".repeat(findings.size())).append('\n');
        List<Finding> first = findings.values().iterator().next();
        for (int i = 0; i < first.size(); i++) {
            Finding row = first.get(i);
            String step = row.step().isPresent() ? Integer.toString(row.step().getAsInt()) : "";
            text.append("| " + step + " | `" + row.property() + "` | " + row.description() + " |");
            for (List<Finding> column : findings.values()) {
                text.append(' ').append(word(column.get(i).verdict())).append(" |");
            }
            text.append('\n');
        }
        findings.forEach((peer, found) -> failures(text, peer, found));
        return text.append('\n').toString();
    }

    private static void failures(StringBuilder text, Peer peer, List<Finding> found) {
        List<Finding> failures = found.stream()
                .filter(finding -> finding.verdict() == Verdict.FAIL)
                .toList();
        if (!failures.isEmpty()) {
            text.append("\n").append(peer.title()).append(":\n");
            failures.forEach(failure -> text.append("- `" + failure.property() + "`: `" + failure.evidence() + "`\n"));
        }
    }

    /** The cells of a column by property, and the version under {@code ""}; empty if the page does not have the peer. */
    static Map<String, String> published(Peer peer) throws IOException {
        List<String> rows = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("| ")) {
                rows.add(line);
            }
        }
        Map<String, String> column = new LinkedHashMap<>();
        List<String> head = cells(rows.getFirst());
        for (int i = 0; i < head.size(); i++) {
            if (head.get(i).startsWith(peer.title())) {
                column.put("", head.get(i));
                for (String row : rows.subList(1, rows.size())) {
                    column.put(cells(row).get(1).replace("`", ""), cells(row).get(i));
                }
            }
        }
        return column;
    }

    private static List<String> cells(String row) {
        return List.of(row.substring(1, row.length() - 1).split("\\|", -1)).stream()
                .map(String::strip)
                .toList();
    }
}
