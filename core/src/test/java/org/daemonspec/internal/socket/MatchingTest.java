package org.daemonspec.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.daemonspec.internal.socket.Activation.Given;
import org.daemonspec.internal.socket.Activation.Kind;
import org.daemonspec.internal.socket.Activation.Match;
import org.junit.jupiter.api.Test;

class MatchingTest {

    private static final SocketAddress WEB = internet("127.0.0.1", 80);
    private static final SocketAddress ADMIN = internet("127.0.0.1", 81);
    private static final SocketAddress FILE = UnixDomainSocketAddress.of("/run/echo.sock");

    @Test
    void theNameComesBeforeTheAddress() {
        assertThat(descriptors(List.of(spec("a", WEB), spec("b", ADMIN)), given("b", WEB), given("a", ADMIN)))
                .containsExactly(4, 3);
    }

    @Test
    void ofSeveralWithItsNameItIsTheOneAtItsAddress() {
        assertThat(descriptors(List.of(spec("a", ADMIN)), given("a", WEB), given("a", ADMIN)))
                .containsExactly(4);
    }

    @Test
    void aNameThatSeveralHaveIsNoName() {
        List<SocketSpec> specs = List.of(spec("a", internet("127.0.0.1", 0)), spec("b", ADMIN));

        assertThat(descriptors(specs, given("a", ADMIN), given("a", WEB)))
                .as("one by address, the other because it is the last")
                .containsExactly(4, 3);
    }

    @Test
    void wildcardsOfBothVersionsAreOne() {
        assertThat(descriptors(
                        List.of(spec("a", new InetSocketAddress(80)), spec("b", FILE)),
                        given("x", FILE),
                        given("x", internet("::", 80))))
                .containsExactly(4, 3);
    }

    @Test
    void theLastOneIsOnlyMeantIfItIsOfTheSameKind() {
        assertThatThrownBy(() -> match(List.of(spec("a", WEB)), given("unknown", FILE)))
                .isInstanceOf(RefusedSocketException.class)
                .hasMessage(
                        "listen 127.0.0.1:80 (a): none of the sockets that were opened for this process is this one by"
                                + " name or address: unknown (/run/echo.sock); give the .socket unit the name as"
                                + " FileDescriptorName=.");
        assertThat(descriptors(List.of(spec("a", ADMIN)), given("unknown", WEB)))
                .containsExactly(3);
        assertThat(descriptors(List.of(spec("a", ADMIN)), given("web.socket", WEB)))
                .as("what systemd calls what nobody has named")
                .containsExactly(3);
    }

    @Test
    void whatSomebodyHasGivenAnotherNameIsNothingOfOurs() {
        Match stored = match(List.of(spec("a", WEB)), given("stored", internet("127.0.0.1", 9)), given("data", ADMIN));

        assertThat(stored.specified()).containsExactly(Optional.empty());
        assertThat(stored.others()).extracting(Given::descriptor).containsExactly(3, 4);
        assertThat(match(List.of(spec("a", WEB)), given("stored", ADMIN)).specified())
                .as("not even if it is the last one")
                .containsExactly(Optional.empty());
        assertThat(descriptors(List.of(spec("a", WEB)), given("stored", ADMIN), given("unknown", ADMIN)))
                .as("nor is it in the way of the last one")
                .containsExactly(4);
        assertThat(descriptors(List.of(spec("a", WEB)), given("stored", WEB)))
                .as("unless it is at the address")
                .containsExactly(3);
        assertThatThrownBy(() -> match(
                        List.of(spec("a", WEB), spec("b", FILE)),
                        given("stored", ADMIN),
                        given("web.socket", ADMIN),
                        given("web.socket", internet("127.0.0.1", 9))))
                .as("units that nobody has named are not clear")
                .hasMessageContaining("by name or address: web.socket (127.0.0.1:81), web.socket (127.0.0.1:9); give");
    }

    @Test
    void whatIsLeftOnTheirSideIsOthersAndOnOursMissing() {
        Match others = match(List.of(spec("a", WEB)), given("x", ADMIN), given("a", WEB));
        assertThat(others.others()).extracting(Given::descriptor).containsExactly(3);

        Match missing = match(List.of(spec("a", WEB), spec("b", ADMIN)), given("b", ADMIN));
        assertThat(missing.specified().getFirst()).isEmpty();
        assertThat(missing.specified().getLast()).isPresent();
    }

