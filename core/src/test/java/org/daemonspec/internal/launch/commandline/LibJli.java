package org.daemonspec.internal.launch.commandline;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The library that {@code java} is a thin front to, as this JDK has it: its args.c. */
final class LibJli {

    private static final byte YES = 1;
    private static final byte NO = 0;

    private final MethodHandle init;
    private final MethodHandle preprocess;

    LibJli() {
        SymbolLookup library = SymbolLookup.libraryLookup(
                Path.of(System.getProperty("java.home"), "lib", "libjli.so"), Arena.global());
        init = Linker.nativeLinker()
                .downcallHandle(
                        library.find("JLI_InitArgProcessing").orElseThrow(),
                        FunctionDescriptor.ofVoid(ValueLayout.JAVA_BYTE, ValueLayout.JAVA_BYTE));
        preprocess = Linker.nativeLinker()
                .downcallHandle(
                        library.find("JLI_PreprocessArg").orElseThrow(),
                        FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_BYTE));
    }

    /** The words of a file that follows {@code java} as an {@code @file}, as byte strings. */
    List<String> expand(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            // Twice: the first one finds that arguments have been counted, and takes this for a second launch.
            init.invokeExact(YES, NO);
            init.invokeExact(YES, NO);
            MemorySegment list = (MemorySegment) preprocess.invokeExact(arena.allocateFrom("@" + file), NO);
            return list.address() == 0 ? List.of("@" + file) : words(list.reinterpret(Long.BYTES * 3));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** See {@code struct JLI_List_}: elements, size, capacity. */
    private static List<String> words(MemorySegment list) {
        long size = list.get(ValueLayout.JAVA_LONG, Long.BYTES);
        MemorySegment elements = list.get(ValueLayout.ADDRESS, 0).reinterpret(size * Long.BYTES);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            words.add(elements.getAtIndex(ValueLayout.ADDRESS, i)
                    .reinterpret(Long.MAX_VALUE)
                    .getString(0, StandardCharsets.ISO_8859_1));
        }
        return words;
    }
}
