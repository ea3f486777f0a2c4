package org.daemonspec.internal.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the main sources call a {@link LibcFunction}, and what they take its result for. */
final class LibcCalls {

    private static final Path SOURCES = Path.of(
            System.getProperty("basedir", System.getProperty("user.dir")),
            "src/main/java/org/daemonspec/internal/posix");

    /** A method with the function as its first argument, or another mention of the function. */
    private static final Pattern MENTION = Pattern.compile(
            "(?:(\\w+)\\(\\s*(?:errno,\\s*)?|(== ))?LibcFunction\\.(\\w+)(\\.isAvailable|\\.address)?\\b");

    private LibcCalls() {}

    /** What a call takes the result for. */
    enum Way {
        INT("int"),
        LONG("long"),
        POINTER("pointer"),
        UNSIGNED("unsigned int"),
        ERROR_NUMBER("int"),
        /** For nothing: the function runs in a native call chain. */
        CHAINED("");

        private final String resultType;

        Way(String resultType) {
            this.resultType = resultType;
        }

        /** The result that a function needs in C to be called like this. */
        String resultType() {
            return resultType;
        }
    }

    record Call(LibcFunction function, Way way, String place) {}

    static Set<Call> inMainSources() throws IOException {
        Set<Call> calls = new LinkedHashSet<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.sorted().toList()) {
                Matcher mention = MENTION.matcher(Files.readString(file));
                while (mention.find()) {
                    boolean comparison = mention.group(2) != null || ".isAvailable".equals(mention.group(4));
                    if (!comparison) {
                        boolean isStep = file.endsWith("ContextSteps.java") && !"then".equals(mention.group(1));
                        Way way = mention.group(4) != null
                                ? Way.CHAINED
                                : isStep ? Way.INT : way(mention.group(1)); // a step also runs by intCall
                        String place = file.getFileName() + ": " + mention.group();
                        calls.add(new Call(LibcFunction.valueOf(mention.group(3)), way, place));
                    }
                }
            }
        }
        return calls;
    }

    private static Way way(@Nullable String method) {
        return switch (method) {
            case "intCall", "restarting" -> Way.INT;
            case "longCall", "restartingLong" -> Way.LONG;
            case "unsignedCall" -> Way.UNSIGNED;
            case "pointerCall" -> Way.POINTER;
            case "errorNumberCall" -> Way.ERROR_NUMBER;
            case "add", "set" -> Way.ERROR_NUMBER; // those of PreparedSpawn
            case "user", "find" -> Way.ERROR_NUMBER; // those of UserDatabase
            case "then" -> Way.CHAINED;
            case null, default -> throw new AssertionError(method + " is not a known way to call a LibcFunction");
        };
    }
}
