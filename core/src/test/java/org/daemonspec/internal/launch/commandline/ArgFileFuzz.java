package org.daemonspec.internal.launch.commandline;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The words of an argument file are those that the JDK's own launcher library reads; and what is formatted is read. */
public final class ArgFileFuzz {

    private static final LibJli LAUNCHER = new LibJli();

    private static final Path FILE = Path.of(System.getProperty("java.io.tmpdir"), "argfile");

    private ArgFileFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) throws IOException {
        // now and then longer than the pieces of 4096 bytes in which the launcher reads
        String padding = "x".repeat(data.consumeInt(0, 49) > 0 ? 0 : data.consumeInt(4070, 4100));
        byte[] text = data.consumeRemainingAsBytes();
        // without NUL, at which the launcher cuts one piece or another of a word
        String contents = padding + new String(text, StandardCharsets.ISO_8859_1).replace("\0", "");
        Files.writeString(FILE, contents, StandardCharsets.ISO_8859_1);

        List<String> words = ArgFile.parse(contents);
        List<String> launchers = LAUNCHER.expand(FILE);
        if (!words.equals(launchers)) {
            throw new AssertionError("we read " + words + ", the launcher " + launchers);
        }
        if (!ArgFile.parse(ArgFile.format(words)).equals(words)) {
            throw new AssertionError("not read as it was formatted: " + words);
        }
    }
}
