package org.daemonspec.internal.generate;

import java.util.List;

/** The text of a configuration file, line by line. Not thread-safe. */
final class Lines {

    private final StringBuilder text = new StringBuilder();

    Lines comment(String... lines) {
        List.of(lines).forEach(line -> line("# " + line));
        return this;
    }

    Lines line(String line) {
        text.append(line).append('\n');
        return this;
    }

    Lines blank() {
        return line("");
    }

    Lines section(String name) {
        if (!text.isEmpty()) {
            blank();
        }
        return line("[" + name + "]");
    }

    Lines set(String key, Object value) {
        return line(key + "=" + value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
