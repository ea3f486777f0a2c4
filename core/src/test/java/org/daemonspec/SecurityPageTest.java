package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/security.md names a test for each door; each of them exists, so that a test that goes takes its sentence with it. */
class SecurityPageTest {

    private static final Path MODULE =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:IT|Test))\\.(\\w+)`");

    @Test
    void everyTestThatItNamesIsThere() throws Exception {
        Map<String, String> classes = testClasses();
        List<String> missing = new ArrayList<>();
        int named = 0;
        Matcher test = NAMED.matcher(Files.readString(MODULE.resolveSibling("docs/security.md")));
        while (test.find()) {
            named++;
            String type = classes.get(test.group(1));
            if (type == null || !hasTest(Class.forName(type, false, getClass().getClassLoader()), test.group(2))) {
                missing.add(test.group(1) + "." + test.group(2));
            }
        }

        assertThat(named).isGreaterThan(50);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyDoorNamesATestThatHoldsIt() throws Exception {
        for (String line : Files.readAllLines(MODULE.resolveSibling("docs/security.md"))) {
            boolean isDoor = line.startsWith("| ") && !line.startsWith("| asset") && !line.startsWith("| word");
            if (isDoor) {
                assertThat(NAMED.matcher(line).find()).as(line).isTrue();
            }
        }
    }

    private static Map<String, String> testClasses() throws Exception {
        Path root = MODULE.resolve("target/test-classes");
        Map<String, String> classes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
                classes.put(name.substring(name.lastIndexOf('.') + 1), name);
            }
        }
        return classes;
    }

    private static boolean hasTest(Class<?> type, String name) {
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                for (Annotation annotation : method.getAnnotations()) {
                    if (annotation.annotationType().getName().startsWith("org.junit.jupiter.")) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
