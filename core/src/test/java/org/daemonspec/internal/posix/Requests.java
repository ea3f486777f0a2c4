package org.daemonspec.internal.posix;

import java.util.List;

/** Requests for programs that need no more than {@code /dev/null}. */
final class Requests {

    private Requests() {}

    /** The program in {@code /}, with an empty environment and three descriptors on {@code /dev/null}. */
    static SpawnRequest of(Posix posix, String... command) {
        return of(posix, List.of(), command);
    }

    /** The same with an environment. */
    static SpawnRequest of(Posix posix, List<String> environment, String... command) {
        Descriptor root = posix.open("/", Posix.OpenFor.ENTERING, 0);
        Descriptor nothing = posix.open("/dev/null", Posix.OpenFor.APPENDING, 0);
        return new SpawnRequest(
                command[0], List.of(command), environment, 022, root, SpawnRequest.inOrder(nothing, nothing, nothing));
    }
}
