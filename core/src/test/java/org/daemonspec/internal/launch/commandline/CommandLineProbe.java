package org.daemonspec.internal.launch.commandline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs in a JVM of its own and reports, in lines of {@code name:hex}, how it was started and how to start it again. */
public final class CommandLineProbe {

    /** If set: wait for a line before looking, and for the end of the input before leaving. */
    static final String WAIT = "PROBE_WAIT";

    /** If set: the daemon is to have an empty environment. */
    static final String CLEAR = "PROBE_CLEAR";

    static final String READY = "ready:";

    private CommandLineProbe() {}

    public static void main(String[] arguments) throws Exception {
        loadClasses();
        boolean waits = System.getenv(WAIT) != null;
        if (waits) {
            System.out.println(READY);
            awaitLine();
        }
        report(arguments);
        if (waits) {
            awaitLine();
        }
    }

    private static void loadClasses() throws ClassNotFoundException {
        for (String name : System.getProperty("probe.load", "java.lang.Object").split(",", -1)) {
            Class.forName(name);
        }
    }

    private static void awaitLine() throws IOException {
        int c;
        do {
            c = System.in.read();
        } while (c >= 0 && c != '\n');
    }

    private static void report(String[] arguments) throws IOException {
        JvmProcess self = JvmProcess.current();
        List<String> argv = self.arguments();
        int first = Math.max(0, argv.size() - arguments.length);
        print("arguments", argv.subList(first, argv.size()));
        print("decoded", List.of(arguments));
        print("inForce", inForce());
        try {
            boolean clear = System.getenv(CLEAR) != null;
            reportCommand(JavaCommandLine.relocate(self, clear ? Map.of() : self.environment(), OptionChanges.NONE));
        } catch (CommandLineException e) {
            print("problems", e.problems());
        }
        System.out.println("end:");
        System.out.flush();
    }

    private static List<String> inForce() {
        Map<String, String> inForce = new TreeMap<>();
        System.getProperties().forEach((name, value) -> {
            if (name.toString().startsWith("probe.")) {
                inForce.put(name.toString(), value.toString());
            }
        });
        inForce.put("maximum heap", Long.toString(Runtime.getRuntime().maxMemory()));
        return List.of(inForce.toString());
    }

    private static void reportCommand(JavaCommand command) {
        List<String> words = new ArrayList<>(List.of(command.executable()));
        words.addAll(command.arguments());
        print("command", words);
        List<String> environment = new ArrayList<>();
        command.environment().forEach((name, value) -> environment.add(name + "=" + value));
        print("environment", environment);
        print("notices", command.notices());
    }

    private static void print(String name, List<String> strings) {
        StringBuilder hex = new StringBuilder(name + ":");
        for (String string : strings) {
            for (byte b : (string + "\0").getBytes(ISO_8859_1)) {
                hex.append("%02x".formatted(b));
            }
        }
        System.out.println(hex);
    }
}
