package org.daemonspec.internal.posix;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import org.jspecify.annotations.Nullable;

/** The error of a call that the JDK has made, by name: its exceptions have the text, in the locale's language, or a class for it. */
public final class FileErrno {

    private static final int LAST_ERRNO = 133;

    private FileErrno() {}

    /** {@code EIO (Input/output error)}; what the exception says of itself if no error has that text. */
    public static String of(IOException failure) {
        Errno known = byClass(failure);
        if (known != null) {
            return known.toString();
        }
        String reason = reasonOf(failure);
        Errno named = byText(reason);
        return named == null ? failure.toString() : named.toString();
    }

    private static @Nullable Errno byClass(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return Errno.ENOENT;
        }
        if (failure instanceof AccessDeniedException) {
            return Errno.EACCES;
        }
        if (failure instanceof FileAlreadyExistsException) {
            return Errno.EEXIST;
        }
        if (failure instanceof NotDirectoryException) {
            return Errno.ENOTDIR;
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return Errno.ENOTEMPTY;
        }
        if (failure instanceof FileSystemLoopException) {
            return Errno.ELOOP;
        }
        return failure instanceof NotLinkException ? Errno.EINVAL : null;
    }

    private static String reasonOf(IOException failure) {
        if (failure instanceof FileSystemException e) {
            return String.valueOf(e.getReason());
        }
        String message = String.valueOf(failure.getMessage());
        return failure instanceof FileNotFoundException && message.endsWith(")") // PATH (REASON)
                ? message.substring(message.lastIndexOf(" (") + 2, message.length() - 1)
                : message;
    }

    /** The JDK adds to some texts, and some texts begin like others. */
    private static @Nullable Errno byText(String reason) {
        Errno found = null;
        int length = 0;
        for (int number = 1; number <= LAST_ERRNO; number++) {
            Errno errno = new Errno(number);
            String text = errno.localDescription();
            if (reason.startsWith(text) && text.length() > length) {
                found = errno;
                length = text.length();
            }
        }
        return found;
    }
}
