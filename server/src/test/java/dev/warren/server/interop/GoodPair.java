package dev.warren.server.interop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.DeliveryState;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/**
 * A publisher and a consumer that send durable messages round, one at a time, for as long as others
 * trouble the broker. A thread of its own runs it; its figures may be read by any.
 */
final class GoodPair implements AutoCloseable {
  private static final long PAUSE_NS = 2_000_000;
  private static final long END_LIMIT_S = 30;

  private final String queue;
  private final ProtonJ2Client client;
  private final Sender sender;
  private final Receiver receiver;
  private final AtomicInteger rounds = new AtomicInteger();
  private final AtomicLong slowestNs = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "good-pair");
  private volatile boolean stopping;

  private GoodPair(ProtonJ2Client client, String queue) throws ClientException {
    this.client = client;
    this.queue = queue;
    sender = client.sender("/queues/" + queue);
    receiver =
        client
            .connection()
            .openReceiver(
                "/queues/" + queue, new ReceiverOptions().autoAccept(false).creditWindow(10));
  }

  static GoodPair start(int port, String queue) throws ClientException {
    GoodPair pair = new GoodPair(ProtonJ2Client.connect("127.0.0.1", port), queue);
    pair.thread.start();
    return pair;
  }

  private void run() {
    try {
      while (!stopping) {
        long beganNs = System.nanoTime();
        roundTrip("message " + rounds.get());
        slowestNs.accumulateAndGet(System.nanoTime() - beganNs, Math::max);
        rounds.incrementAndGet();
        LockSupport.parkNanos(PAUSE_NS);
      }
    } catch (ClientException | RuntimeException | AssertionError e) {
      failure.set(e);
    }
  }

  private void roundTrip(String body) throws ClientException {
    Message<String> message = Message.create(body).durable(true);
    if (ProtonJ2Client.outcome(sender, message) != DeliveryState.Type.ACCEPTED) {
      throw new IllegalStateException(body + " was not accepted");
    }
    Delivery delivery = receiver.receive(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS);
    if (delivery == null || !body.equals(delivery.message().body())) {
      throw new IllegalStateException(body + " was not delivered by " + queue);
    }
    delivery.accept();
  }

  int rounds() {
    return rounds.get();
  }

  long slowestMs() {
    return TimeUnit.NANOSECONDS.toMillis(slowestNs.get());
  }

  /** Fails if a message did not come through. */
  void check() {
    Throwable seen = failure.get();
    if (seen != null) {
      throw new AssertionError("after " + rounds + " messages", seen);
    }
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(END_LIMIT_S));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.close();
  }
}
