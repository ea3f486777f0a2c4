package org.daemonspec.internal.launch.commandline;

import java.util.List;

/**
 * The options of the launcher, of HotSpot and of the JDK whose values are paths. Other system properties may hold
 * paths as well; that only the application knows, and so they stay as they are.
 */
final class PathOptions {

    private record Rule(PathSyntax syntax, List<String> prefixes) {}

    private static final List<Rule> RULES = List.of(
            rule(PathSyntax.CLASS_PATH, "--class-path=", "-Djava.class.path=", "-Djava.library.path="),
            rule(PathSyntax.MODULE_PATH, "--module-path=", "--upgrade-module-path="),
            rule(PathSyntax.LIST, "-Xbootclasspath/a:", "-XX:SharedArchiveFile="),
            rule(PathSyntax.PATCH, "--patch-module="),
            rule(PathSyntax.AGENT_JAR, "-javaagent:"),
            rule(PathSyntax.AGENT_LIBRARY, "-agentpath:"),
            rule(PathSyntax.LOG, "-Xlog:"),
            rule(
                    PathSyntax.RECORDING,
                    "-XX:StartFlightRecording=",
                    "-XX:StartFlightRecording:",
                    "-XX:FlightRecorderOptions=",
                    "-XX:FlightRecorderOptions:"),
            rule(
                    PathSyntax.FILE,
                    "-splash:",
                    "-Xloggc:",
                    "-XX:AOTCache=",
                    "-XX:AOTCacheOutput=",
                    "-XX:AOTConfiguration=",
                    "-XX:AllocateHeapAt=",
                    "-XX:ArchiveClassesAtExit=",
                    "-XX:CompileCommandFile=",
                    "-XX:CompilerDirectivesFile=",
                    "-XX:DumpLoadedClassList=",
                    "-XX:ErrorFile=",
                    "-XX:ExtraSharedClassListFile=",
                    "-XX:Flags=",
                    "-XX:HeapDumpPath=",
                    "-XX:InlineDataFile=",
                    "-XX:JVMCILibPath=",
                    "-XX:JVMCINativeLibraryErrorFile=",
                    "-XX:LogFile=",
                    "-XX:PauseAtStartupFile=",
                    "-XX:PerfDataSaveFile=",
                    "-XX:ReplayDataFile=",
                    "-XX:SharedArchiveConfigFile=",
                    "-XX:SharedClassListFile="),
            rule(
                    PathSyntax.FILE,
                    "-Dcom.sun.management.config.file=",
                    "-Dcom.sun.management.jmxremote.access.file=",
                    "-Dcom.sun.management.jmxremote.password.file=",
                    "-Dcom.sun.management.jmxremote.ssl.config.file=",
                    "-Djava.io.tmpdir=",
                    "-Djava.security.krb5.conf=",
                    "-Djava.util.currency.data=",
                    "-Djava.util.logging.config.file=",
                    "-Djava.util.prefs.systemRoot=",
                    "-Djava.util.prefs.userRoot=",
                    "-Djava.xml.config.file=",
                    "-Djdk.net.hosts.file=",
                    "-Duser.home="),
            rule(
                    PathSyntax.FILE_OR_URL,
                    "-Djava.security.auth.login.config=",
                    "-Djava.security.policy=",
                    "-Djava.security.properties="),
            rule(PathSyntax.STORE, "-Djavax.net.ssl.keyStore=", "-Djavax.net.ssl.trustStore="));

    private PathOptions() {}

    private static Rule rule(PathSyntax syntax, String... prefixes) {
        return new Rule(syntax, List.of(prefixes));
    }

    /** The option with absolute paths; the same option if it holds none. */
    static String absolute(String option, WorkingDirectory directory) throws UnresolvablePathException {
        for (Rule rule : RULES) {
            for (String prefix : rule.prefixes()) {
                if (option.startsWith(prefix)) {
                    return prefix + rule.syntax().absolute(option.substring(prefix.length()), directory);
                }
            }
        }
        return option;
    }
}
