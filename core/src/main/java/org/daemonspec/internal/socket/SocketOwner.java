package org.daemonspec.internal.socket;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcStatus;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.UserDatabase;

/**
 * Whom the file of a UNIX socket is for.
 *
 * @param uid empty for whoever makes it
 * @param gid empty for whoever makes it
 */
record SocketOwner(OptionalLong uid, OptionalLong gid) {

    /**
     * Whom the specification names, or else whom the daemon becomes.
     *
     * @throws RefusedSocketException if there is no such user or group
     */
    static SocketOwner of(Posix posix, SocketSpec spec, Optional<ProcessContext.Identity> daemon) {
        UserDatabase database = new UserDatabase(posix);
        return new SocketOwner(
                spec.owner().isPresent()
                        ? OptionalLong.of(known(
                                spec,
                                "user",
                                spec.owner().get(),
                                uid(database, spec.owner().get())))
                        : daemon.map(user -> OptionalLong.of(user.uid())).orElse(OptionalLong.empty()),
                spec.group().isPresent()
                        ? OptionalLong.of(known(
                                spec,
                                "group",
                                spec.group().get(),
                                gid(database, spec.group().get())))
                        : daemon.map(user -> OptionalLong.of(user.gid())).orElse(OptionalLong.empty()));
    }

    /** Whether a user is the one whom the specification gives the file to. */
    static boolean isNamedOwner(Posix posix, SocketSpec spec, long uid) {
        return spec.owner()
                .filter(owner -> uid(new UserDatabase(posix), owner).equals(OptionalLong.of(uid)))
                .isPresent();
    }

    /** What is wrong with them. */
    static void check(Posix posix, SocketSpec spec, List<String> problems) {
        UserDatabase database = new UserDatabase(posix);
        spec.owner()
                .filter(owner -> uid(database, owner).isEmpty())
                .ifPresent(owner -> problems.add(unknown(spec, "user", owner)));
        spec.group()
                .filter(group -> gid(database, group).isEmpty())
                .ifPresent(group -> problems.add(unknown(spec, "group", group)));
    }

    /** Whether this process may give a file to whom it shall belong to, see chown(2). */
    static Optional<String> obstacle(Posix posix, SocketSpec spec, Optional<ProcessContext.Identity> daemon) {
        SocketOwner owner;
        try {
            owner = of(posix, spec, daemon);
        } catch (RefusedSocketException amongTheProblems) {
            return Optional.empty();
        }
        ProcStatus self = ProcStatus.ofThisProcess();
        boolean isOwn = owner.uid().orElse(self.effectiveUid()) == self.effectiveUid()
                && (owner.gid().orElse(self.effectiveGid()) == self.effectiveGid()
                        || self.groups().contains(owner.gid().orElseThrow()));
        return isOwn || self.may(Libc.CAP_CHOWN())
                ? Optional.empty()
                : Optional.of("listen " + spec.text() + ": EPERM (this process is uid " + self.effectiveUid()
                        + " and lacks CAP_CHOWN)" + UnixListener.ONLY_ROOT_GIVES);
    }

    private static long known(SocketSpec spec, String kind, String name, OptionalLong number) {
        return number.orElseThrow(() -> new RefusedSocketException(unknown(spec, kind, name)));
    }

    private static String unknown(SocketSpec spec, String kind, String name) {
        return "listen " + spec.text() + ": " + kind + " " + name + ": no such " + kind + "; create it (add" + kind
                + " --system " + name + ") or name another.";
    }

    private static OptionalLong uid(UserDatabase database, String name) {
        OptionalLong number = number(name);
        return number.isPresent()
                ? number
                : encoded(name)
                        .flatMap(database::user)
                        .map(user -> OptionalLong.of(user.uid()))
                        .orElse(OptionalLong.empty());
    }

    private static OptionalLong gid(UserDatabase database, String name) {
        OptionalLong number = number(name);
        return number.isPresent() ? number : encoded(name).map(database::group).orElse(OptionalLong.empty());
    }

    private static OptionalLong number(String name) {
        return name.matches("[0-9]{1,10}") ? OptionalLong.of(Long.parseLong(name)) : OptionalLong.empty();
    }

    /** No user has a name that this locale cannot write. */
    private static Optional<String> encoded(String name) {
        try {
            return Optional.of(ByteString.encode(name));
        } catch (ByteString.UnencodableException e) {
            return Optional.empty();
        }
    }
}
