package org.daemonspec.jmh;

/** The least that a JVM can do. */
final class HelloProgram {

    private HelloProgram() {}

    /** Says hello. */
    public static void main(String[] arguments) {
        System.out.println("hello");
    }
}
