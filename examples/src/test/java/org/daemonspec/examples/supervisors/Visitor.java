package org.daemonspec.examples.supervisors;

import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daemonspec.support.Processes.Finished;

/**
 * Somebody inside who asks the HTTP example, which answers with its pid.
 *
 * @param inside where
 * @param address what is asked, for curl(1)
 */
record Visitor(Inside inside, String address) {

    private static final int CURLE_COULDNT_CONNECT = 7;
    private static final Pattern HELLO = Pattern.compile("hello from pid (\\d+)\n");

    /** A visitor of a port. */
    static Visitor of(Inside inside, int port) {
        return new Visitor(inside, "http://127.0.0.1:" + port + "/");
    }

    /** Who answers at once; empty if nobody does. */
    OptionalLong answer() throws Exception {
        return whoAnswered(ask());
    }

    /** Asks, and gives what curl(1) made of it. */
    Finished ask() throws Exception {
        return inside.runOutsideInItsNetwork("curl", "--silent", "--show-error", "--max-time", "30", address);
    }

    /** Whose answer it was; empty if it was none. */
    static OptionalLong whoAnswered(Finished asked) {
        Matcher hello = HELLO.matcher(asked.out());
        return hello.matches() ? OptionalLong.of(Long.parseLong(hello.group(1))) : OptionalLong.empty();
    }

    /** Whether nobody listened. */
    static boolean wasRefused(Finished asked) {
        return asked.exitCode() == CURLE_COULDNT_CONNECT;
    }

    /** Waits for an answer and says whose it is. */
    long awaitAnswer() throws Exception {
        return awaitAnswer(pid -> true);
    }

    /** Waits for an answer of another process. */
    long awaitAnswerOfAnotherThan(long former) throws Exception {
        return awaitAnswer(pid -> pid != former);
    }

    private long awaitAnswer(LongPredicate wanted) throws Exception {
        return Patience.awaitValue("an answer", () -> {
                    OptionalLong pid = answer();
                    return pid.isPresent() && wanted.test(pid.getAsLong()) ? pid : OptionalLong.empty();
                })
                .getAsLong();
    }
}
