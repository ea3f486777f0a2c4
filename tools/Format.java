import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Formats the project's Java sources, or checks that they are formatted: {@code java Format.java apply|check}, run by
 * Maven in the project's root.
 *
 * <p>A formatter reads only the Java that the javac beneath it knows. Plugins that format run in Maven's own Java, which
 * may be 17 and knows no patterns in switch; this program runs in the JDK that compiles the sources.
 */
final class Format {
    private static final Path GENERATED = Path.of("bindings/src/main/java/org/daemonspec/bindings");

    private final Formatter formatter = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(Style.PALANTIR).build());
    private final List<String> problems = new ArrayList<>();

    private Format() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 1 || !List.of("apply", "check").contains(args[0])) {
            System.err.println("-Dformat=apply formats the Java sources, -Dformat=check looks at them");
            System.exit(2);
        }
        var format = new Format();
        for (Path source : sources()) {
            format.visit(source, args[0].equals("apply"));
        }
        format.problems.forEach(System.err::println);
        System.exit(format.problems.isEmpty() ? 0 : 1);
    }

    private static List<Path> sources() throws IOException {
        var sources = new ArrayList<Path>();
        for (var root : List.of("bindings/src", "core/src", "examples/src", "jmh/src", "tools")) {
            if (Files.isDirectory(Path.of(root))) {
                try (Stream<Path> files = Files.walk(Path.of(root))) {
                    files.filter(file -> file.toString().endsWith(".java") && !file.startsWith(GENERATED))
                            .forEach(sources::add);
                }
            }
        }
        return sources;
    }

    private void visit(Path source, boolean apply) throws IOException {
        String before = Files.readString(source);
        String after;
        try {
            after = formatter.formatSourceAndFixImports(before);
        } catch (FormatterException e) {
            e.diagnostics().forEach(diagnostic -> problems.add(source + ":" + diagnostic));
            return;
        }
        if (after.equals(before)) {
            return;
        }
        if (apply) {
            Files.writeString(source, after);
            System.out.println("formatted " + source);
        } else {
            problems.add(source + ":" + firstDifference(before, after)
                    + ": not formatted; `mvn -N validate -Dformat=apply` formats all sources");
        }
    }

    private static long firstDifference(String before, String after) {
        int i = 0;
        while (i < before.length() && i < after.length() && before.charAt(i) == after.charAt(i)) {
            i++;
        }
        return before.substring(0, i).chars().filter(c -> c == '\n').count() + 1;
    }
}
