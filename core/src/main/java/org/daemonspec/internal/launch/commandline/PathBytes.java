package org.daemonspec.internal.launch.commandline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Byte strings (see the package) at the border to {@link Path} and to people.
 *
 * <p>{@link Path#toString()} replaces bytes that the locale's charset lacks, all non-ASCII ones under {@code LC_ALL=C}.
 * The path of a {@code file:} URI escapes each byte and so loses none, in either direction.
 */
final class PathBytes {

    private PathBytes() {}

    /** The absolute path with exactly these bytes. */
    static Path toPath(String absolutePath) {
        StringBuilder uri = new StringBuilder("file://");
        for (int i = 0; i < absolutePath.length(); i++) {
            char c = absolutePath.charAt(i);
            if (c == '/') {
                uri.append(c);
            } else {
                uri.append('%').append(HexFormat.of().toHexDigits((byte) c));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    /** The bytes of an absolute path, which need not exist. */
    static String of(Path absolutePath) {
        String escaped = absolutePath.toUri().getRawPath();
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) == '%') {
                bytes.append((char) HexFormat.fromHexDigits(escaped, i + 1, i + 3));
                i += 2;
            } else {
                bytes.append(escaped.charAt(i));
            }
        }
        // toUri marks an existing directory by a slash
        boolean marked = bytes.length() > 1 && bytes.charAt(bytes.length() - 1) == '/';
        return bytes.substring(0, bytes.length() - (marked ? 1 : 0));
    }

    static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), ISO_8859_1);
    }

    /** For a message: what a terminal would most likely show for these bytes. */
    static String toText(String bytes) {
        return new String(bytes.getBytes(ISO_8859_1), UTF_8);
    }
}
