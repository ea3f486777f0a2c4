package org.daemonspec.internal.posix;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The kernel's strings are bytes without an encoding. daemonspec holds them in a {@link String} whose every character is
 * one byte (ISO-8859-1), called a <em>byte string</em>, so that arguments, environment and paths pass unchanged whatever
 * the locale. This class is the border between those and the strings of Java.
 */
public final class ByteString {

    private ByteString() {}

    /**
     * The bytes of a Java string in the encoding that the JDK uses for file names and arguments.
     *
     * @throws IllegalArgumentException if the locale's encoding has no such character
     */
    public static String encode(String text) {
        Charset charset = platformCharset();
        try {
            ByteBuffer bytes = charset.newEncoder().encode(CharBuffer.wrap(text));
            return StandardCharsets.ISO_8859_1.decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' cannot be written in this locale's encoding " + charset
                            + "; run in a UTF-8 locale (LC_ALL=C.UTF-8).",
                    e);
        }
    }

    /** A byte string as Java text, for messages: what does not decode becomes the replacement character. */
    public static String decode(String byteString) {
        return new String(byteString.getBytes(StandardCharsets.ISO_8859_1), platformCharset());
    }

    /**
     * The absolute path's own bytes. {@link Path#toString()} loses those that the locale cannot decode, the URI keeps them.
     */
    public static String of(Path path) {
        String raw = path.toAbsolutePath().toUri().getRawPath();
        StringBuilder bytes = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.append((char) Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.append(c);
            }
        }
        if (bytes.length() > 1 && bytes.charAt(bytes.length() - 1) == '/') {
            bytes.setLength(bytes.length() - 1); // the URI of a directory ends with a slash
        }
        return bytes.toString();
    }

    private static Charset platformCharset() {
        return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    }
}
