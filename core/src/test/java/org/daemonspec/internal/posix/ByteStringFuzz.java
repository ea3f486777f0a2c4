package org.daemonspec.internal.posix;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A path's bytes are the same after a journey through {@link Path}. */
public final class ByteStringFuzz {

    private ByteStringFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        String name = new String(data.consumeRemainingAsBytes(), StandardCharsets.ISO_8859_1)
                .replace("\0", "")
                .replaceAll("/+", "/")
                .replaceAll("^/|/$", "");
        String path = "/" + name;
        String back = ByteString.of(ByteString.toPath(path));
        if (!back.equals(path)) {
            throw new AssertionError("'" + path + "' came back as '" + back + "'");
        }
        ByteString.decode(path);
    }
}
