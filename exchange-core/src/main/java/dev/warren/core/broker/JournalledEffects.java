package dev.warren.core.broker;

import dev.warren.core.journal.Journal;
import dev.warren.core.journal.JournalException;
import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.Attempts;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.ColdLoad;
import dev.warren.core.queue.Consumer;
import dev.warren.core.queue.DeathReason;
import dev.warren.core.queue.QueueEffects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what a queue decides: records in the journal, deliveries to consumers' loops, reads
 * off the event loop. Owned by the queue's loop.
 */
final class JournalledEffects implements QueueEffects {
  private static final Logger LOG = LoggerFactory.getLogger(JournalledEffects.class);
  private static final long RETRY_READ_MS = 1000;

  /** A deep queue that is purged hands the journal its settlements in parts of so many. */
  private static final int REMOVED_PER_BATCH = 4096;

  private final QueueProxy queue;
  private final BrokerLoop owner;
  private final Journal journal;
  private final DeadLetters deadLetters;
  private int removedInBatch;

  JournalledEffects(QueueProxy queue, BrokerLoop owner, Journal journal, DeadLetters deadLetters) {
    this.queue = queue;
    this.owner = owner;
    this.journal = journal;
    this.deadLetters = deadLetters;
  }

  /** A queue is done with a message it has in memory. */
  static void settle(BrokerLoop owner, long queueId, StoredMessage message) {
    if (isFor(message, queueId) && !message.settleUnwritten()) {
      owner.appender().settled(queueId, message);
    }
  }

  /** Whether the journal holds the message for this queue; it need not for one not durable. */
  static boolean isFor(StoredMessage message, long queueId) {
    for (long id : message.queueIds()) {
      if (id == queueId) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void deliver(Checkout checkout) {
    if (!checkout.isRedelivered()) {
      owner.timeInQueue().record(owner.nowMs() - checkout.message().receivedAtMs());
    }
    ((QueueSubscription) checkout.consumer().context()).deliver(owner, checkout);
  }

  /** RabbitMQ tells consumers of quorum queues only (contract §2.4). */
  @Override
  public void active(Consumer consumer, boolean active) {
    if (queue.definition().type().equals("quorum")) {
      ((QueueSubscription) consumer.context()).active(owner, active);
    }
  }

  @Override
  public void drained(Consumer consumer) {
    ((QueueSubscription) consumer.context()).drained(owner);
  }

  @Override
  public void removed(@Nullable StoredMessage stored, long position, int sizeBytes) {
    long id = queue.definition().id();
    if (stored != null) {
      settle(owner, id, stored);
    } else if (position != StoredMessage.NO_POSITION) {
      owner.appender().settled(id, position, sizeBytes);
    }
    if (++removedInBatch == REMOVED_PER_BATCH) {
      removedInBatch = 0;
      owner.appender().flush();
    }
  }

  @Override
  public void counted(@Nullable StoredMessage stored, long position, Attempts attempts) {
    long id = queue.definition().id();
    if (stored != null && isFor(stored, id)) {
      owner.appender().counted(id, stored, attempts.deliveryCount(), attempts.acquiredCount());
    } else if (stored == null && position != StoredMessage.NO_POSITION) {
      owner.appender().counted(id, position, attempts.deliveryCount(), attempts.acquiredCount());
    }
  }

  @Override
  public StoredMessage replaced(
      @Nullable StoredMessage stored, long position, int sizeBytes, Message changed) {
    if (stored != null && !stored.isJournalled()) {
      return StoredMessage.unjournalled(changed);
    }
    StoredMessage fresh = StoredMessage.journalled(changed, queue.ownId());
    owner.appender().appendAlways(fresh);
    removed(stored, position, sizeBytes);
    return fresh;
  }

  @Override
  public void deadLetter(Message message, DeathReason reason, int deliveryCount) {
    deadLetters.publish(message, reason, deliveryCount);
  }

  @Override
  public void load(ColdLoad load) {
    journal.read(
        load.positions(),
        (messages, failure) ->
            owner.execute(
                () -> {
                  if (failure == null) {
                    onLoaded(load, messages);
                  } else {
                    onReadFailed(load, failure);
                  }
                }));
  }

  private void onLoaded(ColdLoad load, @Nullable Message[] messages) {
    if (!queue.isDeleted()) {
      queue.state().loaded(load, messages, owner.nowMs());
      queue.markDirty();
    }
  }

  /** Nothing is dropped because it could not be read: the queue waits, and tries again. */
  private void onReadFailed(ColdLoad load, JournalException failure) {
    LOG.error("cannot read messages back queue={}", queue.name(), failure);
    owner.schedule(
        RETRY_READ_MS,
        () -> {
          if (!queue.isDeleted()) {
            load(load);
          }
        });
  }
}
