package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheKindTest {

    @ParameterizedTest
    @CsvSource({
        "22, CDS", "23, CDS", "24, AOT", "25, AOT", "26, AOT",
    })
    void aJdkHasTheNewestThatItKnows(int feature, CacheKind kind) {
        assertThat(CacheKind.of("OpenJDK 64-Bit Server VM", feature)).contains(kind);
        assertThat(CacheKind.of("Java HotSpot(TM) 64-Bit Server VM", feature)).contains(kind);
    }

    @Test
    void anotherVirtualMachineHasNone() {
        assertThat(CacheKind.of("Eclipse OpenJ9 VM", 25)).isEmpty();
    }

    @Test
    void aDynamicArchiveIsMadeInOneStep() {
        assertThat(CacheKind.CDS.record("/d")).containsExactly("-XX:ArchiveClassesAtExit=/d/cache");
        assertThat(CacheKind.CDS.create("/d")).isEmpty();
        assertThat(CacheKind.CDS.prove("/d")).containsExactly("-Xshare:on", "-XX:SharedArchiveFile=/d/cache");
        assertThat(CacheKind.CDS.use("/c")).containsExactly("-XX:SharedArchiveFile=/c", "-Xlog:cds*=off");
    }

    @Test
    void anAotCacheIsMadeInTwo() {
        assertThat(CacheKind.AOT.record("/d"))
                .containsExactly("-XX:AOTMode=record", "-XX:AOTConfiguration=/d/configuration");
        assertThat(CacheKind.AOT.create("/d"))
                .isEqualTo(Optional.of(List.of(
                        "-XX:AOTMode=create", "-XX:AOTConfiguration=/d/configuration", "-XX:AOTCache=/d/cache")));
        assertThat(CacheKind.AOT.prove("/d")).containsExactly("-XX:AOTMode=on", "-XX:AOTCache=/d/cache");
        assertThat(CacheKind.AOT.use("/c")).contains("-XX:AOTCache=/c").hasSize(2);
    }
}
