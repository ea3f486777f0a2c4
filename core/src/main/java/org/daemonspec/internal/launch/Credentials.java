package org.daemonspec.internal.launch;

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.daemonspec.internal.posix.ProcStatus;
import org.daemonspec.internal.posix.ProcessContext;

/**
 * As whom a process accesses files, see path_resolution(7).
 *
 * @param uid the file system user
 * @param gids the file system group and the supplementary ones
 */
record Credentials(long uid, Set<Long> gids) {

    /** The last of the real, effective, saved and file system ID. */
    private static final int FILE_SYSTEM = 3;

    static Credentials ofThisProcess() {
        ProcStatus self = ProcStatus.ofThisProcess();
        return of(self.uids().get(FILE_SYSTEM), self.gids().get(FILE_SYSTEM), self.groups());
    }

    static Credentials of(ProcessContext.Identity identity) {
        return of(identity.uid(), identity.gid(), identity.groups());
    }

    private static Credentials of(long uid, long gid, Set<Long> groups) {
        Set<Long> gids = new HashSet<>(groups);
        gids.add(gid);
        return new Credentials(uid, Collections.unmodifiableSet(gids));
    }
}