    @Test
    void whatDoesNotListenIsInNobodysWayUnlessSomebodyWantsIt() {
        Given datagram = new Given(3, "log", Optional.of(WEB), Kind.OTHER);
        Given stored = new Given(3, "x", Optional.of(WEB), Kind.CONNECTED);

        assertThat(match(List.of(spec("a", ADMIN)), datagram).unusable()).containsExactly(datagram);
        assertThat(match(List.of(spec("a", ADMIN)), stored).unusable()).containsExactly(stored);
        assertThatThrownBy(() -> match(List.of(spec("log", ADMIN)), datagram)).hasMessageContaining("Accept=no");
        assertThatThrownBy(() -> match(List.of(spec("x", ADMIN)), stored)).hasMessageContaining("Accept=no");
    }

    @Test
    void aConnectionThatWasAcceptedForThisProcessIsRefused() {
        for (String name : List.of("connection", "unknown", "web.socket")) {
            Given connected = new Given(3, name, Optional.of(WEB), Kind.CONNECTED);

            assertThatThrownBy(() -> match(List.of(spec("a", ADMIN)), connected))
                    .as(name)
                    .hasMessageContaining("Accept=no");
            assertThat(match(List.of(), connected).unusable()).containsExactly(connected);
        }
    }

    @Test
    void descriptorsAreForTheProcessThatTheyWereMadeFor() {
        assertThat(Activation.count(Map.of("LISTEN_PID", "7", "LISTEN_FDS", "2"), 7, any -> true))
                .isEqualTo(2);
        assertThat(Activation.count(Map.of("LISTEN_PID", "8", "LISTEN_FDS", "2"), 7, any -> true))
                .isZero();
        assertThat(Activation.count(Map.of("LISTEN_FDS", "2"), 7, any -> true)).isZero();
        assertThat(Activation.count(Map.of("LISTEN_PID", "7", "LISTEN_FDS", "-2"), 7, any -> true))
                .isZero();
        assertThat(Activation.count(Map.of("LISTEN_PID", "7", "LISTEN_FDS", "x"), 7, any -> true))
                .isZero();
    }

    @Test
    void noMoreDescriptorsAreGivenThanAreOpen() {
        Map<String, String> environment = Map.of("LISTEN_PID", "7", "LISTEN_FDS", "2147483647");

        assertThat(Activation.count(environment, 7, number -> number < 5)).isEqualTo(2);
        assertThat(Activation.count(environment, 7, none -> false)).isZero();
    }

    @Test
    void aSocketThatWasOpenedForASpecificationIsAtItsAddress() {
        assertThat(spec("a", WEB).isAt(WEB)).isTrue();
        assertThat(spec("a", WEB).isAt(ADMIN)).isFalse();
        assertThat(spec("a", internet("127.0.0.1", 0)).isAt(WEB)).isTrue();
        assertThat(spec("a", internet("127.0.0.2", 0)).isAt(WEB)).isFalse();
        assertThat(spec("a", new InetSocketAddress(80)).isAt(internet("::", 80)))
                .isTrue();
        assertThat(spec("a", InetSocketAddress.createUnresolved("host", 80)).isAt(WEB))
                .isTrue();
        assertThat(spec("a", InetSocketAddress.createUnresolved("host", 80)).isAt(ADMIN))
                .isFalse();
        assertThat(spec("a", FILE).isAt(FILE)).isTrue();
        assertThat(spec("a", FILE).isAt(WEB)).isFalse();
    }

    private static List<Integer> descriptors(List<SocketSpec> specs, Given... given) {
        return match(specs, given).specified().stream()
                .map(found -> found.orElseThrow().descriptor())
                .toList();
    }

    /** The numbers are those of sd_listen_fds(3). */
    private static Match match(List<SocketSpec> specs, Given... given) {
        for (int i = 0; i < given.length; i++) {
            given[i] = new Given(3 + i, given[i].name(), given[i].address(), given[i].kind());
        }
        return new Matching(specs, Arrays.asList(given)).result();
    }

    private static Given given(String name, SocketAddress address) {
        return new Given(0, name, Optional.of(address), Kind.LISTENING);
    }

    private static SocketSpec spec(String name, SocketAddress address) {
        return new SocketSpec(name, address, 1, OptionalInt.empty(), Optional.empty(), Optional.empty());
    }

    private static SocketAddress internet(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }
}
