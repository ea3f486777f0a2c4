package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daemonspec.faults.HiddenSymbolsIT;
import org.junit.jupiter.api.Test;

/** Nothing of libc is needed that glibc 2.28 has not: what is younger has a fallback, which {@link HiddenSymbolsIT} tries. */
class LibcVersionsTest {

    private static final int REQUIRED_MINOR_VERSION = 28;

    private static final Pattern SYMBOL = Pattern.compile("(\\w+)@@?GLIBC_2\\.(\\d+)");

    @Test
    void whatIsYoungerThanTheRequiredGlibcIsOptional() throws Exception {
        Map<String, Integer> versions = minorVersions();
        Set<String> younger = new TreeSet<>();
        for (LibcFunction function : LibcFunction.values()) {
            assertThat(versions).containsKey(function.symbol());
            if (versions.get(function.symbol()) > REQUIRED_MINOR_VERSION) {
                younger.add(function.symbol());
            }
        }
        assertThat(younger).containsExactlyInAnyOrderElementsOf(HiddenSymbolsIT.OPTIONAL);
    }

    @Test
    void theNamesOfErrorsAreThoseOfAYoungerGlibc() {
        assumeTrue(LibcFunction.STRERRORNAME_NP.isAvailable(), "this machine's glibc is older than 2.32");

        assertThat(IntStream.rangeClosed(1, 140))
                .allSatisfy(number -> assertThat(ErrnoNames.of(number)).isEqualTo(new Errno(number).name()));
    }

    /** The oldest version of each symbol that this machine's libc has. */
    private static Map<String, Integer> minorVersions() throws Exception {
        Process readelf = new ProcessBuilder("readelf", "-W", "--dyn-syms", libc().toString()).start();
        Matcher symbols =
                SYMBOL.matcher(new String(readelf.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
        assertThat(readelf.waitFor()).isZero();
        Map<String, Integer> versions = new TreeMap<>();
        while (symbols.find()) {
            versions.merge(symbols.group(1), minor(symbols.group(2)), Math::min);
        }
        return versions;
    }

    private static int minor(String digits) {
        return Integer.parseInt(digits);
    }

    private static Path libc() throws Exception {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.endsWith("/libc.so.6"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
