package org.daemonspec.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import java.util.Set;
import org.daemonspec.internal.command.CommandWords.Option;
import org.daemonspec.internal.command.CommandWords.UsageException;
import org.daemonspec.internal.command.CommandWords.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandWordsTest {

    @ParameterizedTest
    @EnumSource(Verb.class)
    void everyCommandIsKnownByItsWord(Verb verb) throws Exception {
        assertThat(CommandWords.parse(verb.word())).isEqualTo(new CommandWords(verb, Set.of(), Optional.empty()));
    }

    @Test
    void theWordsAreThoseOfTheLsbAndPlanRunAndGenerate() {
        assertThat(Verb.words())
                .isEqualTo("start|stop|restart|try-restart|reload|force-reload|status|plan|run|train|generate");
    }

    @Test
    void anOptionBelongsToItsCommandAndMayBeRepeated() throws Exception {
        assertThat(CommandWords.parse("status", "--json").has(Option.JSON)).isTrue();
        assertThat(CommandWords.parse("status").has(Option.JSON)).isFalse();
        assertThat(CommandWords.parse("start", "--if-needed", "--if-needed"))
                .isEqualTo(new CommandWords(Verb.START, Set.of(Option.IF_NEEDED), Optional.empty()));
    }

    @Test
    void generateTakesTheNameOfOneFile() throws Exception {
        assertThat(CommandWords.parse("generate", "unit").file()).contains("unit");
        assertThat(CommandWords.parse("generate").file()).isEmpty();
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> CommandWords.parse("generate", "unit", "socket"))
                .withMessage("generate makes one file at a time");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "start --help", "nonsense -h", "start --json --help"})
    void helpIsGivenWhateverElseIsSaid(String words) throws Exception {
        assertThat(CommandWords.parse(words.split(" ")).verb()).isEqualTo(Verb.HELP);
    }

    @ParameterizedTest
    @CsvSource({
        "begin, unknown command 'begin'",
        "--json, unknown command '--json'",
        "'start ', unknown command 'start '",
        "try_restart, unknown command 'try_restart'"
    })
    void anUnknownCommandIsNamed(String word, String complaint) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> CommandWords.parse(word))
                .withMessage(complaint);
    }

    @ParameterizedTest
    @CsvSource({
        "stop, now, unknown word 'now'",
        "start, --IF-NEEDED, unknown word '--IF-NEEDED'",
        "start, '', unknown word ''",
        "stop, --json, stop has no option --json",
        "try-restart, --if-needed, try-restart has no option --if-needed"
    })
    void aFurtherWordThatMakesNoSenseIsNamed(String verb, String word, String complaint) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> CommandWords.parse(verb, word))
                .withMessage(complaint);
    }

    @Test
    void noWordIsAnErrorToo() {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(CommandWords::parse)
                .withMessage("say what to do");
    }
}
