package dev.warren.server.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A {@link ClientProgram} that runs, can be stopped with a signal and goes on. Owned by one test
 * thread.
 */
final class ClientProcess implements AutoCloseable {

  private static final long LIMIT_S = 40;

  private final Process process;
  private final List<String> lines = new ArrayList<>();

  private ClientProcess(Process process) {
    this.process = process;
  }

  static ClientProcess start(String role, int port, String queue, int number) throws IOException {
    ClientProcess client =
        new ClientProcess(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ClientProgram.class.getName(),
                    role,
                    Integer.toString(port),
                    queue,
                    Integer.toString(number))
                .redirectErrorStream(true)
                .start());
    Thread reader = new Thread(client::read, "client-output");
    reader.setDaemon(true);
    reader.start();
    return client;
  }

  void pause() throws InterruptedException {
    Commands.pause(process.pid());
  }

  void resume() throws InterruptedException {
    Commands.resume(process.pid());
  }

  /** What follows this word in the lines that begin with it, in order. */
  List<String> said(String word) {
    synchronized (lines) {
      return lines.stream()
          .filter(line -> line.startsWith(word))
          .map(line -> line.substring(word.length()).trim())
          .toList();
    }
  }

  /** The numbers in the lines that begin with this word. */
  List<Integer> numbers(String word) {
    return said(word).stream().map(Integer::valueOf).toList();
  }

  /** Waits for it to end by itself; the exit code. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
      throw new AssertionError("the client does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (lines) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      // It was killed; what it said until then counts.
    }
  }
}
