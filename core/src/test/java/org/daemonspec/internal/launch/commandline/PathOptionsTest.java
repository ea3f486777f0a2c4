package org.daemonspec.internal.launch.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            quoteCharacter = '`',
            value = {
                "--class-path=a:/b::*:c/* -> --class-path=/w/a:/b:/w:/w/*:/w/c/*",
                "--class-path=. -> --class-path=/w",
                "--module-path=a:/b -> --module-path=/w/a:/b",
                "--module-path=a:: -> --module-path=/w/a",
                "--upgrade-module-path=a -> --upgrade-module-path=/w/a",
                "--patch-module=m=a:/b::c -> --patch-module=m=/w/a:/b::/w/c",
                "-Djava.library.path=a: -> -Djava.library.path=/w/a:/w",
                "-Xbootclasspath/a:a:/b -> -Xbootclasspath/a:/w/a:/b",
                "-XX:SharedArchiveFile=a.jsa:/b.jsa -> -XX:SharedArchiveFile=/w/a.jsa:/b.jsa",
                "-javaagent:a.jar -> -javaagent:/w/a.jar",
                "-javaagent:a.jar=b=c:d -> -javaagent:/w/a.jar=b=c:d",
                "-agentpath:a.so=b -> -agentpath:/w/a.so=b",
                "-agentpath:/a.so=b -> -agentpath:/a.so=b",
                "-splash:a.png -> -splash:/w/a.png",
                "-XX:AOTCache=a.aot -> -XX:AOTCache=/w/a.aot",
                "-XX:AOTCacheOutput=a.aot -> -XX:AOTCacheOutput=/w/a.aot",
                "-XX:AOTConfiguration=a -> -XX:AOTConfiguration=/w/a",
                "-XX:ErrorFile=hs_err_%p.log -> -XX:ErrorFile=/w/hs_err_%p.log",
                "-XX:HeapDumpPath=dumps/ -> -XX:HeapDumpPath=/w/dumps/",
                "-XX:Flags=.hotspotrc -> -XX:Flags=/w/.hotspotrc",
                "-Xloggc:gc.log -> -Xloggc:/w/gc.log",
                "-Xlog:gc:gc.log -> -Xlog:gc:file=/w/gc.log",
                "-Xlog:gc*,safepoint=debug:file=gc-%t.log:uptime,tags:filecount=5"
                        + " -> -Xlog:gc*,safepoint=debug:file=/w/gc-%t.log:uptime,tags:filecount=5",
                "-Xlog::\"a:b.log\":uptime -> -Xlog::file=\"/w/a:b.log\":uptime",
                "-Xlog:gc:file=\"gc.log\" -> -Xlog:gc:file=/w/gc.log",
                "-XX:StartFlightRecording=filename=a.jfr,name=b"
                        + " -> -XX:StartFlightRecording=filename=\"/w/a.jfr\",name=b",
                "-XX:StartFlightRecording:delay=5s,filename=\"a,b.jfr\",settings=my/x.jfc,settings=profile"
                        + " -> -XX:StartFlightRecording:delay=5s,filename=\"/w/a,b.jfr\",settings=\"/w/my/x.jfc\","
                        + "settings=profile",
                "-XX:FlightRecorderOptions=repository=r,stackdepth=9"
                        + " -> -XX:FlightRecorderOptions=repository=\"/w/r\",stackdepth=9",
                "-Djava.io.tmpdir=t -> -Djava.io.tmpdir=/w/t",
                "-Djava.security.policy==p -> -Djava.security.policy==/w/p",
                "-Djavax.net.ssl.trustStore=t.p12 -> -Djavax.net.ssl.trustStore=/w/t.p12",
                "-Dcom.sun.management.config.file=m -> -Dcom.sun.management.config.file=/w/m"
            })
    void relativePathsBecomeAbsolute(String option, String expected) throws Exception {
        assertThat(PathOptions.absolute(option, new WorkingDirectory("/w"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xmx1g",
                "-Dmy.config=conf/my.xml",
                "-ea:a/b",
                "-agentlib:a=b",
                "-XX:ErrorFile=",
                "-Xlog",
                "-Xlog:gc",
                "-Xlog:disable",
                "-Xlog:gc:stderr:none",
                "-Xlog:gc::uptime",
                "-Xlog:gc:\"/a:b.log\"",
                "-Xlog:gc:\"a.log",
                "-Xlog:\"gc:a.log",
                "-Xlog:gc:",
                "-XX:+HeapDumpOnOutOfMemoryError",
                "-XX:StartFlightRecording",
                "-XX:StartFlightRecording=duration=5s,settings=default,filename=/a.jfr,",
                "-Djava.security.policy=file:/p",
                "-Djava.security.policy=${user.home}/p",
                "-Djavax.net.ssl.trustStore=NONE"
            })
    void otherOptionsStayAsTheyAre(String option) throws Exception {
        assertThat(PathOptions.absolute(option, new WorkingDirectory("/w"))).isEqualTo(option);
    }

    @Test
    void recordingSettingsThatAreAFileHereBecomeAbsolute(@TempDir Path directory) throws Exception {
        Files.createFile(directory.resolve("mine.jfc"));

        assertThat(PathOptions.absolute(
                        "-XX:StartFlightRecording:settings=mine.jfc", new WorkingDirectory(directory.toString())))
                .isEqualTo("-XX:StartFlightRecording:settings=\"" + directory + "/mine.jfc\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--class-path=a", "--module-path=a", "--patch-module=m=a", "-javaagent:a.jar"})
    void separatorInTheWorkingDirectoryIsAProblem(String option) {
        assertThatThrownBy(() -> PathOptions.absolute(option, new WorkingDirectory("/w:x")))
                .isInstanceOf(UnresolvablePathException.class)
                .hasMessageContaining("/w:x");
    }

    @Test
    void separatorInTheWorkingDirectoryIsQuotedWhereItCanBe() throws Exception {
        assertThat(PathOptions.absolute("-Xlog:gc:a.log:uptime", new WorkingDirectory("/w:x")))
                .isEqualTo("-Xlog:gc:file=\"/w:x/a.log\":uptime");
    }

    @Test
    void workingDirectoryThatIsGoneIsAProblemForRelativePathsOnly() throws Exception {
        WorkingDirectory gone = new WorkingDirectory("/w (deleted)");

        assertThat(PathOptions.absolute("--class-path=/a", gone)).isEqualTo("--class-path=/a");
        assertThatThrownBy(() -> PathOptions.absolute("--class-path=a", gone))
                .isInstanceOf(UnresolvablePathException.class)
                .hasMessageContaining("is gone");
    }
}
