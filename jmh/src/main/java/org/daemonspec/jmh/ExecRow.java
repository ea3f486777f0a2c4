package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** A warm {@code exec} of {@code /bin/true}, and what others take to start it. */
final class ExecRow implements Row {

    private static final int BATCH = 500;

    /** About a second, as long as a JVM's iteration. */
    private static final int FLOORS_BEFORE = 1000;

    private static final String PAUSE = Integer.toString(DetachLatency.Pause.MICROSECONDS);

    private static final String PROGRAM = "/bin/true";

    private final CPrograms programs;
    private final CProgram floor;
    private final Path directory;
    private final Map<String, CProgram> tools = new LinkedHashMap<>();

    ExecRow(CPrograms programs, Results results) throws IOException {
        this.programs = programs;
        floor = programs.floor("pausing", PAUSE, "spawn", PROGRAM);
        directory = Files.createTempDirectory("daemonspec");
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put("exec daemonize", List.of("daemonize", PROGRAM));
        commands.put("exec setsid -f", List.of("setsid", "-f", PROGRAM));
        commands.put(
                "exec start-stop-daemon",
                List.of(
                        "start-stop-daemon",
                        "--start",
                        "--background",
                        "--pidfile",
                        directory.resolve("absent.pid").toString(),
                        "--exec",
                        PROGRAM));
        commands.put("exec libslack daemon", List.of("daemon", "--", PROGRAM));
        commands.forEach((name, command) -> addTool(results, name, command));
        addPythonDaemon(results);
    }

    private void addTool(Results results, String name, List<String> command) {
        ProgramSearch.inPath(command.getFirst())
                .ifPresentOrElse(
                        program -> tools.put(name, stopwatch(program, command)),
                        () -> results.remark(command.getFirst() + " is not installed, and was not measured."));
    }

    private void addPythonDaemon(Results results) {
        Path python = Path.of("/usr/bin/python3");
        if (Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/daemon")) && Files.isExecutable(python)) {
            String script = "import daemon, os\nwith daemon.DaemonContext(): os.execv('" + PROGRAM + "', ['true'])";
            tools.put("exec python-daemon", stopwatch(python, List.of("python3", "-c", script)));
        } else {
            results.remark("python3-daemon is not installed, and was not measured.");
        }
    }

    private CProgram stopwatch(Path program, List<String> command) {
        List<String> arguments = new ArrayList<>(List.of("pausing", PAUSE, "run", "0", program.toString()));
        arguments.addAll(command.subList(1, command.size()));
        return programs.stopwatch(arguments.toArray(String[]::new));
    }

    @Override
    public void measure(Results results, Scale scale) throws RunnerException {
        measureFloor(results, scale);
        results.add("exec", JmhRun.medians(scale, DetachLatency.class, "exec"));
        measureFloor(results, scale);
        results.add("exec ProcessBuilder", JmhRun.medians(scale, DetachLatency.class, "processBuilder"));
        results.add("exec NuProcess", JmhRun.medians(scale, DetachLatency.class, "nuProcess"));
        tools.forEach((name, stopwatch) -> measureTool(results, scale, name, stopwatch));
    }

    private void measureFloor(Results results, Scale scale) {
        if (scale.isMeasurement()) {
            floor.samples(FLOORS_BEFORE);
        }
        for (int i = 0; i < scale.batches(); i++) {
            results.add("exec in C", floor.median(BATCH));
        }
    }

    private static void measureTool(Results results, Scale scale, String name, CProgram stopwatch) {
        int times = scale.starts() * 5;
        try {
            double[] answer = stopwatch.samples(times);
            double[] walls = new double[times];
            for (int i = 0; i < times; i++) {
                walls[i] = answer[i * Stopwatch.NUMBERS];
            }
            results.add(name, walls);
        } catch (IllegalStateException e) {
            results.remark(name + " failed, and was not measured.");
        }
    }

    @Override
    public void close() throws IOException {
        floor.close();
        tools.values().forEach(CProgram::close);
        Files.delete(directory);
    }
}
