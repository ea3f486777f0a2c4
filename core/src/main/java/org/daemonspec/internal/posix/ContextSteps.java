package org.daemonspec.internal.posix;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.IntStream;
import org.daemonspec.bindings.Libc;

/**
 * A {@link ProcessContext} as the calls that bring it about, in an order in which each is still allowed: what needs a
 * capability comes before the capabilities go.
 *
 * <p>IDs, groups and capabilities are changed by the bare system calls. glibc's setresuid(3) and its like would also send a
 * signal to every thread that they believe to be of this process: in the native call chain those are the launcher's, whose
 * memory the chain runs in, and the launcher would change its identity too. See nptl(7).
 *
 * <p>In the chain nobody sees what a call returns. So errno is set to zero before each step and copied aside after it, by
 * memcpy(3), to be read when the chain waits: {@link #refusals()}.
 *
 * <p>The memory belongs to the {@link Posix} that they were made with.
 */
final class ContextSteps {

    private static final int CPUS_IN_A_WORD = Long.SIZE;
    private static final int CAPABILITIES_IN_A_WORD = Integer.SIZE;
    private static final int CAPABILITY_WORDS = 2;

    private final Posix posix;
    private final List<ContextStep> steps = new ArrayList<>();
    private final MemorySegment errors;
    private final MemorySegment zero;

    /** The steps; without a directory, the process stays where it is. */
    ContextSteps(Posix posix, ProcessContext context, Optional<Descriptor> directory) {
        this.posix = posix;
        this.zero = posix.allocate(Integer.BYTES, Integer.BYTES);
        addLimits(context);
        addPriorities(context);
        context.directoryInRoot().ifPresent(inside -> addRoot(directory.orElseThrow()));
        if (ContextProof.emptiesBoundingSet(context)) {
            context.capabilities().ifPresent(this::addBoundingSet);
        }
        context.identity().ifPresent(identity -> addIdentity(identity, context));
        context.capabilities().ifPresent(kept -> addCapabilities(kept, context));
        if (context.noNewPrivileges()) {
            add("prctl PR_SET_NO_NEW_PRIVS", "", LibcFunction.PRCTL, Libc.PR_SET_NO_NEW_PRIVS(), 1, 0, 0, 0);
        }
        if (context.directoryInRoot().isPresent()) {
            String inside = context.directoryInRoot().get();
            add("chdir", ByteString.decode(inside), LibcFunction.CHDIR, posix.string(inside));
        } else {
            directory.ifPresent(entered -> add(
                    "fchdir", "to the working directory " + nameOf(entered), LibcFunction.FCHDIR, entered.number()));
        }
        this.errors = posix.allocate((long) Integer.BYTES * steps.size(), Integer.BYTES);
    }

    /** Has the chain do them; {@code errnoOfChain} is the address of the errno of the thread that runs it. */
    void addTo(CallChain chain, long errnoOfChain) {
        for (int i = 0; i < steps.size(); i++) {
            chain.then(LibcFunction.MEMCPY, errnoOfChain, zero.address(), Integer.BYTES);
            steps.get(i).calls().forEach(call -> chain.then(call.function(), call.words()));
            chain.then(LibcFunction.MEMCPY, errors.address() + (long) i * Integer.BYTES, errnoOfChain, Integer.BYTES);
        }
    }

    /** What is called, and what for. */
    List<String> words() {
        return steps.stream().map(ContextStep::words).toList();
    }

    /** What the chain was refused, each with the call, what was asked for, and errno. */
    List<String> refusals() {
        return IntStream.range(0, steps.size())
                .filter(i -> errorOf(i) != 0)
                .mapToObj(i -> steps.get(i).refusal(errorOf(i)))
                .toList();
    }

    private int errorOf(int step) {
        return NativeMemory.getInt(errors, step * Integer.BYTES);
    }

    /** Does them in the calling thread, which must be a platform thread, up to the first that is refused. */
    void applyToThisThread() {
        for (ContextStep step : steps) {
            for (ContextStep.Call call : step.calls()) {
                Posix.checked(posix.intCall(call.function(), call.words()), step.operation(), step.object());
            }
        }
    }

    private void add(String operation, String object, LibcFunction function, long... arguments) {
        steps.add(ContextStep.of(operation, object, function, arguments));
    }

    private void addLimits(ProcessContext context) {
        context.earlyLimits()
                .forEach(limit -> add(
                        "prlimit",
                        limit.name() + " " + limit.values(),
                        LibcFunction.PRLIMIT,
                        0,
                        limit.resource(),
                        posix.limit(limit).address(),
                        0));
    }

    private void addPriorities(ProcessContext context) {
        context.scheduling().ifPresent(policy -> {
            MemorySegment parameter = posix.allocate(CStruct.Sched_param.SIZE, Integer.BYTES);
            NativeMemory.putInt(parameter, CStruct.Sched_param.SCHED_PRIORITY, policy.priority());
            add(
                    "sched_setscheduler",
                    policy.name(),
                    LibcFunction.SCHED_SETSCHEDULER,
                    0,
                    policy.number(),
                    parameter.address());
        });
        context.nice()
                .ifPresent(nice -> add(
                        "setpriority", Integer.toString(nice), LibcFunction.SETPRIORITY, Libc.PRIO_PROCESS(), 0, nice));
        context.ioPriority()
                .ifPresent(io -> add(
                        "ioprio_set",
                        io.name(),
                        LibcFunction.SYSCALL,
                        posix.platform().systemCalls().ioprioSet(),
                        Libc.IOPRIO_WHO_PROCESS(),
                        0,
                        io.value()));
        context.cpus().ifPresent(this::addAffinity);
    }

