package org.daemonspec.internal.launch;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cache fits if it is sealed; no other bytes behind its content say so. */
public final class CacheSealFuzz {

    private static final Path CACHE = Path.of(System.getProperty("java.io.tmpdir"), "cache");

    private static final byte[] SEAL = seal();

    private CacheSealFuzz() {}

    private static byte[] seal() {
        try {
            Files.write(CACHE, new byte[0]);
            CacheSeal.put(CACHE);
            return Files.readAllBytes(CACHE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) throws IOException {
        byte[] cache;
        boolean isSealed;
        switch (data.consumeInt(0, 2)) {
            case 0 -> { // anything at all
                cache = data.consumeRemainingAsBytes();
                isSealed = false;
            }
            case 1 -> { // a seal behind anything
                byte[] content = data.consumeRemainingAsBytes();
                cache = new byte[content.length + SEAL.length];
                System.arraycopy(content, 0, cache, 0, content.length);
                System.arraycopy(SEAL, 0, cache, content.length, SEAL.length);
                isSealed = true;
            }
            default -> { // a seal with one byte that is another
                cache = SEAL.clone();
                int at = data.consumeInt(0, SEAL.length - 1);
                byte other = data.consumeByte();
                isSealed = cache[at] == other;
                cache[at] = other;
            }
        }
        Files.write(CACHE, cache);
        if (CacheSeal.fits(CACHE) != isSealed) {
            throw new AssertionError("sealed: " + isSealed);
        }
    }
}
