package org.daemonspec.internal.generate;

/**
 * A file that was made from a specification.
 *
 * @param kind what it is
 * @param name as debhelper names it in a package's source, such as {@code echo.service}
 * @param content text, in UTF-8 when it is written
 * @param mode as chmod(2) takes it
 */
public record GeneratedFile(FileKind kind, String name, String content, int mode) {

    private static final int TEXT = 0644;
    private static final int SCRIPT = 0755;

    static GeneratedFile text(FileKind kind, String name, String content) {
        return new GeneratedFile(kind, name, content, TEXT);
    }

    static GeneratedFile script(FileKind kind, String name, String content) {
        return new GeneratedFile(kind, name, content, SCRIPT);
    }
}
