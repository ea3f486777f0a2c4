package org.daemonspec.examples.forkhazard;

/** Threads that do what any busy service does: allocate, so that the heap is collected all the time. */
final class HeapLoad {

    private static final int KEPT = 256;
    private static final int LARGEST = 32 * 1024;

    private HeapLoad() {}

    static void start(int threads) {
        for (int i = 0; i < threads; i++) {
            Thread.ofPlatform().daemon().name("load-" + i).start(HeapLoad::allocate);
        }
    }

    private static void allocate() {
        byte[][] kept = new byte[KEPT][];
        for (int i = 0; ; i = (i + 1) % LARGEST) {
            kept[i % KEPT] = new byte[1 + i];
        }
    }
}
