package org.daemonspec.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process as an administrator sees it, through {@code /proc}; see proc(5).
 *
 * @param pid which
 */
public record ProcView(long pid) {

    private Path at(String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    /** Whether it is there and no zombie. */
    public boolean isAlive() {
        String stat = Processes.readIfThere(at("stat"));
        return !stat.isEmpty() && !statFields(stat)[0].equals("Z");
    }

    /** Its parent. */
    public long parent() {
        return Long.parseLong(statFields(Processes.readIfThere(at("stat")))[1]);
    }

    /** Its process group. */
    public long group() {
        return Long.parseLong(statFields(Processes.readIfThere(at("stat")))[2]);
    }

    /** Its session. */
    public long session() {
        return Long.parseLong(statFields(Processes.readIfThere(at("stat")))[3]);
    }

    /** The device number of its controlling terminal; 0 if it has none. */
    public long terminal() {
        return Long.parseLong(statFields(Processes.readIfThere(at("stat")))[4]);
    }

    /** A line of {@code status}, such as {@code Umask} or {@code SigBlk}. */
    public String status(String key) {
        return Processes.readIfThere(at("status"))
                .lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + key + " of process " + pid));
    }

    /** A line of {@code status} of each of its threads, every value once. */
    public Set<String> statusOfThreads(String key) throws IOException {
        Set<String> values = new TreeSet<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(at("task"))) {
            for (Path thread : threads) {
                Processes.readIfThere(thread.resolve("status"))
                        .lines()
                        .filter(line -> line.startsWith(key + ":"))
                        .map(line -> line.substring(key.length() + 1).strip().replaceAll("\\s+", " "))
                        .forEach(values::add);
            }
        }
        return values;
    }

    /** One of its files of one line, such as {@code comm} or {@code oom_score_adj}. */
    public String line(String file) {
        return Processes.readIfThere(at(file)).strip();
    }

    /** A resource limit as {@code SOFT:HARD}; the lines of {@code limits} are in the order of the numbers. */
    public String limit(int resource) {
        String line = Processes.readIfThere(at("limits")).lines().toList().get(resource + 1);
        Matcher values = Pattern.compile("(\\d+|unlimited) +(\\d+|unlimited)").matcher(line);
        if (!values.find()) {
            throw new AssertionError(line);
        }
        return values.group(1) + ":" + values.group(2);
    }

    /** The user that the kernel lets look into it: root if it is not dumpable. */
    public int owner() throws IOException {
        return (Integer) Files.getAttribute(at("mem"), "unix:uid");
    }

    /** Its nice value. */
    public int nice() {
        return Integer.parseInt(statFields(Processes.readIfThere(at("stat")))[16]);
    }

    /** Its arguments, as byte strings. For a moment after execve(2) they are not there yet: waits for them. */
    public List<String> arguments() {
        String arguments = Processes.readIfThere(at("cmdline"));
        while (arguments.isEmpty() && isAlive()) {
            Thread.onSpinWait();
            arguments = Processes.readIfThere(at("cmdline"));
        }
        return strings(arguments);
    }

    /** Its environment at its start, as byte strings. */
    public List<String> environment() {
        return strings(Processes.readIfThere(at("environ")));
    }

    /** Its working directory. */
    public Path workingDirectory() throws IOException {
        return Files.readSymbolicLink(at("cwd"));
    }

    /**
     * Its descriptors, if it is a program that goes to sleep once it has loaded its libraries and its locale, such as sleep(1):
     * while it loads them it sleeps at most uninterruptibly.
     */
    public TreeMap<Integer, String> descriptorsOnceLoaded() throws Exception {
        TreeMap<Integer, String> loaded = new TreeMap<>();
        Processes.await("the program to be loaded", () -> {
            loaded.clear();
            if (!status("State").startsWith("S")) {
                return false;
            }
            try {
                loaded.putAll(descriptors());
            } catch (IOException changing) {
                return false;
            }
            return loaded.values().stream().noneMatch(file -> file.matches("/(usr|lib|lib64|etc)/.*"));
        });
        return loaded;
    }

    /** Its open descriptors and where they lead. */
    public TreeMap<Integer, String> descriptors() throws IOException {
        TreeMap<Integer, String> descriptors = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(at("fd"))) {
            for (Path entry : entries) {
                try {
                    descriptors.put(
                            Integer.valueOf(entry.getFileName().toString()),
                            Files.readSymbolicLink(entry).toString());
                } catch (java.nio.file.NoSuchFileException closedMeanwhile) {
                    // descriptors of a running program come and go
                }
            }
        }
        return descriptors;
    }

    /** The flags of an open descriptor, as open(2) has them. */
    public int descriptorFlags(int descriptor) {
        return Processes.readIfThere(at("fdinfo").resolve(Integer.toString(descriptor)))
                .lines()
                .filter(line -> line.startsWith("flags:"))
                .map(line -> Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no descriptor " + descriptor + " in process " + pid));
    }

    /** Whether it holds a flock(2) by this descriptor. */
    public boolean hasLock(int descriptor) {
        return Processes.readIfThere(at("fdinfo").resolve(Integer.toString(descriptor)))
                .lines()
                .anyMatch(line -> line.startsWith("lock:") && line.contains("FLOCK"));
    }

    /** The process that a pidfile names. */
    public static ProcView ofPidfile(Path pidfile) {
        try {
            return new ProcView(Long.parseLong(
                    Files.readString(pidfile, StandardCharsets.US_ASCII).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> strings(String terminatedByNul) {
        List<String> strings = List.of(terminatedByNul.split("\0", -1));
        return strings.subList(0, strings.size() - 1);
    }

    private static String[] statFields(String stat) {
        if (stat.isEmpty()) {
            throw new AssertionError("no such process");
        }
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }
}
