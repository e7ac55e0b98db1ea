package dev.warren.server.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/**
 * The one consumer of a queue. It reports every delivery to the ledger first and accepts later, in
 * groups of random size, so that a kill finds some delivered and not settled. A thread of its own
 * runs it.
 */
final class NumberedConsumer implements Runnable {

  private static final int CREDIT = 200;
  private static final int GROUP_MAX = 30;
  private static final long POLL_MS = 20;

  private final int port;
  private final DeliveryLedger ledger;
  private final SplittableRandom random;
  private volatile boolean stopping;

  NumberedConsumer(int port, DeliveryLedger ledger, SplittableRandom random) {
    this.port = port;
    this.ledger = ledger;
    this.random = random;
  }

  void stop() {
    stopping = true;
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
        report(delivery);
        group.add(delivery);
      }
      if (delivery == null || group.size() >= groupSize) {
        settle(group);
        groupSize = 1 + random.nextInt(GROUP_MAX);
      }
    }
    settle(group);
  }

  private void report(Delivery delivery) throws ClientException {
    Message<Object> message = delivery.message();
    ledger.delivered(
        (Integer) message.property("publisher"),
        (Integer) message.property("number"),
        !message.firstAcquirer() || message.deliveryCount() > 0);
  }

  private static void settle(List<Delivery> group) throws ClientException {
    for (Delivery delivery : group) {
      delivery.accept();
    }
    group.clear();
  }
}
