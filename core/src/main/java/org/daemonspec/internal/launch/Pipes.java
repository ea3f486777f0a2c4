package org.daemonspec.internal.launch;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * The launcher's ends of the daemon's standard streams while it starts; empty where a stream leads elsewhere.
 *
 * @param stdin what the daemon reads
 * @param stdout what the daemon writes
 * @param stderr what the daemon complains
 */
public record Pipes(Optional<OutputStream> stdin, Optional<InputStream> stdout, Optional<InputStream> stderr) {}
