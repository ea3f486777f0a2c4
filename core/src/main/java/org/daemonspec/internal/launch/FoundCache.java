package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;

/**
 * What a start finds where the specification has a cache. It is looked for once: what was looked at is what is used, and one that
 * comes up later is not.
 *
 * @param options with which this program's next JVM uses it; none if it does not
 * @param outcome what becomes of it, in words
 */
record FoundCache(List<String> options, String outcome) {

    /**
     * Looks for a cache.
     *
     * @param problems to which is added why one that is there may not be used
     */
    static FoundCache at(Path named, List<String> problems) {
        Optional<Path> resolved = CacheTrust.resolved(named);
        if (resolved.isEmpty() || !isLookedAt(resolved.get())) {
            return new FoundCache(
                    List.of(), "do without an AOT cache: there is no " + named + " yet, which train makes");
        }
        Path cache = resolved.get();
        if (!CacheTrust.check(cache, problems)) {
            return new FoundCache(List.of(), "do without the AOT cache " + named + ", which is not safe");
        }
        Optional<CacheKind> kind = CacheKind.ofThisJvm();
        if (kind.isEmpty()) {
            return new FoundCache(
                    List.of(), "leave the AOT cache " + named + " aside: only a JDK with HotSpot has use for it");
        }
        if (!CacheSeal.fits(cache)) {
            return new FoundCache(
                    List.of(),
                    "leave the AOT cache " + named
                            + " aside: it is made of another JDK or class path, or cannot be read; train again");
        }
        return new FoundCache(
                kind.get().use(ByteString.of(cache)),
                "use the AOT cache " + named
                        + ", unless JVM options name another one, append to the boot class path, or do not fit it");
    }

    /** One that is there; in a JVM that is recorded, any, so that the cache in the making has what this takes. */
    private static boolean isLookedAt(Path cache) {
        return CacheTrust.exists(cache) || Rehearsal.isRecorded();
    }
}
