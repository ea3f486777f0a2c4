package org.daemonspec.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;

/** {@code exec}, by a launcher that goes on and must not keep anything of a start that failed. */
final class ProgramStart implements Scenario {

    private final String title;
    private final Place place;
    private final Process launcher;
    private final OutputStream commands;
    private final BufferedReader answers;

    ProgramStart(String title, Place place, Processes processes, Map<String, String> environment, List<String> settings)
            throws IOException {
        this.title = title;
        this.place = place;
        List<String> command = new ArrayList<>(List.of(
                Launcher.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                FaultProgram.class.getName()));
        command.addAll(settings);
        ProcessBuilder builder = processes.builder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        this.launcher = builder.start();
        this.commands = launcher.getOutputStream();
        this.answers = launcher.inputReader(StandardCharsets.UTF_8);
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Outcome run() throws Exception {
        Map<Integer, String> before = descriptors();
        commands.write('\n');
        commands.flush();
        String[] answer = answers.readLine().split("\t", 3);
        Outcome outcome = new Outcome(Integer.parseInt(answer[0]), answer[2]);
        assertThat(descriptors())
                .as("what the launcher has open after " + outcome)
                .isEqualTo(before);
        assertThat(place.childrenOf(launcher.pid()))
                .as("its children after " + outcome)
                .isEmpty();
        if (outcome.succeeded()) {
            place.assertRunsAndStops(new ProcView(Long.parseLong(answer[1])), Place.LOCK_OF_PROGRAM);
        }
        return outcome;
    }

    /** Without what the JVM opens when it needs it. */
    private Map<Integer, String> descriptors() throws IOException {
        Map<Integer, String> descriptors = new ProcView(launcher.pid()).descriptors();
        descriptors
                .values()
                .removeIf(file ->
                        file.endsWith(".jar") || file.startsWith(Launcher.java().replace("bin/java", "")));
        return descriptors;
    }

    @Override
    public long lasting() {
        return launcher.pid();
    }

    @Override
    public void close() throws IOException {
        commands.close();
        launcher.onExit().join();
        assertThat(launcher.exitValue()).isZero();
    }
}
