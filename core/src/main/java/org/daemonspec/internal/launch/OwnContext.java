package org.daemonspec.internal.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcessContext;

/** What of a context cannot be in force before the execve(2) of the JVM that runs the task. */
public final class OwnContext {

    private OwnContext() {}

    /** Makes this process what it could not be made before its execve(2). */
    public static void complete(ContextSpec context) {
        if (context.processName().isPresent()) {
            setName(context.processName().get());
        }
        if (!context.limits().isEmpty() || context.dumpable().isPresent()) {
            try (Posix posix = Posix.open()) {
                complete(posix, context);
            }
        }
    }

    private static void complete(Posix posix, ContextSpec context) {
        for (ProcessContext.Limit limit : context.limits()) {
            if (limit.isOfMemory()) {
                posix.setLimit(0, limit);
            }
        }
        if (context.dumpable().isPresent()) {
            posix.setDumpable(context.dumpable().get());
        }
    }

    /** The process's name is that of its first thread, which is not the one that runs main. */
    private static void setName(String name) {
        try {
            Files.write(Path.of("/proc/self/comm"), name.getBytes(Charset.defaultCharset()));
        } catch (IOException e) {
            throw new UncheckedIOException("write /proc/self/comm: " + FileErrno.of(e) + "; leave out processName.", e);
        }
    }
}
