package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long size = channel.size();
            long from = Math.max(start <= size ? start : 0, size - MOST_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate((int) (size - from));
            channel.position(from);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // a channel may give less than asked for
            }
            String text = new String(bytes.array(), 0, bytes.position(), Charset.defaultCharset());
            List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
            return lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size());
        } catch (IOException unreadable) {
            return List.of();
        }
    }
}
