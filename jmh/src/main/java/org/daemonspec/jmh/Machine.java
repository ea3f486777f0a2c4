package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** On what, and with what, was measured. */
final class Machine {

    private static final List<String> PACKAGES = List.of("daemonize", "util-linux", "dpkg", "daemon", "python3-daemon");

    private Machine() {}

    /** Each property and its value. */
    static Map<String, String> describe(Scale scale) throws IOException, InterruptedException {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("Date", LocalDate.now(ZoneOffset.UTC).toString());
        properties.put("Measured", scale.name());
        properties.put("Processor", cpu() + ", " + Runtime.getRuntime().availableProcessors() + " cores");
        properties.put("Memory", firstWord("/proc/meminfo", "MemTotal:") / 1024 + " MB");
        properties.put("Kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        properties.put("libc", output("getconf", "GNU_LIBC_VERSION"));
        properties.put("JDK", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        properties.put("C compiler", output(CPrograms.compiler().orElse("cc"), "--version"));
        properties.put("Java libraries", String.join(", ", jars()));
        for (String name : PACKAGES) {
            properties.put("Package " + name, version(name));
        }
        properties.put("Load before", Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0]);
        return properties;
    }

    private static String cpu() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }

    private static long firstWord(String file, String key) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.split(" +", -1)[1]))
                    .findFirst()
                    .orElse(0);
        }
    }

    /** What is compared, and what compares: by the names of their jars. */
    private static List<String> jars() throws IOException {
        Path own = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
        Path libraries = own.resolveSibling("lib");
        if (!Files.isDirectory(libraries)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(libraries)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("(jmh-core|nuprocess|jna|jfreechart)-.*\\.jar"))
                    .map(name -> name.replaceFirst("-([0-9.]+)\\.jar$", " $1"))
                    .sorted()
                    .toList();
        }
    }

    private static String version(String name) throws IOException, InterruptedException {
        String version = ProgramSearch.inPath("dpkg-query").isPresent()
                ? output("dpkg-query", "--show", "--showformat=${Version}\\n", name)
                : "";
        return version.isEmpty() ? "not installed" : version;
    }

    /** The first line; empty if there is none. */
    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String line = process.inputReader().lines().findFirst().orElse("");
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return line;
    }
}
