package dev.warren.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/**
 * An uploaded video is fanned out to three kinds of work: compress, thumbnail and metadata. Several
 * workers share each queue; each upload is done once by one of them. The first compress worker is a
 * process of its own and dies half-way, without a word to the broker. The broker gives its message
 * to a colleague, marked as redelivered so that the colleague can clean up first.
 *
 * <p>Topology, as {@code config/warren.yaml} declares it: fanout exchange {@code video.uploaded},
 * bound to the queues {@code video.compress}, {@code video.thumbnail} and {@code video.metadata}.
 */
public final class VideoUpload implements Story {

  private static final String COMPRESS = "video.compress";
  private static final List<String> QUEUES = List.of(COMPRESS, "video.thumbnail", "video.metadata");
  private static final int WORKERS_PER_QUEUE = 3;

  /** Names this run's upload, so that what an earlier run left behind is told apart. */
  private final String video = "holiday-" + UUID.randomUUID().toString().substring(0, 8) + ".mp4";

  /** Runs the example; the argument is the broker's URL. */
  public static void main(String[] args) {
    System.exit(Story.perform(new VideoUpload(), args, System.out, System.err));
  }

  @Override
  public void play(BrokerUrl url, Narrator narrator) throws ClientException, InterruptedException {
    VideoWork work = new VideoWork(video, narrator);
    // One thread per worker: each waits for messages on a connection of its own.
    ExecutorService threads = Executors.newCachedThreadPool();
    try (DoomedWorker doomed = DoomedWorker.start(url, COMPRESS, video, narrator)) {
      // The other compress workers are busy until the first one is gone.
      CountDownLatch colleaguesFree = new CountDownLatch(1);
      List<Future<?>> workers = new ArrayList<>();
      for (String queue : QUEUES) {
        boolean isCompress = queue.equals(COMPRESS);
        CountDownLatch free = isCompress ? colleaguesFree : new CountDownLatch(0);
        for (int i = isCompress ? 2 : 1; i <= WORKERS_PER_QUEUE; i++) {
          VideoWorker worker = new VideoWorker(queue, i, work, free);
          workers.add(threads.submit(() -> worker.run(url)));
        }
      }
      narrator.tell("Somebody uploads " + video + ":");
      upload(url);
      doomed.awaitCrash();
      narrator.tell("  video.compress worker 1 has crashed; nobody told the broker");
      colleaguesFree.countDown();
      for (Future<?> worker : workers) {
        await(worker);
      }
    } finally {
      threads.shutdownNow();
    }
    check(work);
    narrator.tell("Done: each kind of work was finished once, and the crash lost nothing.");
  }

  private void upload(BrokerUrl url) throws ClientException {
    try (BrokerConnection site = BrokerConnection.open(url)) {
      BrokerConnection.publish(
          site.sender("/exchanges/video.uploaded"), Message.create(video).durable(true));
    }
  }

  private static void await(Future<?> worker) throws ClientException, InterruptedException {
    try {
      worker.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ClientException refused) {
        throw refused;
      }
      throw new UnexpectedTurnException("a worker failed: " + e.getCause());
    }
  }

  private static void check(VideoWork work) {
    for (String queue : QUEUES) {
      boolean expected = queue.equals(COMPRESS);
      if (work.wasRedelivered(queue) != expected) {
        throw new UnexpectedTurnException(
            "the upload in " + queue + (expected ? " was not" : " was") + " marked as redelivered");
      }
    }
  }
}
