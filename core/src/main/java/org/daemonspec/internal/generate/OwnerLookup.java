package org.daemonspec.internal.generate;

import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.launch.ContextSpec;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.UserDatabase;

/** Whom the files of a daemon belong to. Names are kept, since numbers differ from machine to machine. */
final class OwnerLookup {

    private static final String ROOT = "root";

    private OwnerLookup() {}

    static Service.Owner of(ContextSpec context) {
        String user = context.user().orElse(ROOT);
        return new Service.Owner(user, context.group().orElseGet(() -> ownGroup(user)));
    }

    /** A user who is not here yet is taken for one that has a group of the same name, as system users have. */
    private static String ownGroup(String user) {
        if (user.equals(ROOT)) {
            return ROOT;
        }
        try (Posix posix = Posix.open()) {
            UserDatabase users = new UserDatabase(posix);
            Optional<UserDatabase.User> found = users.user(user);
            if (found.isEmpty() && user.chars().allMatch(Character::isDigit)) {
                found = users.user(Long.parseLong(user));
            }
            if (found.isEmpty()) {
                return user;
            }
            OptionalLong sameName = users.group(found.get().name());
            long gid = found.get().gid();
            return sameName.equals(OptionalLong.of(gid)) ? found.get().name() : Long.toString(gid);
        }
    }
}
