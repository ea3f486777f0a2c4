package org.daemonspec.internal.socket;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daemonspec.internal.socket.Activation.Given;
import org.daemonspec.internal.socket.Activation.Kind;
import org.daemonspec.internal.socket.Activation.Match;
import org.jspecify.annotations.Nullable;

/** Finds out which given socket is which of a specification's. */
final class Matching {

    /** See sd_listen_fds_with_names(3). */
    private static final String NAME_OF_ACCEPTED = "connection";

    private final List<SocketSpec> specs;
    private final @Nullable Given[] found;
    private final List<Given> left;
    private final List<Given> unusable;

    Matching(List<SocketSpec> specs, List<Given> given) {
        this.specs = specs;
        this.found = new Given[specs.size()];
        this.left = new ArrayList<>(
                given.stream().filter(each -> each.kind() == Kind.LISTENING).toList());
        this.unusable =
                given.stream().filter(each -> each.kind() != Kind.LISTENING).toList();
    }

    /**
     * By name, the others by address, and the last one if only one is left on either side that may be it: what somebody has given
     * a name that is none of the specification's is something else.
     *
     * @throws RefusedSocketException if it is not clear which is which, or one does not listen
     */
    Match result() {
        requireListening();
        findBy(Matching::hasNameAndAddress);
        findBy((spec, given) -> hasName(spec, given) && isOnlyOneOfItsName(given));
        findBy(Matching::hasAddress);
        findLast();
        List<Integer> missing = missing();
        List<Given> unclear = unclear();
        if (!missing.isEmpty() && !unclear.isEmpty()) {
            throw new RefusedSocketException("listen "
                    + missing.stream()
                            .map(i -> specs.get(i).text() + " (" + specs.get(i).name() + ")")
                            .collect(Collectors.joining(", "))
                    + ": none of the sockets that were opened for this process is this one by name or address: "
                    + unclear.stream().map(Given::toString).collect(Collectors.joining(", "))
                    + "; give the .socket unit the name as FileDescriptorName=.");
        }
        return new Match(Arrays.stream(found).map(Optional::ofNullable).toList(), left, unusable);
    }

    private void requireListening() {
        if (specs.isEmpty()) {
            return;
        }
        unusable.stream()
                .filter(given -> isOfSpecification(given) || isConnectionToServe(given))
                .findFirst()
                .ifPresent(given -> {
                    throw new RefusedSocketException("listen: descriptor " + given.descriptor() + ", " + given
                            + ", was opened for this process but is no stream socket that listens; use ListenStream="
                            + " and Accept=no in the .socket unit.");
                });
    }

    /** What systemd gives with Accept=yes; any other connection was stored here by a service that ran before. */
    private static boolean isConnectionToServe(Given given) {
        return given.kind() == Kind.CONNECTED && (given.name().equals(NAME_OF_ACCEPTED) || !given.hasChosenName());
    }

    /** Somebody has said what it is, and that is nothing of the specification's: a service has stored it, or serves it besides. */
    private boolean isForAnother(Given given) {
        return given.hasChosenName() && !isOfSpecification(given);
    }

    private List<Given> unclear() {
        return left.stream().filter(given -> !isForAnother(given)).toList();
    }

    private boolean isOfSpecification(Given given) {
        return specs.stream().anyMatch(spec -> hasName(spec, given));
    }

    private void findBy(BiPredicate<SocketSpec, Given> isIt) {
        for (int i : missing()) {
            SocketSpec spec = specs.get(i);
            left.stream().filter(given -> isIt.test(spec, given)).findFirst().ifPresent(given -> take(i, given));
        }
    }

    private void findLast() {
        List<Integer> missing = missing();
        List<Given> unclear = unclear();
        if (missing.size() == 1
                && unclear.size() == 1
                && specs.get(missing.getFirst()).isUnix()
                        == unclear.getFirst()
                                .address()
                                .filter(java.net.UnixDomainSocketAddress.class::isInstance)
                                .isPresent()) {
            take(missing.getFirst(), unclear.getFirst());
        }
    }

    private void take(int index, Given given) {
        found[index] = given;
        left.remove(given);
    }

    private List<Integer> missing() {
        return IntStream.range(0, found.length)
                .filter(i -> found[i] == null)
                .boxed()
                .toList();
    }

    private static boolean hasNameAndAddress(SocketSpec spec, Given given) {
        return hasName(spec, given) && hasAddress(spec, given);
    }

    private static boolean hasName(SocketSpec spec, Given given) {
        return given.name().equals(spec.name());
    }

    /** All sockets of a unit have one name unless it says otherwise. */
    private boolean isOnlyOneOfItsName(Given given) {
        return left.stream().filter(each -> each.name().equals(given.name())).count() == 1;
    }

    private static boolean hasAddress(SocketSpec spec, Given given) {
        return given.address()
                .filter(address -> SocketSpec.isSame(spec.address(), address))
                .isPresent();
    }
}
