package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a queue for the operator, and takes single messages out of it for him. Owned by the
 * queue's owner.
 *
 * <p>Looking copies references, not messages, and leaves no trace: what a filter costs is spent
 * elsewhere. Each call looks at a bounded number of messages and finds its place by id, in time
 * proportional to the chunks before it (one for a thousand messages).
 */
final class Inspection {
  private final QueueLedger ledger;
  private final ReadyMessages ready;
  private final Dispatcher dispatcher;

  Inspection(QueueLedger ledger, ReadyMessages ready, Dispatcher dispatcher) {
    this.ledger = ledger;
    this.ready = ready;
    this.dispatcher = dispatcher;
  }

  /**
   * Ready messages from an id on.
   *
   * @param max how many at most
   * @param coldBytesMax the page ends with the message, not in memory, that reaches this size
   */
  QueuePage ready(long from, int max, long coldBytesMax) {
    List<QueuedMessage> page = new ArrayList<>();
    ReadyWalk walk = ready.newWalk();
    try {
      long coldBytes = 0;
      walk.startAt(from);
      while (!walk.isAtEnd()) {
        if (page.size() == max || coldBytes >= coldBytesMax) {
          return new QueuePage(page, walk.sequence());
        }
        QueuedMessage seen = seen(walk);
        coldBytes += seen.message() == null ? seen.sizeBytes() : 0;
        page.add(seen);
        walk.advance();
      }
      return new QueuePage(page, QueuePage.END);
    } finally {
      walk.close();
    }
  }

  private static QueuedMessage seen(ReadyWalk walk) {
    Object payload = walk.keptPayload();
    Attempts attempts = walk.attempts();
    return new QueuedMessage(
        walk.sequence(),
        payload == null ? null : ReadyChunk.messageOf(payload),
        walk.position(),
        walk.sizeBytes(),
        walk.expiresAtMs(),
        attempts.deliveryCount(),
        attempts.acquiredCount(),
        null);
  }

  /**
   * Unsettled messages from an id on. Looks at all of them, of which links and sessions allow a
   * bounded number; those that a transaction has settled and not yet committed are left out.
   */
  QueuePage unsettled(long from, int max, long nowMs) {
    PriorityQueue<Checkout> first =
        new PriorityQueue<>(Comparator.comparingLong((Checkout held) -> held.sequence).reversed());
    for (Consumer consumer : dispatcher.takers()) {
      for (Checkout held = consumer.firstUnsettled; held != null; held = held.next) {
        if (held.sequence >= from) {
          first.add(held);
          if (first.size() > max + 1) {
            first.remove();
          }
        }
      }
    }
    List<QueuedMessage> page = new ArrayList<>();
    for (Checkout held : first) {
      page.add(seen(held, nowMs));
    }
    page.sort(Comparator.comparingLong(QueuedMessage::id));
    return page.size() > max
        ? new QueuePage(page.subList(0, max), page.get(max).id())
        : new QueuePage(page, QueuePage.END);
  }

  private static QueuedMessage seen(Checkout held, long nowMs) {
    return new QueuedMessage(
        held.sequence,
        held.message(),
        Settlements.position(held),
        held.message().sizeBytes(),
        held.expiresAtMs,
        held.deliveryCount(),
        held.acquiredCount(),
        new QueuedMessage.Holder(held.consumer.context(), held.heldMs(nowMs)));
  }

  /**
   * Takes one ready message out, whoever's turn it is, and gives it to a consumer that is not
   * attached; that settles it or gives it back.
   *
   * @param read the message, in case it is not in memory
   * @return null if it is not ready any more
   */
  @Nullable Checkout claim(long id, Message read, Consumer consumer, long nowMs) {
    ReadyWalk walk = ready.newWalk();
    try {
      walk.startAt(id);
      if (walk.isAtEnd() || walk.sequence() != id) {
        return null;
      }
      Object kept = walk.keptPayload();
      if (kept == null && walk.position() == StoredMessage.NO_POSITION) {
        return null;
      }
      Checkout claimed = walk.checkout(consumer, kept == null ? read : kept);
      if (kept == null) {
        ledger.memory.hold(read);
        ledger.counters.add(QueueCounters.CHANGED_BYTES, read.sizeBytes() - walk.sizeBytes());
      }
      walk.take();
      ledger.claimed(claimed, nowMs);
      return claimed;
    } finally {
      walk.close();
    }
  }
}
