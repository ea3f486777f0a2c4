package org.daemonspec.examples.supervisors;

import java.io.IOException;
import java.util.OptionalLong;

/** A program that starts the HTTP example, looks after it, and starts it again, asked in its own ways. */
interface Supervisor {

    /** Starts it, with its files; {@code verb} is what they tell the example instead of {@code start}. */
    void start(String verb) throws Exception;

    /** The process of the service, if it is up, and ready if the supervisor knows of that. */
    OptionalLong upAs() throws Exception;

    /** Ends the service, and waits for its end. */
    void stop() throws Exception;

    /** Sends the service SIGHUP, as it is asked to. */
    void hangUp() throws Exception;

    /** Whether the supervisor has noticed an end of the service with this exit code. */
    boolean hasSeenExit(int code) throws Exception;

    /** What the service wrote. */
    String output();

    /** An administrator's file, telling the example something else than to start. */
    static void write(Inside inside, String path, String file, String verb) throws IOException {
        inside.write(path, Installation.file(file).replace("/opt/http/http start ", "/opt/http/http " + verb + " "));
    }
}
