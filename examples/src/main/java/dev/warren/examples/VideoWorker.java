package dev.warren.examples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/** One of several workers on a queue: takes a message when it is free, and settles it when done. */
final class VideoWorker {

  private static final long POLL_MS = 50;

  private final String queue;
  private final int number;
  private final VideoWork work;
  private final CountDownLatch free;

  /**
   * A worker.
   *
   * @param number its place among the workers of the queue, from 1
   * @param free opens when the worker may take its first message
   */
  VideoWorker(String queue, int number, VideoWork work, CountDownLatch free) {
    this.queue = queue;
    this.number = number;
    this.work = work;
    this.free = free;
  }

  /** Works until the video is done, by this worker or a colleague. */
  Void run(BrokerUrl url) throws ClientException, InterruptedException {
    try (BrokerConnection connection = BrokerConnection.open(url)) {
      Receiver uploads = connection.receiver("/queues/" + queue);
      if (!free.await(BrokerConnection.PATIENCE_S, TimeUnit.SECONDS)) {
        throw new UnexpectedTurnException(queue + " worker " + number + " was never free");
      }
      uploads.addCredit(1);
      long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(BrokerConnection.PATIENCE_S);
      while (!work.isFinished(queue)) {
        Delivery upload = uploads.receive(POLL_MS, TimeUnit.MILLISECONDS);
        if (upload != null) {
          process(upload);
          uploads.addCredit(1);
        } else if (System.nanoTime() - deadlineNs > 0) {
          throw new UnexpectedTurnException("the upload never reached " + queue);
        }
      }
    }
    return null;
  }

  private void process(Delivery upload) throws ClientException {
    Object video = upload.message().body();
    boolean redelivered = BrokerConnection.isRedelivered(upload);
    String mark = redelivered ? " (redelivered: somebody may have begun it)" : "";
    work.tell("  " + queue + " worker " + number + " does " + video + mark);
    upload.accept();
    if (work.concerns(video)) {
      work.finished(queue, redelivered);
    }
  }
}
