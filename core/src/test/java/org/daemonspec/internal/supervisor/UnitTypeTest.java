package org.daemonspec.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What unit files say, found as systemd.unit(5) describes. */
class UnitTypeTest {

    @TempDir
    Path directory;

    @Test
    void theUnitIsTheLastServiceInThePathOfTheControlGroup() {
        assertThat(UnitType.unitOf("0::/system.slice/echo.service\n")).contains("echo.service");
        assertThat(UnitType.unitOf("0::/user.slice/user@0.service/app.slice/echo@1.service/sub\n"))
                .contains("echo@1.service");
        assertThat(UnitType.unitOf("12:pids:/other.service\n1:name=systemd:/system.slice/echo.service\n"))
                .contains("echo.service");
        assertThat(UnitType.unitOf("0::/\n")).isEmpty();
        assertThat(UnitType.unitOf("0::/user.slice/session-1.scope\n")).isEmpty();
        assertThat(UnitType.unitOf("0::/system.slice/dev-a\\x2db.service\n")).contains("dev-a\\x2db.service");
    }

    @Test
    void aControlGroupWithANameThatNoUnitMayHaveIsNone() {
        assertThat(UnitType.unitOf("0::/system.slice/echo.service/\u00e4.service\n"))
                .contains("echo.service");
        assertThat(UnitType.unitOf("0::/a b.service\n")).isEmpty();
    }

    @Test
    void theFirstDirectorysFileCounts() throws Exception {
        write("etc/echo.service", "[Service]\nType=notify\n");
        write("lib/echo.service", "[Service]\nType=forking\n");

        assertThat(type("echo.service")).contains(new UnitType("echo.service", "notify"));
    }

    @Test
    void theLastAssignmentCountsAndDropInsComeAfterTheFileInTheOrderOfTheirNames() throws Exception {
        write("lib/echo.service", "[Service]\n# Type=idle\n Type = exec \nTypeOfThing=x\nType=forking\n");
        assertThat(type("echo.service")).contains(new UnitType("echo.service", "forking"));
        assertThat(type("echo.service").orElseThrow().waitsForTheEnd()).isTrue();

        write("lib/echo.service.d/20-last.conf", "[Service]\nType=simple\n");
        write("etc/echo.service.d/10-first.conf", "[Service]\nType=oneshot\n");
        assertThat(type("echo.service")).contains(new UnitType("echo.service", "simple"));

        write("etc/echo.service.d/20-last.conf", "[Service]\nRestart=no\n");
        assertThat(type("echo.service"))
                .as("a drop-in hides its namesake")
                .contains(new UnitType("echo.service", "oneshot"));
    }

    @Test
    void anInstanceHasItsTemplatesFile() throws Exception {
        write("lib/echo@.service", "[Service]\nType=forking\n");

        assertThat(type("echo@one.service")).contains(new UnitType("echo@one.service", "forking"));
    }

    @Test
    void aFileThatDoesNotSayIsNotForking() throws Exception {
        write("lib/echo.service", "[Service]\nExecStart=/bin/echo\n");

        assertThat(type("echo.service").orElseThrow().waitsForTheEnd()).isFalse();
        assertThat(type("other.service")).isEmpty();
    }

    private Optional<UnitType> type(String unit) {
        return UnitType.of(unit, List.of(directory.resolve("etc"), directory.resolve("lib")));
    }

    private void write(String file, String content) throws Exception {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }
}
