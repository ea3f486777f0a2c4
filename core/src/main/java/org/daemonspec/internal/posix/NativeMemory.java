package org.daemonspec.internal.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The memory in which the arguments of system calls live: pieces of one block, so that an operation of ten calls allocates once.
 * Zeroed, and freed all at once. Confined to the thread that made it.
 *
 * <p>Numbers and bytes go through {@link ByteBuffer}s. A segment's own accessors are method handles, each kind of which costs a fresh
 * JVM milliseconds; those of buffers are plain methods, which it has used before.
 */
final class NativeMemory implements AutoCloseable {

    /** More than a dozen calls need, and less than malloc(3) asks the kernel for anew. */
    private static final int BLOCK = 2048;

    private static final int ALIGNMENT = 16;

    private static final int LONGEST_STRING = 1 << 20;

    private final Arena arena = Arena.ofConfined();
    private MemorySegment block = arena.allocate(BLOCK, ALIGNMENT);
    private long used;

    /** A piece of its own; {@code alignment} is 16 at most. */
    MemorySegment allocate(long size, long alignment) {
        if (size > BLOCK / 2) {
            return arena.allocate(size, ALIGNMENT);
        }
        long start = (used + alignment - 1) & -alignment;
        if (start + size > block.byteSize()) {
            block = arena.allocate(BLOCK, ALIGNMENT);
            start = 0;
        }
        used = start + size;
        return block.asSlice(start, size);
    }

    /** A copy of the bytes, with a zero behind them. */
    MemorySegment terminated(byte[] bytes) {
        MemorySegment copy = allocate(bytes.length + 1L, 1);
        put(copy, 0, bytes);
        return copy;
    }

    /** A C string of a {@linkplain ByteString byte string}. */
    MemorySegment string(String byteString) {
        return terminated(byteString.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** An array of C strings that ends with NULL, and the strings behind it. */
    MemorySegment strings(List<String> byteStrings) {
        int begin = (byteStrings.size() + 1) * Long.BYTES;
        int end = begin;
        for (String byteString : byteStrings) {
            end += byteString.length() + 1;
        }
        MemorySegment array = allocate(end, Long.BYTES);
        ByteBuffer content = bytes(array);
        int string = begin;
        for (int i = 0; i < byteStrings.size(); i++) {
            byte[] copy = byteStrings.get(i).getBytes(StandardCharsets.ISO_8859_1);
            content.putLong(i * Long.BYTES, array.address() + string);
            content.put(string, copy);
            string += copy.length + 1;
        }
        return array;
    }

    @Override
    public void close() {
        arena.close();
    }

    static short getShort(MemorySegment memory, int offset) {
        return bytes(memory).getShort(offset);
    }

    static int getInt(MemorySegment memory, int offset) {
        return bytes(memory).getInt(offset);
    }

    static long getLong(MemorySegment memory, int offset) {
        return bytes(memory).getLong(offset);
    }

    static byte[] get(MemorySegment memory, int offset, int size) {
        byte[] copy = new byte[size];
        bytes(memory).get(offset, copy);
        return copy;
    }

    static void putShort(MemorySegment memory, int offset, int value) {
        bytes(memory).putShort(offset, (short) value);
    }

    static void putInt(MemorySegment memory, int offset, int value) {
        bytes(memory).putInt(offset, value);
    }

    static void putLong(MemorySegment memory, int offset, long value) {
        bytes(memory).putLong(offset, value);
    }

    static void put(MemorySegment memory, int offset, byte[] bytes) {
        bytes(memory).put(offset, bytes);
    }

    /** An int that some thread has allocated, for any other. */
    @SuppressWarnings("restricted")
    static MemorySegment intAt(long address) {
        return MemorySegment.ofAddress(address).reinterpret(Integer.BYTES);
    }

    /** The {@linkplain ByteString byte string} of a C string that libc has somewhere. */
    @SuppressWarnings("restricted")
    static String stringAt(long address) {
        ByteBuffer bytes =
                MemorySegment.ofAddress(address).reinterpret(LONGEST_STRING).asByteBuffer();
        int length = 0;
        while (bytes.get(length) != 0) {
            length++;
        }
        byte[] copy = new byte[length];
        bytes.get(0, copy);
        return new String(copy, StandardCharsets.ISO_8859_1);
    }

    /** The memory as the kernel and libc see its numbers. */
    static ByteBuffer bytes(MemorySegment memory) {
        return memory.asByteBuffer().order(ByteOrder.nativeOrder());
    }
}
