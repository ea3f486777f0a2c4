package org.daemonspec.internal.command;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A command line of the command face.
 *
 * @param verb what to do
 * @param options what else was said
 * @param file what to generate, as it was said; empty for anything else
 */
record CommandWords(Verb verb, Set<Option> options, Optional<String> file) {

    /** What can be done. */
    enum Verb {
        START,
        STOP,
        RESTART,
        TRY_RESTART,
        RELOAD,
        FORCE_RELOAD,
        STATUS,
        PLAN,
        RUN,
        TRAIN,
        GENERATE,
        HELP;

        private boolean allows(Option option) {
            return switch (this) {
                case START -> option == Option.IF_NEEDED;
                case STATUS -> option == Option.JSON || option == Option.INSPECT;
                default -> false;
            };
        }

        /** Whether there is a native call in any case; a start that is refused because an instance runs makes none. */
        boolean callsNatively() {
            return this != START && this != GENERATE && this != HELP;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** All but the one that explains the others. */
        static String words() {
            return Arrays.stream(values())
                    .filter(verb -> verb != HELP)
                    .map(Verb::word)
                    .collect(Collectors.joining("|"));
        }

        private static Optional<Verb> of(String word) {
            for (Verb verb : values()) {
                if (verb.word().equals(word)) {
                    return Optional.of(verb);
                }
            }
            return Optional.empty();
        }
    }

    /** What can be said of it. */
    enum Option {
        IF_NEEDED,
        JSON,
        INSPECT;

        String word() {
            return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static Optional<Option> of(String word) {
            for (Option option : values()) {
                if (option.word().equals(word)) {
                    return Optional.of(option);
                }
            }
            return Optional.empty();
        }
    }

    /** A command line that makes no sense; the message says why. */
    static final class UsageException extends Exception {

        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    static CommandWords parse(String... words) throws UsageException {
        if (Arrays.asList(words).contains("--help") || Arrays.asList(words).contains("-h")) {
            return new CommandWords(Verb.HELP, Set.of(), Optional.empty());
        }
        if (words.length == 0) {
            throw new UsageException("say what to do");
        }
        Optional<Verb> named = Verb.of(words[0]);
        if (named.isEmpty()) {
            throw new UsageException("unknown command '" + words[0] + "'");
        }
        Verb verb = named.get();
        if (verb == Verb.GENERATE) {
            return generate(words);
        }
        Set<Option> options = new HashSet<>();
        for (String word : Arrays.asList(words).subList(1, words.length)) {
            Option option = Option.of(word).orElseThrow(() -> new UsageException("unknown word '" + word + "'"));
            if (!verb.allows(option)) {
                throw new UsageException(verb.word() + " has no option " + word);
            }
            options.add(option);
        }
        return new CommandWords(verb, options, Optional.empty());
    }

    private static CommandWords generate(String... words) throws UsageException {
        if (words.length > 2) {
            throw new UsageException("generate makes one file at a time");
        }
        return new CommandWords(
                Verb.GENERATE, Set.of(), Arrays.stream(words).skip(1).findFirst());
    }

    boolean has(Option option) {
        return options.contains(option);
    }
}
