package dev.warren.server.interop;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.Tracker;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/**
 * Publishes numbered durable messages with a window of unconfirmed ones, and tells the ledgers
 * which the broker has accepted. When the broker goes away it comes back with the next number:
 * nothing is ever sent twice. A thread of its own runs it.
 */
final class NumberedPublisher implements Runnable {

  private static final long POLL_MS = 20;
  private static final long CONFIRM_LIMIT_S = 20;

  private final int port;
  private final int publisher;
  private final String address;
  private final int window;
  private final int payloadBytes;
  private final List<? extends ConfirmLedger> ledgers;
  private final Semaphore budget = new Semaphore(0);
  private final ArrayDeque<Sent> unconfirmed = new ArrayDeque<>();
  private volatile boolean stopping;
  private int next;

  /** How many there are in all. */
  private int last = Integer.MAX_VALUE;

  private record Sent(int number, Tracker tracker) {}

  NumberedPublisher(
      int port, int publisher, String address, int window, List<? extends ConfirmLedger> ledgers) {
    this(port, publisher, address, window, 100 + 300 * publisher, ledgers);
  }

  NumberedPublisher(
      int port,
      int publisher,
      String address,
      int window,
      int payloadBytes,
      List<? extends ConfirmLedger> ledgers) {
    this.port = port;
    this.publisher = publisher;
    this.address = address;
    this.window = window;
    this.payloadBytes = payloadBytes;
    this.ledgers = ledgers;
  }

  /** Lets it send so many messages from now on; what is left of the last budget is forgotten. */
  void allow(int messages) {
    budget.drainPermits();
    budget.release(messages);
  }

  /** Ends the thread when everything sent is confirmed. */
  void stop() {
    stopping = true;
  }

  /** Publishes so many messages and returns when all are confirmed; for a thread of its own. */
  void publishExactly(int messages) {
    budget.release(messages);
    last = messages;
    run();
  }

  @Override
  public void run() {
    while (!stopping) {
      try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", port)) {
        publish(client.sender(address));
      } catch (ClientException e) {
        // The broker was killed: what it confirmed until then counts.
        collectConfirmed();
        unconfirmed.clear();
        pause();
      }
    }
  }

  private void publish(Sender sender) throws ClientException {
    while (!stopping) {
      if (tryTakeBudget()) {
        int number = next++;
        unconfirmed.add(new Sent(number, sender.send(message(number))));
        if (next == last) {
          stopping = true;
        }
      }
      collectConfirmed();
      while (unconfirmed.size() >= window) {
        awaitOldest();
      }
    }
    while (!unconfirmed.isEmpty()) {
      awaitOldest();
    }
  }

  private Message<byte[]> message(int number) throws ClientException {
    return Message.create(new byte[payloadBytes])
        .durable(true)
        .property("publisher", publisher)
        .property("number", number);
  }

  private void awaitOldest() throws ClientException {
    unconfirmed.element().tracker().awaitSettlement(CONFIRM_LIMIT_S, TimeUnit.SECONDS);
    collectConfirmed();
  }

  /** Takes what is settled from the front; the broker confirms in any order, so the rest waits. */
  private void collectConfirmed() {
    while (!unconfirmed.isEmpty() && unconfirmed.element().tracker().remoteSettled()) {
      Sent sent = unconfirmed.remove();
      if (sent.tracker().remoteState().isAccepted()) {
        ledgers.forEach(ledger -> ledger.confirmed(publisher, sent.number()));
      }
    }
  }

  private boolean tryTakeBudget() {
    try {
      return budget.tryAcquire(POLL_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopping = true;
      return false;
    }
  }

  /** Waits a little before the next attempt to connect. */
  private static void pause() {
    java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
  }
}
