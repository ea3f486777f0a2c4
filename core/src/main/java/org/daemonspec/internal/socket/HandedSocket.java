package org.daemonspec.internal.socket;

import java.util.Optional;

/**
 * A socket that listens, as it is handed on from process to process.
 *
 * @param name what the task asks for it by
 * @param descriptor its number
 * @param file the UNIX socket's file to be removed at the end; empty if there is none, or it is somebody else's
 */
public record HandedSocket(String name, int descriptor, Optional<SocketFile> file) {}