    private void addAffinity(SortedSet<Integer> cpus) {
        int words = cpus.last() / CPUS_IN_A_WORD + 1;
        MemorySegment mask = posix.allocate((long) words * Long.BYTES, Long.BYTES);
        for (int cpu : cpus) {
            int offset = cpu / CPUS_IN_A_WORD * Long.BYTES;
            NativeMemory.putLong(mask, offset, NativeMemory.getLong(mask, offset) | 1L << cpu % CPUS_IN_A_WORD);
        }
        add("sched_setaffinity", cpus.toString(), LibcFunction.SCHED_SETAFFINITY, 0, mask.byteSize(), mask.address());
    }

    private static String nameOf(Descriptor directory) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(directory.number())))
                    .toString();
        } catch (IOException withoutProc) {
            return "";
        }
    }

    /** Entered first, so that no descriptor leads out again: those that the program has are no directories. */
    private void addRoot(Descriptor root) {
        add("fchdir", "to the new root directory", LibcFunction.FCHDIR, root.number());
        add("chroot", "", LibcFunction.CHROOT, posix.string("."));
    }

    private void addBoundingSet(SortedSet<Integer> kept) {
        List<ContextStep.Call> drops = IntStream.rangeClosed(0, Capability.last())
                .filter(capability -> !kept.contains(capability))
                .mapToObj(capability ->
                        new ContextStep.Call(LibcFunction.PRCTL, Libc.PR_CAPBSET_DROP(), capability, 0, 0, 0))
                .toList();
        if (!drops.isEmpty()) {
            steps.add(new ContextStep("prctl PR_CAPBSET_DROP", "", drops));
        }
    }

    private void addIdentity(ProcessContext.Identity identity, ProcessContext context) {
        if (context.capabilities().filter(kept -> !kept.isEmpty()).isPresent()) {
            add("prctl PR_SET_KEEPCAPS", "", LibcFunction.PRCTL, Libc.PR_SET_KEEPCAPS(), 1, 0, 0, 0);
        }
        Platform.SystemCalls numbers = posix.platform().systemCalls();
        long[] groups = identity.groups().stream().mapToLong(Long::longValue).toArray();
        MemorySegment list = posix.allocate(Math.max(1, (long) groups.length) * Integer.BYTES, Integer.BYTES);
        for (int i = 0; i < groups.length; i++) {
            NativeMemory.putInt(list, i * Integer.BYTES, (int) groups[i]);
        }
        add(
                "setgroups",
                identity.groups().toString(),
                LibcFunction.SYSCALL,
                numbers.setgroups(),
                groups.length,
                list.address());
        add(
                "setresgid",
                Long.toString(identity.gid()),
                LibcFunction.SYSCALL,
                numbers.setresgid(),
                identity.gid(),
                identity.gid(),
                identity.gid());
        add(
                "setresuid",
                Long.toString(identity.uid()),
                LibcFunction.SYSCALL,
                numbers.setresuid(),
                identity.uid(),
                identity.uid(),
                identity.uid());
    }

    /** Root gets what the bounding set leaves at execve(2); others only what is in the ambient set. */
    private void addCapabilities(SortedSet<Integer> kept, ProcessContext context) {
        MemorySegment header = posix.allocate(CStruct.__user_cap_header_struct.SIZE, Integer.BYTES);
        NativeMemory.putInt(header, CStruct.__user_cap_header_struct.VERSION, Libc._LINUX_CAPABILITY_VERSION_3());
        MemorySegment sets =
                posix.allocate((long) CStruct.__user_cap_data_struct.SIZE * CAPABILITY_WORDS, Integer.BYTES);
        for (int word = 0; word < CAPABILITY_WORDS; word++) {
            int bits = 0;
            for (int capability : kept) {
                if (capability / CAPABILITIES_IN_A_WORD == word) {
                    bits |= 1 << capability % CAPABILITIES_IN_A_WORD;
                }
            }
            int set = word * CStruct.__user_cap_data_struct.SIZE;
            NativeMemory.putInt(sets, set + CStruct.__user_cap_data_struct.EFFECTIVE, bits);
            NativeMemory.putInt(sets, set + CStruct.__user_cap_data_struct.PERMITTED, bits);
            NativeMemory.putInt(sets, set + CStruct.__user_cap_data_struct.INHERITABLE, bits);
        }
        add(
                "capset",
                Capability.names(kept),
                LibcFunction.SYSCALL,
                posix.platform().systemCalls().capset(),
                header.address(),
                sets.address());
        add(
                "prctl PR_CAP_AMBIENT_CLEAR_ALL",
                "",
                LibcFunction.PRCTL,
                Libc.PR_CAP_AMBIENT(),
                Libc.PR_CAP_AMBIENT_CLEAR_ALL(),
                0,
                0,
                0);
        if (!context.identity()
                .map(ProcessContext.Identity::isRoot)
                .orElse(ProcStatus.ofThisProcess().effectiveUid() == 0)) {
            kept.forEach(capability -> add(
                    "prctl PR_CAP_AMBIENT_RAISE",
                    Capability.name(capability),
                    LibcFunction.PRCTL,
                    Libc.PR_CAP_AMBIENT(),
                    Libc.PR_CAP_AMBIENT_RAISE(),
                    capability,
                    0,
                    0));
        }
    }
}
