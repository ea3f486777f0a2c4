package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.daemonspec.bindings.Libc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What of a process context is wrong on any machine, and that its numbers are the kernel's. */
class ContextProblemsTest {

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        DaemonSpec.Builder builder = DaemonSpec.builder()
                .user(" ")
                .group("4294967295")
                .supplementaryGroups("a:b", "12345678901")
                .limit(ResourceLimit.CPU, -2)
                .limit(ResourceLimit.NOFILE, 2, 1)
                .limit(ResourceLimit.CORE, ResourceLimit.UNLIMITED, 5)
                .nice(20)
                .oomScoreAdjust(-1001)
                .ioPriority(IoPriority.bestEffort(8))
                .scheduling(Scheduling.fifo(0))
                .cpuAffinity(-1, 8192)
                .processName("sixteen-letters!");

        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(builder::build)
                .satisfies(e -> assertThat(e.problems())
                        .containsExactly(
                                "user ' ': give a name or a number.",
                                "group 4294967295: give at most 4294967294.",
                                "supplementaryGroups 'a:b': give a name or a number.",
                                "supplementaryGroups 12345678901: give at most 4294967294.",
                                "limit RLIMIT_CORE unlimited:5: the soft limit is above the hard one; give a soft"
                                        + " limit of at most that.",
                                "limit RLIMIT_CPU -2:-2: give values that are not negative, or"
                                        + " ResourceLimit.UNLIMITED.",
                                "limit RLIMIT_NOFILE 2:1: the soft limit is above the hard one; give a soft limit of"
                                        + " at most that.",
                                "nice 20: give -20 to 19.",
                                "oomScoreAdjust -1001: give -1000 to 1000.",
                                "ioPriority 8: give 0 to 7.",
                                "scheduling fifo 0: give 1 to 99.",
                                "cpuAffinity -1: give 0 to 8191.",
                                "cpuAffinity 8192: give 0 to 8191.",
                                "processName 'sixteen-letters!': give 1 to 15 bytes without control characters."));
    }

    @Test
    void aDescriptorThatTheLimitDoesNotAllowIsSaid() {
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> builder()
                        .preserve(5, 30)
                        .limit(ResourceLimit.NOFILE, 20, 4096)
                        .build())
                .satisfies(e -> assertThat(e.problems())
                        .containsExactly(
                                "preserve 30: RLIMIT_NOFILE 20:4096 allows no such number; preserve a lower one,"
                                        + " or raise the limit."));
        assertThat(builder().preserve(19).limit(ResourceLimit.NOFILE, 20).build())
                .isNotNull();
    }

    static Stream<DaemonSpec.Builder> tooFar() {
        return Stream.of(
                builder().user(""),
                builder().user("a\0"),
                builder().nice(-21),
                builder().oomScoreAdjust(1001),
                builder().ioPriority(IoPriority.realtime(-1)),
                builder().scheduling(Scheduling.roundRobin(100)),
                builder().cpuAffinity(),
                builder().processName(""),
                builder().processName("two\nlines"),
                builder().limit(ResourceLimit.AS, 1, -2));
    }

    @ParameterizedTest
    @MethodSource
    void tooFar(DaemonSpec.Builder builder) {
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(builder::build)
                .satisfies(e -> assertThat(e.problems()).hasSize(1));
    }

    static Stream<DaemonSpec.Builder> justAllowed() {
        return Stream.of(
                builder().user("4294967294").group("0").supplementaryGroups(),
                builder().nice(-20).oomScoreAdjust(-1000),
                builder().nice(19).oomScoreAdjust(1000),
                builder().ioPriority(IoPriority.realtime(0)).scheduling(Scheduling.fifo(1)),
                builder().ioPriority(IoPriority.bestEffort(7)).scheduling(Scheduling.roundRobin(99)),
                builder().ioPriority(IoPriority.idle()).scheduling(Scheduling.idle()),
                builder().cpuAffinity(0, 8191).processName("fifteen-letters"),
                builder().limit(ResourceLimit.AS, ResourceLimit.UNLIMITED).noCoreDumps());
    }

    @ParameterizedTest
    @MethodSource
    void justAllowed(DaemonSpec.Builder builder) {
        assertThatCode(builder::build).doesNotThrowAnyException();
    }

    @Test
    void limitsHaveTheNumbersOfTheHeaders() {
        assertThat(Map.ofEntries(
                        Map.entry(ResourceLimit.AS, Libc.RLIMIT_AS()),
                        Map.entry(ResourceLimit.CORE, Libc.RLIMIT_CORE()),
                        Map.entry(ResourceLimit.CPU, Libc.RLIMIT_CPU()),
                        Map.entry(ResourceLimit.DATA, Libc.RLIMIT_DATA()),
                        Map.entry(ResourceLimit.FSIZE, Libc.RLIMIT_FSIZE()),
                        Map.entry(ResourceLimit.LOCKS, Libc.RLIMIT_LOCKS()),
                        Map.entry(ResourceLimit.MEMLOCK, Libc.RLIMIT_MEMLOCK()),
                        Map.entry(ResourceLimit.MSGQUEUE, Libc.RLIMIT_MSGQUEUE()),
                        Map.entry(ResourceLimit.NICE, Libc.RLIMIT_NICE()),
                        Map.entry(ResourceLimit.NOFILE, Libc.RLIMIT_NOFILE()),
                        Map.entry(ResourceLimit.NPROC, Libc.RLIMIT_NPROC()),
                        Map.entry(ResourceLimit.RSS, Libc.RLIMIT_RSS()),
                        Map.entry(ResourceLimit.RTPRIO, Libc.RLIMIT_RTPRIO()),
                        Map.entry(ResourceLimit.RTTIME, Libc.RLIMIT_RTTIME()),
                        Map.entry(ResourceLimit.SIGPENDING, Libc.RLIMIT_SIGPENDING()),
                        Map.entry(ResourceLimit.STACK, Libc.RLIMIT_STACK())))
                .hasSameSizeAs(ResourceLimit.values())
                .allSatisfy((limit, number) ->
                        assertThat(limit.number()).as(limit.toString()).isEqualTo(number));
        assertThat(ResourceLimit.UNLIMITED).isEqualTo(Libc.RLIM_INFINITY());
    }

    @Test
    void classesAndPoliciesHaveTheNumbersOfTheHeaders() {
        assertThat(List.of(
                        IoPriority.realtime(1).ioClass(),
                        IoPriority.bestEffort(1).ioClass(),
                        IoPriority.idle().ioClass()))
                .containsExactly(Libc.IOPRIO_CLASS_RT(), Libc.IOPRIO_CLASS_BE(), Libc.IOPRIO_CLASS_IDLE());
        assertThat(List.of(
                        Scheduling.other().policy(),
                        Scheduling.fifo(1).policy(),
                        Scheduling.roundRobin(1).policy(),
                        Scheduling.batch().policy(),
                        Scheduling.idle().policy()))
                .containsExactly(
                        Libc.SCHED_OTHER(), Libc.SCHED_FIFO(), Libc.SCHED_RR(), Libc.SCHED_BATCH(), Libc.SCHED_IDLE());
        assertThat(Scheduling.fifo(7).priority()).isEqualTo(7);
        assertThat(IoPriority.bestEffort(7).level()).isEqualTo(7);
    }

    private static DaemonSpec.Builder builder() {
        return DaemonSpec.builder();
    }
}
