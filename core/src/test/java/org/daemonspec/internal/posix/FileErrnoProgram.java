package org.daemonspec.internal.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says why a file cannot be read: what the JDK says of it, and what we do. */
final class FileErrnoProgram {

    private FileErrnoProgram() {}

    /** The file. */
    public static void main(String[] arguments) {
        try {
            System.out.println(Files.size(Path.of(arguments[0])));
        } catch (IOException e) {
            System.out.println(e.getMessage());
            System.out.println(FileErrno.of(e));
        }
    }
}
