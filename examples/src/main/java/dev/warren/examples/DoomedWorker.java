package dev.warren.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/**
 * A worker that crashes half-way. It is a process of its own, because nothing short of one ends as
 * a crash does: no settlement, no detach, no close, just a connection that is gone.
 */
final class DoomedWorker implements AutoCloseable {

  private static final String READY = "ready";
  private static final int CRASHED = 137;

  private final Process process;
  private final BufferedReader output;
  private final Narrator narrator;

  private DoomedWorker(Process process, Narrator narrator) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.narrator = narrator;
  }

  /** Starts the process and returns when it waits for its message. */
  static DoomedWorker start(BrokerUrl url, String queue, String video, Narrator narrator)
      throws InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            DoomedWorker.class.getName(),
            url.text(),
            queue,
            video);
    try {
      Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      DoomedWorker worker = new DoomedWorker(process, narrator);
      worker.relayUntil(READY);
      return worker;
    } catch (IOException e) {
      throw new UnexpectedTurnException("the worker's process did not start: " + e);
    }
  }

  /** Returns when the process has died half-way through its message. */
  void awaitCrash() throws InterruptedException {
    try {
      process.onExit().get(BrokerConnection.PATIENCE_S * 2, TimeUnit.SECONDS);
      output.lines().forEach(narrator::tell);
    } catch (ExecutionException | TimeoutException e) {
      throw new UnexpectedTurnException("the worker did not crash as it should: " + e);
    }
    if (process.exitValue() != CRASHED) {
      throw new UnexpectedTurnException("the worker ended with " + process.exitValue());
    }
  }

  private void relayUntil(String last) throws IOException {
    String line = output.readLine();
    while (line != null && !line.equals(last)) {
      narrator.tell(line);
      line = output.readLine();
    }
    if (line == null) {
      process.destroyForcibly();
      throw new UnexpectedTurnException("the worker's process ended before it was ready");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The process itself: takes one message, and dies over it. */
  public static void main(String[] args)
      throws ClientException, ExecutionException, InterruptedException {
    Story.quietLogging();
    BrokerUrl url = BrokerUrl.parse(args[0]);
    String queue = args[1];
    String video = args[2];
    try (BrokerConnection connection = BrokerConnection.open(url)) {
      Receiver uploads = connection.receiver("/queues/" + queue);
      uploads.openFuture().get();
      System.out.println(READY);
      Delivery upload = BrokerConnection.next(uploads);
      while (!video.equals(upload.message().body())) {
        System.out.println("  " + queue + " worker 1 does " + upload.message().body());
        upload.accept();
        upload = BrokerConnection.next(uploads);
      }
      System.out.println("  " + queue + " worker 1 begins " + video + " ... half of it ...");
      System.out.flush();
      Runtime.getRuntime().halt(CRASHED);
    }
  }
}
