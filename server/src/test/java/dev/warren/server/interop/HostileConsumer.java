package dev.warren.server.interop;

import dev.warren.server.interop.SurvivorLedger.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.DeliveryState;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/**
 * The one consumer of a queue, and hard on its disk: one message in a thousand it never settles,
 * some it sends back as failed, the rest it accepts in groups of random size. A thread of its own
 * runs it.
 */
final class HostileConsumer implements Runnable {

  private static final int CREDIT = 500;
  private static final int GROUP_MAX = 30;
  private static final int KEPT_EVERY = 1_000;
  private static final int KEPT_NUMBER = 7;
  private static final int FAILED_EVERY = 20;
  private static final long POLL_MS = 20;

  private final int port;
  private final SurvivorLedger ledger;
  private final SplittableRandom random;
  private volatile boolean stopping;

  HostileConsumer(int port, SurvivorLedger ledger, SplittableRandom random) {
    this.port = port;
    this.ledger = ledger;
    this.random = random;
  }

  void stop() {
    stopping = true;
  }

  /** What a delivery says of itself. */
  static Seen seen(Delivery delivery) throws ClientException {
    Message<Object> message = delivery.message();
    return new Seen(
        (Integer) message.property("publisher"),
        (Integer) message.property("number"),
        !message.firstAcquirer() || message.deliveryCount() > 0,
        message.deliveryCount());
  }

  @Override
  public void run() {
    while (!stopping) {
      try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", port)) {
        ReceiverOptions options =
            new ReceiverOptions().autoAccept(false).autoSettle(false).creditWindow(CREDIT);
        ledger.reconnected();
        consume(client.connection().openReceiver("/queues/" + ledger.queue(), options));
      } catch (ClientException e) {
        // The broker was killed; it will be back.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
      }
    }
  }

  private void consume(Receiver receiver) throws ClientException {
    List<Delivery> group = new ArrayList<>();
    int groupSize = 1 + random.nextInt(GROUP_MAX);
    while (!stopping) {
      Delivery delivery = receiver.receive(POLL_MS, TimeUnit.MILLISECONDS);
      if (delivery != null) {
        Seen seen = seen(delivery);
        ledger.delivered(seen);
        if (seen.number() % KEPT_EVERY != KEPT_NUMBER) {
          group.add(delivery);
        }
      }
      if (delivery == null || group.size() >= groupSize) {
        settle(group);
        groupSize = 1 + random.nextInt(GROUP_MAX);
      }
    }
    for (Delivery delivery : group) {
      accept(delivery);
    }
  }

  private void settle(List<Delivery> group) throws ClientException {
    for (Delivery delivery : group) {
      if (random.nextInt(FAILED_EVERY) == 0) {
        ledger.fails(seen(delivery));
        delivery.disposition(DeliveryState.modified(true, false), true);
      } else {
        accept(delivery);
      }
    }
    group.clear();
  }

  private void accept(Delivery delivery) throws ClientException {
    ledger.accepts(seen(delivery));
    delivery.accept();
  }
}
