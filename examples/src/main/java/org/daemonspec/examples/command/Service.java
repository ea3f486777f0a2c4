package org.daemonspec.examples.command;

/** What a command face controls. */
public interface Service {

    /** Becomes a daemon; may leave the process. */
    void start();

    /** Does the work in this process, until it is told to end. */
    void run() throws Exception;
}
