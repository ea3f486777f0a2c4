package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daemonspec.internal.launch.EnvironmentChange.Clear;
import org.daemonspec.internal.launch.EnvironmentChange.Set;
import org.daemonspec.internal.launch.EnvironmentChange.Unset;
import org.junit.jupiter.api.Test;

class EnvironmentChangeTest {

    private static final Map<String, String> GIVEN = Map.of("HOME", "/root", "PATH", "/bin");

    @Test
    void changesApplyInTheirOrderAndLeaveWhatWasGivenAlone() {
        Map<String, String> given = new TreeMap<>(GIVEN);

        assertThat(EnvironmentChange.apply(List.of(new Set("A", "1"), new Unset("A"), new Unset("PATH")), given))
                .containsOnly(Map.entry("HOME", "/root"));
        assertThat(EnvironmentChange.apply(List.of(new Unset("A"), new Set("A", "1")), given))
                .containsOnly(Map.entry("HOME", "/root"), Map.entry("PATH", "/bin"), Map.entry("A", "1"));
        assertThat(EnvironmentChange.apply(List.of(new Clear(), new Set("B", "2")), given))
                .containsOnly(Map.entry("B", "2"));
        assertThat(given).isEqualTo(GIVEN);
    }

    @Test
    void whatIsNotThereNeedNotBeTakenAway() {
        assertThat(EnvironmentChange.isChanged(List.of(), GIVEN)).isFalse();
        assertThat(EnvironmentChange.isChanged(List.of(new Unset("A"), new Unset("B")), GIVEN))
                .isFalse();
        assertThat(EnvironmentChange.isChanged(List.of(new Unset("A"), new Unset("PATH")), GIVEN))
                .isTrue();
        assertThat(EnvironmentChange.isChanged(List.of(new Set("A", "1")), GIVEN))
                .isTrue();
        assertThat(EnvironmentChange.isChanged(List.of(new Clear()), GIVEN)).isTrue();
    }
}
