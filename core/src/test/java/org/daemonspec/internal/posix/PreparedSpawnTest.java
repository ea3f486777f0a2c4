package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PreparedSpawnTest {

    private static final String[] SLEEP = {"/bin/sleep", "60"};
    private static final int FAR = 900;

    @RegisterExtension
    private final Processes processes = new Processes();

    private final Posix posix = Posix.open();
    private final List<Descriptor> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Descriptor::close);
        posix.close();
    }

    @Test
    void theNumberOfActionsDependsNeitherOnTheNumbersNorOnWhatIsOpen() {
        SpawnRequest near = request(4, 5);
        SpawnRequest far = request(FAR, FAR + 1);
        int few = actions(far);
        open(800);

        assertThat(actions(far)).isEqualTo(few);
        assertThat(actions(near)).isEqualTo(few);
    }

    @Test
    void whatIsBetweenAndBehindIsClosed() throws Exception {
        open(800);
        Descriptor file = opened(posix.open("/etc/passwd", Posix.OpenFor.READING, 0));
        SpawnRequest request = request();
        SortedMap<Integer, Descriptor> descriptors = new TreeMap<>(request.descriptors());
        descriptors.put(7, file);
        descriptors.put(FAR, file);

        int pid = Spawn.start(request.with(request.workingDirectory(), descriptors));
        processes.own(pid);

        assertThat(settled(pid))
                .isEqualTo(
                        Map.of(0, "/dev/null", 1, "/dev/null", 2, "/dev/null", 7, "/etc/passwd", FAR, "/etc/passwd"));
    }

    @Test
    void aDescriptorThatKeepsItsNumberLosesCloseOnExecAndIsNotOverwritten() throws Exception {
        Descriptor one = opened(posix.open("/etc/passwd", Posix.OpenFor.READING, 0));
        Descriptor two = opened(posix.open("/etc/group", Posix.OpenFor.READING, 0));
        Descriptor three = opened(posix.open("/etc/fstab", Posix.OpenFor.READING, 0));
        SpawnRequest request = request();
        SortedMap<Integer, Descriptor> descriptors = new TreeMap<>(request.descriptors());
        descriptors.put(one.number(), one);
        descriptors.put(two.number(), three);
        descriptors.put(three.number(), two);

        int pid = Spawn.start(request.with(request.workingDirectory(), descriptors));
        processes.own(pid);

        assertThat(settled(pid))
                .containsEntry(one.number(), "/etc/passwd")
                .containsEntry(two.number(), "/etc/fstab")
                .containsEntry(three.number(), "/etc/group");
    }

    private Map<Integer, String> settled(int pid) throws Exception {
        ProcView daemon = new ProcView(pid);
        Processes.await("the program's arguments", () -> daemon.arguments().equals(List.of(SLEEP)));
        Map<Integer, String> descriptors = daemon.descriptors();
        descriptors.values().removeIf(file -> file.startsWith("/usr/lib")); // what sleep reads for itself
        return descriptors;
    }

    private SpawnRequest request(int... further) {
        SpawnRequest request = Requests.of(posix, SLEEP);
        opened(request.workingDirectory());
        Descriptor nothing = opened(request.descriptors().get(0));
        SortedMap<Integer, Descriptor> descriptors = new TreeMap<>(request.descriptors());
        for (int number : further) {
            descriptors.put(number, nothing);
        }
        return request.with(request.workingDirectory(), descriptors);
    }

    /** The second word of posix_spawn_file_actions_t in glibc is their number. */
    private int actions(SpawnRequest request) {
        try (OutOfTheWay clear = new OutOfTheWay(posix, request);
                PreparedSpawn spawn = new PreparedSpawn(posix, clear.request())) {
            return spawn.fileActions().get(ValueLayout.JAVA_INT, Integer.BYTES);
        }
    }

    private void open(int howMany) {
        for (int i = 0; i < howMany; i++) {
            opened(posix.open("/etc/passwd", Posix.OpenFor.PROBING, 0));
        }
    }

    private Descriptor opened(Descriptor descriptor) {
        opened.add(descriptor);
        return descriptor;
    }
}
