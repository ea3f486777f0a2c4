package org.daemonspec.internal.launch;

import java.util.List;
import java.util.Optional;

/** How a JVM keeps classes that it has loaded and linked for the next one; the options of HotSpot, as byte strings. */
enum CacheKind {
    /** JEP 483, and with JDK 25 JEP 515: classes are linked already, lambdas too. */
    AOT {
        @Override
        List<String> use(String cache) {
            return List.of("-XX:AOTCache=" + cache, AOT_QUIET);
        }

        @Override
        List<String> record(String directory) {
            return List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + directory + "/configuration");
        }

        @Override
        Optional<List<String>> create(String directory) {
            return Optional.of(List.of(
                    "-XX:AOTMode=create",
                    "-XX:AOTConfiguration=" + directory + "/configuration",
                    "-XX:AOTCache=" + directory + "/" + CACHE));
        }

        @Override
        List<String> prove(String directory) {
            return List.of("-XX:AOTMode=on", "-XX:AOTCache=" + directory + "/" + CACHE);
        }
    },
    /** A dynamic archive, JEP 350: classes are parsed and verified already. */
    CDS {
        @Override
        List<String> use(String cache) {
            return List.of("-XX:SharedArchiveFile=" + cache, CDS_QUIET);
        }

        @Override
        List<String> record(String directory) {
            return List.of("-XX:ArchiveClassesAtExit=" + directory + "/" + CACHE);
        }

        @Override
        Optional<List<String>> create(String directory) {
            return Optional.empty();
        }

        @Override
        List<String> prove(String directory) {
            return List.of("-Xshare:on", "-XX:SharedArchiveFile=" + directory + "/" + CACHE);
        }
    };

    /** What the cache is called before it has its name. */
    static final String CACHE = "cache";

    private static final String CDS_QUIET = "-Xlog:cds*=off";

    /** Before JDK 25 there is no such tag, and a JVM refuses to start with a tag that it does not know. */
    private static final String AOT_QUIET = Runtime.version().feature() < 25 ? CDS_QUIET : "-Xlog:aot*=off,cds*=off";

    private static final int FIRST_WITH_AOT = 24;

    /** That of this JVM; empty if it is none that has one. */
    static Optional<CacheKind> ofThisJvm() {
        return of(System.getProperty("java.vm.name", ""), Runtime.version().feature());
    }

    /** That of a JVM of this name and JDK of this feature version. */
    static Optional<CacheKind> of(String vm, int feature) {
        if (!vm.contains("HotSpot") && !vm.startsWith("OpenJDK")) {
            return Optional.empty();
        }
        return Optional.of(feature < FIRST_WITH_AOT ? CDS : AOT);
    }

    /** To start with a cache; one that does not fit is left aside without a word. */
    abstract List<String> use(String cache);

    /** To write down what a JVM does; into a directory. */
    abstract List<String> record(String directory);

    /** To make the cache of what was written down, if that is another step. */
    abstract Optional<List<String>> create(String directory);

    /** To end with an error if the cache that was made does not fit. */
    abstract List<String> prove(String directory);
}
