package org.daemonspec.internal.launch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daemonspec.internal.posix.Printable;

/**
 * What has been written to a log since a start began.
 *
 * @param file the log
 * @param start its size at that time, in bytes
 * @param title what to call it
 */
record LogTail(Path file, long start, String title) {

    private static final int MOST_BYTES = 8 * 1024;
    private static final int MOST_LINES = 20;

    /** What will be written from now on. */
    static LogTail fromNowOn(Path file, String title) {
        try {
            return new LogTail(file, Files.size(file), title);
        } catch (IOException notThereYet) {
            return new LogTail(file, 0, title);
        }
    }

    /** Its last lines with a title, to follow a sentence; empty if nothing was written. */
    String read() {
        List<String> lines = lastLines();
        return lines.isEmpty() ? "" : "\n" + title + ":\n    " + String.join("\n    ", lines);
    }

    private List<String> lastLines() {
        if (!Files.isRegularFile(file)) {
            return List.of(); // a terminal or a FIFO would make us wait, and take what is not ours
        }
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            long size = log.length();
            long from = Math.max(start <= size ? start : 0, size - MOST_BYTES);
            byte[] bytes = new byte[(int) (size - from)];
            log.seek(from);
            log.readFully(bytes);
            List<String> lines = new String(bytes, Charset.defaultCharset())
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(Printable::of)
                    .toList();
            return lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size());
        } catch (IOException unreadable) {
            return List.of();
        }
    }
}
