package dev.warren.server.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The broker as a user runs it: a process of its own with a configuration file, a data directory
 * and two ports. It can be stopped, killed and started again on the same directory and ports.
 *
 * <p>Owned by one test thread; {@link #output} and {@link #kill} may be called from any.
 */
final class RunningBroker implements AutoCloseable {

  private static final long START_LIMIT_S = 60;
  private static final long END_LIMIT_S = 30;
  private static final int OUTPUT_LINES_MAX = 2_000;

  private final Path config;
  private final Path data;
  private final int amqpPort;
  private final int httpPort;
  private String heap = "256m";

  /** Flags besides those of every broker. */
  private final List<String> flags = new ArrayList<>();

  /** Of the latest process; a reader of an earlier one may still be at work on its own. */
  private volatile Output output = new Output();

  private volatile @Nullable Process process;

  private RunningBroker(Path config, Path data, int amqpPort, int httpPort) {
    this.config = config;
    this.data = data;
    this.amqpPort = amqpPort;
    this.httpPort = httpPort;
  }

  /** A broker that is not started yet, on two free ports. */
  static RunningBroker prepare(Path config, Path data) {
    int[] ports = freePorts();
    return new RunningBroker(config, data, ports[0], ports[1]);
  }

  /** Starts a broker on two free ports and returns when it has said where it listens. */
  static RunningBroker start(Path config, Path data) throws InterruptedException {
    RunningBroker broker = prepare(config, data);
    broker.launch();
    broker.awaitReady();
    return broker;
  }

  /** The same broker with an AMQP port that is chosen by the caller. */
  RunningBroker onAmqpPort(int port) {
    return new RunningBroker(config, data, port, httpPort);
  }

  /** The same broker with an HTTP port that is chosen by the caller. */
  RunningBroker onHttpPort(int port) {
    return new RunningBroker(config, data, amqpPort, port);
  }

  /** Adds a flag for the next launch. */
  RunningBroker withFlag(String flag) {
    flags.add(flag);
    return this;
  }

  /** Sets the largest heap of the processes started from now on, such as 64m. */
  RunningBroker withHeap(String largest) {
    heap = largest;
    return this;
  }

  /** Starts the process and does not wait for anything. */
  void launch() {
    try {
      Output fresh = new Output();
      output = fresh;
      ProcessBuilder builder = new ProcessBuilder(command()).redirectErrorStream(true);
      builder.environment().keySet().removeIf(name -> name.startsWith("WARREN_"));
      Process started = builder.start();
      process = started;
      Thread reader = new Thread(() -> fresh.copy(started), "broker-output");
      reader.setDaemon(true);
      reader.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for the lines that name both listeners.
   *
   * @throws AssertionError with the broker's output, if it ends or stays silent instead
   */
  void awaitReady() throws InterruptedException {
    if (!output.awaitBoth(":" + amqpPort, ":" + httpPort, current(), START_LIMIT_S)) {
      String state = isAlive() ? "it is up:\n" + threadDump() : "it ended with " + awaitExit();
      kill();
      throw new AssertionError("the broker did not start; " + state + "; it said:\n" + output());
    }
  }

  /** What its threads are doing, for a failure nobody has an explanation for. */
  private String threadDump() {
    try {
      Process jcmd =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(pid()),
                  "Thread.print")
              .redirectErrorStream(true)
              .start();
      return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** {@code kill -9}; returns when the process is gone. */
  void kill() {
    Process killed = process;
    if (killed != null) {
      killed.destroyForcibly();
      killed.onExit().join();
    }
  }

  /** SIGTERM; returns the exit code. */
  int stop() throws InterruptedException {
    current().destroy();
    return awaitExit();
  }

  /**
   * Waits for the process to end by itself and returns its exit code.
   *
   * @throws AssertionError if it does not
   */
  int awaitExit() throws InterruptedException {
    if (!current().waitFor(END_LIMIT_S, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("the broker did not end; it said:\n" + output());
    }
    output.awaitEnd(END_LIMIT_S);
    return current().exitValue();
  }

  /** Waits; true if the process ended by itself in that time. */
  boolean endsWithin(long millis) throws InterruptedException {
    return current().waitFor(millis, TimeUnit.MILLISECONDS);
  }

  void restart() throws InterruptedException {
    launch();
    awaitReady();
  }

  boolean isAlive() {
    Process any = process;
    return any != null && any.isAlive();
  }

  long pid() {
    return current().pid();
  }

  int amqpPort() {
    return amqpPort;
  }

  int httpPort() {
    return httpPort;
  }

  String amqpUrl() {
    return "amqp://guest:guest@127.0.0.1:" + amqpPort;
  }

  /** What the process has said since it was last started. */
  String output() {
    return output.text();
  }

  @Override
  public void close() {
    kill();
  }

  private Process current() {
    Process started = process;
    if (started == null) {
      throw new IllegalStateException("the broker was not started");
    }
    return started;
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    if (System.getProperty("os.name").equals("Linux")) {
      // A shell that runs the tests in the background leaves SIGINT ignored, and a JVM keeps it so.
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Small and quick to start: the tests start it dozens of times.
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:+UseSerialGC", "-Xmx" + heap));
    command.add("-Dlogback.configurationFile=logback.xml");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("dev.warren.server.Main");
    command.addAll(List.of("--config", config.toString(), "--data", data.toString()));
    command.addAll(List.of("--amqp-port", Integer.toString(amqpPort)));
    command.addAll(List.of("--http-port", Integer.toString(httpPort)));
    command.addAll(flags);
    return command;
  }

  private static int[] freePorts() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket first = new ServerSocket(0, 1, loopback);
        ServerSocket second = new ServerSocket(0, 1, loopback)) {
      return new int[] {first.getLocalPort(), second.getLocalPort()};
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last lines a process printed. Thread-safe: written by the reader, read by the test. */
  private static final class Output {

    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    void copy(Process source) {
      try (BufferedReader reader = source.inputReader(StandardCharsets.UTF_8)) {
        String line = reader.readLine();
        while (line != null) {
          add(line);
          line = reader.readLine();
        }
      } catch (IOException e) {
        add("(the output broke off: " + e.getMessage() + ")");
      }
      end();
    }

    private synchronized void add(String line) {
      if (lines.size() == OUTPUT_LINES_MAX) {
        lines.remove(0);
      }
      lines.add(line);
      notifyAll();
    }

    private synchronized void end() {
      ended = true;
      notifyAll();
    }

    synchronized boolean awaitBoth(String first, String second, Process source, long limitS)
        throws InterruptedException {
      long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitS);
      while (!(names(first) && names(second))) {
        long leftNs = deadlineNs - System.nanoTime();
        if (leftNs <= 0 || ended || !source.isAlive()) {
          return names(first) && names(second);
        }
        TimeUnit.NANOSECONDS.timedWait(this, Math.min(leftNs, TimeUnit.MILLISECONDS.toNanos(100)));
      }
      return true;
    }

    synchronized void awaitEnd(long limitS) throws InterruptedException {
      long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitS);
      while (!ended && deadlineNs - System.nanoTime() > 0) {
        TimeUnit.MILLISECONDS.timedWait(this, 100);
      }
    }

    private boolean names(String part) {
      return lines.stream().anyMatch(line -> line.contains(part));
    }

    synchronized String text() {
      return String.join("\n", lines);
    }
  }
}
