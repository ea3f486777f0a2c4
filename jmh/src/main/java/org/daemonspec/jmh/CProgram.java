package org.daemonspec.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** One of {@link CPrograms}, which waits on stdin for lines that say what to do, and answers each by a line. */
final class CProgram implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 2;

    private final Process process;
    private final BufferedReader answers;

    CProgram(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    long pid() {
        return process.pid();
    }

    /** Asks, and waits for the answer. */
    String ask(Object request) {
        tell(request);
        return answer();
    }

    /** Asks for so many times; the numbers of the answer. */
    double[] samples(int times) {
        return numbers(ask(times));
    }

    /** Asks for so many times; the median of how long each took, of an answer that has the last result in front of them. */
    double median(int times) {
        double[] resultAndTimes = samples(times);
        return Results.median(Arrays.copyOfRange(resultAndTimes, 1, times + 1));
    }

    /** Asks without waiting. */
    void tell(Object request) {
        try {
            var requests = process.outputWriter(StandardCharsets.US_ASCII);
            requests.write(request + "\n");
            requests.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next line. */
    String answer() {
        try {
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("the C program failed, and said why on stderr");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The numbers of a line. */
    static double[] numbers(String line) {
        String[] words = line.strip().split(" +", -1);
        double[] numbers = new double[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Double.parseDouble(words[i]);
        }
        return numbers;
    }

    /** Ends the program, by end of file. */
    @Override
    public void close() {
        try {
            process.outputWriter(StandardCharsets.US_ASCII).close();
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // it has ended already
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroy();
    }
}
