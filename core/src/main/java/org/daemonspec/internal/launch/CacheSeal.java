package org.daemonspec.internal.launch;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * What a cache was made of, behind its content, where HotSpot does not look: the JDK and the class path, with size and time of each
 * jar. JDK 25 takes a cache whatever the class path is, and would run the classes of jars that have been replaced since.
 */
final class CacheSeal {

    private CacheSeal() {}

    /** Says on a cache that it is made of this JVM's JDK and class path. */
    static void put(Path cache) throws IOException {
        byte[] seal = ofThisJvm();
        Files.write(cache, seal, StandardOpenOption.APPEND);
    }

    /** Whether a cache is made of this JVM's JDK and class path, as they are now. */
    static boolean fits(Path cache) {
        try (RandomAccessFile file = new RandomAccessFile(cache.toFile(), "r")) {
            byte[] seal = ofThisJvm();
            byte[] end = new byte[seal.length];
            long begin = file.length() - seal.length;
            if (begin < 0) {
                return false;
            }
            file.seek(begin);
            file.readFully(end);
            return Arrays.equals(seal, end);
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** Begins with NUL, so that no seal is the end of another. */
    private static byte[] ofThisJvm() {
        StringBuilder seal = new StringBuilder("\0daemonspec\n");
        seal.append(System.getProperty("java.home")).append('\n');
        seal.append(System.getProperty("java.vm.version")).append('\n');
        addTo(seal, System.getProperty("java.class.path", ""));
        addTo(seal, System.getProperty("jdk.module.path", ""));
        return seal.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void addTo(StringBuilder seal, String path) {
        for (String entry : path.split(File.pathSeparator, -1)) {
            File file = new File(entry).getAbsoluteFile();
            seal.append(file.getPath()).append(' ').append(file.length());
            seal.append(' ').append(file.lastModified()).append('\n');
        }
    }
}
