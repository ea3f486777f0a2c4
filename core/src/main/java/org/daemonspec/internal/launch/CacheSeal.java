package org.daemonspec.internal.launch;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a cache was made of, behind its content, where HotSpot does not look: the JDK, the class path and the module path, then each file
 * that classes came from, with its size and time, and at last the length of all that. JDK 25 takes a cache whatever the class
 * path is, and would run the classes of jars that have been replaced since.
 *
 * <p>A start need not look into jars for those that their manifests name: as long as a jar is the same, so is its manifest.
 */
final class CacheSeal {

    /** No path has it. */
    private static final char SEPARATOR = '\0';

    /** Of the length, in decimal digits with leading zeros. */
    private static final int DIGITS = 8;

    private static final int DECIMAL = 10;

    private CacheSeal() {}

    /** Says on a cache that it is made of this JVM's JDK and class path. */
    static void put(Path cache) throws IOException {
        StringBuilder seal = new StringBuilder(head());
        for (File file : ClassFiles.ofThisJvm()) {
            seal.append(line(file)).append(SEPARATOR);
        }
        byte[] content = seal.toString().getBytes(StandardCharsets.UTF_8);
        StringBuilder length = new StringBuilder(Integer.toString(content.length));
        while (length.length() < DIGITS) {
            length.insert(0, '0');
        }
        Files.write(cache, content, StandardOpenOption.APPEND);
        Files.write(cache, length.toString().getBytes(StandardCharsets.US_ASCII), StandardOpenOption.APPEND);
    }

    /** Whether a cache is made of this JVM's JDK and class path, as they are now. */
    static boolean fits(Path cache) {
        try (RandomAccessFile file = new RandomAccessFile(cache.toFile(), "r")) {
            long end = file.length() - DIGITS;
            int length = length(file, end);
            if (length < 0 || length > end) {
                return false;
            }
            byte[] content = new byte[length];
            file.seek(end - length);
            file.readFully(content);
            return fits(new String(content, StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** At the end of a file; -1 if there is none. */
    private static int length(RandomAccessFile file, long end) throws IOException {
        if (end < 0) {
            return -1;
        }
        byte[] digits = new byte[DIGITS];
        file.seek(end);
        file.readFully(digits);
        int length = 0;
        for (byte digit : digits) {
            if (digit < '0' || digit > '9') {
                return -1;
            }
            length = length * DECIMAL + digit - '0';
        }
        return length;
    }

    private static boolean fits(String seal) {
        String head = head();
        if (!seal.startsWith(head)) {
            return false;
        }
        int begin = head.length();
        while (begin < seal.length()) {
            int end = seal.indexOf(SEPARATOR, begin);
            if (end < 0 || !seal.substring(begin, end).equals(line(fileOf(seal.substring(begin, end))))) {
                return false;
            }
            begin = end + 1;
        }
        return true;
    }

    /** The same paths in another order are another class path. */
    private static String head() {
        StringBuilder head = new StringBuilder();
        head.append(SEPARATOR).append("daemonspec").append(SEPARATOR);
        head.append(System.getProperty("java.home")).append(SEPARATOR);
        head.append(System.getProperty("java.vm.version")).append(SEPARATOR);
        addTo(head, System.getProperty("java.class.path", ""));
        addTo(head, System.getProperty("jdk.module.path", ""));
        return head.toString();
    }

    /** An empty path is none; an empty entry of a path is the working directory. */
    private static void addTo(StringBuilder head, String path) {
        int begin = 0;
        while (!path.isEmpty() && begin <= path.length()) {
            int colon = path.indexOf(File.pathSeparatorChar, begin);
            int end = colon < 0 ? path.length() : colon;
            head.append(new File(path.substring(begin, end)).getAbsolutePath()).append(File.pathSeparatorChar);
            begin = end + 1;
        }
        head.append(SEPARATOR);
    }

    /** Of a directory, which only a module path may have, the time says whether something came or went. */
    private static String line(File file) {
        String size = file.isDirectory() ? "directory" : Long.toString(file.length());
        return size + " " + file.lastModified() + " " + file.getPath();
    }

    private static File fileOf(String line) {
        return new File(line.substring(line.indexOf(' ', line.indexOf(' ') + 1) + 1));
    }
}
