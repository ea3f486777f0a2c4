package org.daemonspec.internal.posix;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The kernel's strings are bytes without an encoding. daemonspec holds them in a {@link String} whose every character is
 * one byte (ISO-8859-1), called a <em>byte string</em>, so that arguments, environment and paths pass unchanged whatever
 * the locale. This class is the border between those and the strings of Java.
 */
public final class ByteString {

    /** A text with a character that the locale's encoding lacks. */
    public static final class UnencodableException extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        private UnencodableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private ByteString() {}

    /**
     * The bytes of a Java string in the encoding that the JDK uses for file names and arguments.
     *
     * @throws UnencodableException if the locale's encoding has no such character
     */
    public static String encode(String text) {
        if (isAscii(text)) {
            return text;
        }
        Charset charset = platformCharset();
        try {
            ByteBuffer bytes = charset.newEncoder().encode(CharBuffer.wrap(text));
            return StandardCharsets.ISO_8859_1.decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new UnencodableException(
                    "'" + text + "' cannot be written in this locale's encoding " + charset
                            + "; run in a UTF-8 locale (LC_ALL=C.UTF-8).",
                    e);
        }
    }

    /**
     * The same of each.
     *
     * @throws UnencodableException if the locale's encoding lacks a character of one of them
     */
    public static List<String> encodeAll(List<String> texts) {
        List<String> byteStrings = new ArrayList<>(texts.size());
        for (String text : texts) {
            byteStrings.add(encode(text));
        }
        return byteStrings;
    }

    /**
     * A byte string as Java text, for messages only: what does not decode becomes the replacement character. In the C locale,
     * which decodes ASCII alone, text is most likely UTF-8.
     */
    public static String decode(String byteString) {
        Charset charset = platformCharset();
        return new String(
                byteString.getBytes(StandardCharsets.ISO_8859_1),
                charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset);
    }

    /**
     * The absolute path's own bytes. {@link Path#toString()} loses those that the locale cannot decode (all that are not ASCII
     * under {@code LC_ALL=C}); a {@code file:} URI escapes each byte, and so loses none in either direction.
     */
    public static String of(Path path) {
        Path absolute = path.toAbsolutePath();
        String text = absolute.toString();
        if (isAscii(text)) {
            return text; // anything lost would show as the replacement character
        }
        String escaped = absolute.toUri().getRawPath();
        StringBuilder bytes = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) == '%') {
                bytes.append((char) HexFormat.fromHexDigits(escaped, i + 1, i + 3));
                i += 2;
            } else {
                bytes.append(escaped.charAt(i));
            }
        }
        if (bytes.length() > 1 && bytes.charAt(bytes.length() - 1) == '/') {
            bytes.setLength(bytes.length() - 1); // the URI of a directory ends with a slash
        }
        return bytes.toString();
    }

    /** ASCII is itself in the encoding of every locale. */
    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** The absolute path with exactly these bytes. */
    public static Path toPath(String absolutePath) {
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

    /** A file's content. */
    public static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private static Charset platformCharset() {
        return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    }
}
