package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process has in memory, by {@code /proc/PID/smaps_rollup}.
 *
 * @param rss in bytes
 * @param pss in bytes: what it shares with others is shared out among them
 */
record Memory(double rss, double pss) {

    static Memory of(long pid) throws IOException {
        double rss = 0;
        double pss = 0;
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            String[] words = line.split(" +", -1);
            if (words[0].equals("Rss:")) {
                rss = Double.parseDouble(words[1]) * 1024;
            } else if (words[0].equals("Pss:")) {
                pss = Double.parseDouble(words[1]) * 1024;
            }
        }
        return new Memory(rss, pss);
    }
}
