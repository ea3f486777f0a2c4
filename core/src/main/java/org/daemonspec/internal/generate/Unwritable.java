package org.daemonspec.internal.generate;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.daemonspec.internal.launch.EnvironmentChange;
import org.daemonspec.internal.socket.SocketSpec;

/** Names and paths that would begin another line, or go on with the next one, in a file that has them at the end of a line. */
final class Unwritable {

    private Unwritable() {}

    static void check(Service service, List<String> problems) {
        Stream.of(
                        service.pidfile().stream(),
                        service.logs().stream(),
                        service.workingDirectory().stream(),
                        service.crashDirectory().stream(),
                        service.socketFiles().stream(),
                        Service.log(service.spec().stdin()).stream())
                .flatMap(each -> each)
                .forEach(path -> check("path", path.toString(), problems));
        service.spec().environment().forEach(change -> {
            switch (change) {
                case EnvironmentChange.File(Path path) ->
                    check("path", Service.absolute(path).toString(), problems);
                case EnvironmentChange.Set(String name, String value) -> check("environment name", name, problems);
                case EnvironmentChange.Unset(String name) -> check("environment name", name, problems);
                default -> {}
            }
        });
        Consumer<String> names = name -> check("name", name, problems);
        names.accept(service.name());
        names.accept(service.owner().user());
        names.accept(service.owner().group());
        service.spec().context().supplementaryGroups().ifPresent(groups -> groups.forEach(names));
        for (SocketSpec socket : service.spec().sockets()) {
            names.accept(socket.name());
            socket.owner().ifPresent(names);
            socket.group().ifPresent(names);
        }
    }

    private static void check(String what, String text, List<String> problems) {
        if (hasControl(text)) {
            problems.add(what + " '" + printable(text)
                    + "': it contains a control character, which no configuration file takes; rename it.");
        } else if (text.endsWith("\\")) {
            problems.add(what + " '" + text
                    + "': it ends with a backslash, which in a configuration file goes on with the next line;"
                    + " rename it.");
        }
    }

    static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /** On one line. */
    static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
