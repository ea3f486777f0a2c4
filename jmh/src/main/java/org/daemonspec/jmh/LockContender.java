package org.daemonspec.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.daemonspec.internal.posix.ByteString;

/**
 * {@code floor contend FILE THREADS} in Java: each line on stdin says for how many milliseconds; so many threads then lock the
 * file as often as they can, and a line says how often each of them got it. They begin together: a JVM's {@code Thread.start} waits for the new
 * thread, which among so many that do nothing but contend takes until it is over.
 */
final class LockContender implements Runnable {

    private final String file;
    private final Clock clock;
    private long acquired;

    /** Says when it is over. */
    private static final class Clock {
        private final CountDownLatch start = new CountDownLatch(1);
        private volatile boolean over;
    }

    private LockContender(String file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /** See the class. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String file = ByteString.of(Path.of(arguments[0]));
        int threads = Integer.parseInt(arguments[1]);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String request;
        while ((request = requests.readLine()) != null) {
            System.out.println(contend(file, threads, Integer.parseInt(request)));
        }
    }

    private static String contend(String file, int count, int milliseconds) throws InterruptedException {
        Clock clock = new Clock();
        List<LockContender> contenders = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LockContender contender = new LockContender(file, clock);
            contenders.add(contender);
            threads.add(Thread.ofPlatform().start(contender));
        }
        clock.start.countDown();
        Thread.sleep(milliseconds);
        clock.over = true;
        StringBuilder answer = new StringBuilder();
        for (int i = 0; i < count; i++) {
            threads.get(i).join();
            answer.append(contenders.get(i).acquired).append(' ');
        }
        return answer.toString();
    }

    @Override
    public void run() {
        try {
            clock.start.await();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a contender", e);
        }
        while (!clock.over) {
            if (FlockAttempt.succeeds(file)) {
                acquired++;
            }
        }
    }
}
