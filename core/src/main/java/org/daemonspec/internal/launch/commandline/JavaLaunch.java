package org.daemonspec.internal.launch.commandline;

import java.util.List;

/**
 * What the launcher was asked to do. Each option is one word: {@code -cp x} reads {@code --class-path=x}, {@code -p x}
 * reads {@code --module-path=x}, and so on, which the launcher takes just as well. Thus no option begins with {@code @}
 * and needs no escape when it is passed on.
 *
 * @param main the class, jar file, module with or without class, or source file
 * @param variableOptions those in JDK_JAVA_OPTIONS
 * @param options those on the command line
 */
record JavaLaunch(
        Mode mode, String main, List<String> variableOptions, List<String> options, List<String> applicationArguments) {

    enum Mode {
        CLASS,
        JAR,
        MODULE,
        SOURCE
    }
}
