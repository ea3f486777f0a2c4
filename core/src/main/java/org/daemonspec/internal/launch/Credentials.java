package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * As whom a process accesses files, see {@code /proc/PID/status} in proc(5).
 *
 * @param uid the file system user
 * @param gids the file system group and the supplementary ones
 */
record Credentials(long uid, Set<Long> gids) {

    /** The last of the real, effective, saved and file system ID. */
    private static final int FILE_SYSTEM = 3;

    static Credentials ofThisProcess() throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1);
        Set<Long> gids = Stream.concat(
                        Stream.of(numbers(status, "Gid:").get(FILE_SYSTEM)), numbers(status, "Groups:").stream())
                .collect(Collectors.toUnmodifiableSet());
        return new Credentials(numbers(status, "Uid:").get(FILE_SYSTEM), gids);
    }

    private static List<Long> numbers(List<String> status, String key) {
        return status.stream()
                .filter(line -> line.startsWith(key))
                .flatMap(line ->
                        Arrays.stream(line.substring(key.length()).strip().split("\\s+")))
                .filter(number -> !number.isEmpty())
                .map(Long::valueOf)
                .toList();
    }
}
