package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class LibcFunctionTest {

    /** The first glibc with posix_spawn_file_actions_addclosefrom_np(3), the youngest of the functions. */
    private static final int YOUNGEST_MINOR_VERSION = 34;

    @Test
    void aCurrentGlibcHasEveryFunction() throws Exception {
        assumeTrue(GlibcVersion.minor() >= YOUNGEST_MINOR_VERSION, "this machine's glibc is older than 2.34");

        assertThat(LibcFunction.values()).allMatch(LibcFunction::isAvailable);
    }

    @Test
    void symbolsAreTheNamesInC() {
        assertThat(LibcFunction._EXIT.symbol()).isEqualTo("_exit");
        assertThat(LibcFunction.CLOSE_RANGE.symbol()).isEqualTo("close_range");
    }
}
