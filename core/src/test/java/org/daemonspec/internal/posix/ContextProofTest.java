package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daemonspec.bindings.Libc;
import org.junit.jupiter.api.Test;

/** What is read from {@code /proc} and from the databases of this machine, of this very process. */
class ContextProofTest {

    private static final long SELF = ProcessHandle.current().pid();

    @Test
    void everyDifferenceIsToldWithTheValueInForce() {
        ProcessContext other = new ProcessContext(
                Optional.of(new ProcessContext.Identity(4321, 4322, new TreeSet<>(List.of(4323L)))),
                Optional.of(new TreeSet<>(List.of(Libc.CAP_BPF()))),
                true,
                List.of(new ProcessContext.Limit("RLIMIT_CPU", Libc.RLIMIT_CPU(), 4321, 4322)),
                OptionalInt.of(13),
                Optional.of(new ProcessContext.IoClass("idle", Libc.IOPRIO_CLASS_IDLE(), 0)),
                Optional.of(new ProcessContext.Policy("batch", Libc.SCHED_BATCH(), 1)),
                Optional.of(new TreeSet<>(List.of(8191))),
                OptionalInt.of(999),
                Optional.empty());

        List<String> differences = ContextProof.differences(SELF, other);

        assertThat(differences.stream().map(difference -> difference.replaceFirst(":.*", "")))
                .contains(
                        "uids",
                        "gids",
                        "supplementary groups",
                        "CapInh",
                        "CapPrm",
                        "CapEff",
                        "no_new_privs",
                        "CPU affinity",
                        "RLIMIT_CPU",
                        "I/O priority",
                        "nice",
                        "scheduling policy of batch",
                        "real-time priority",
                        "oom_score_adj");
        assertThat(differences).allMatch(difference -> difference.endsWith(" is in force"));
    }

    @Test
    void whatIsAsItShouldBeIsNoDifference() throws IOException {
        ProcStatus self = ProcStatus.of(SELF);
        ProcessContext.Limit asked = new ProcessContext.Limit("RLIMIT_CPU", Libc.RLIMIT_CPU(), 0, 0);
        ProcessContext same = new ProcessContext(
                Optional.of(new ProcessContext.Identity(self.effectiveUid(), self.effectiveGid(), self.groups())),
                Optional.empty(),
                false,
                List.of(ProcLimits.ofThisProcess().inForce(asked)),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(self.cpus()),
                OptionalInt.empty(),
                Optional.empty());

        assertThat(ContextProof.differences(SELF, same)).isEmpty();
    }

    @Test
    void aProcessThatIsNotThereIsNotTrusted() {
        assertThat(ContextProof.differences(4_194_305, ProcessContext.INHERITED))
                .singleElement()
                .asString()
                .contains("cannot be read", "so it is not trusted");
    }

    @Test
    void aKernelsNumberIsReadWhole() throws IOException {
        assertThat(Sysctl.number("fs/nr_open")).isGreaterThanOrEqualTo(1024);
        assertThat(Capability.last()).isBetween(37, 62);
    }

    @Test
    void capabilitiesHaveNamesBothWays() {
        for (int number = 0; number <= Libc.CAP_CHECKPOINT_RESTORE(); number++) {
            String name = Capability.name(number);
            assertThat(name).matches("[a-z_]+");
            assertThat(Capability.numberOf(name)).isEqualTo(OptionalInt.of(number));
            assertThat(Capability.numberOf("CAP_" + name.toUpperCase(java.util.Locale.ROOT)))
                    .isEqualTo(OptionalInt.of(number));
        }
        assertThat(Capability.numberOf("cap_cap_kill")).isEmpty();
        assertThat(Capability.numberOf("")).isEmpty();
        assertThat(Capability.name(60)).isEqualTo("capability 60");
    }

    @Test
    void usersAndGroupsAreThoseOfTheMachine() {
        try (Posix posix = Posix.open()) {
            UserDatabase database = new UserDatabase(posix);

            assertThat(database.user("root").map(UserDatabase.User::uid)).contains(0L);
            assertThat(database.user(0)).isEqualTo(database.user("root"));
            assertThat(database.user("nobody")).get().satisfies(nobody -> {
                assertThat(nobody.name()).isEqualTo("nobody");
                assertThat(nobody.uid()).isEqualTo(65534);
                assertThat(nobody.home()).startsWith("/");
            });
            assertThat(database.user("mr-nobody")).isEmpty();
            assertThat(database.user(4_294_967_290L)).isEmpty();
            assertThat(database.group("root")).isEqualTo(OptionalLong.of(0));
            assertThat(database.group("no-such-group")).isEmpty();
            assertThat(database.groups("mr-nobody", 4711).stream().collect(Collectors.toList()))
                    .containsExactly(4711L);
        }
    }
}
