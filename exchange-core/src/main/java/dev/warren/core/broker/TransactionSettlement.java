package dev.warren.core.broker;

import dev.warren.core.journal.JournalTransaction;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that a transaction has taken out of its consumer's hands. Belongs to the transaction's
 * loop but for the {@code on…} methods and {@link #held}, which are the queue's owner's; the loop
 * reads that after the owner has answered a {@link CommitQuestion}.
 */
final class TransactionSettlement implements Transaction.Settlement {
  private static final Mail HOLD =
      (settlement, unused) -> ((TransactionSettlement) settlement).onHold();
  private static final Mail END =
      (settlement, end) -> ((TransactionSettlement) settlement).onEnd((End) end);

  private final BrokerLoop loop;
  private final Checkout checkout;
  private final QueueProxy queue;
  private final BrokerLoop owner;
  private Outcome outcome;
  private boolean settled;
  private boolean held;

  /** The commit goes by the outcome as it is now, and so must what follows from it. */
  private boolean recorded;

  /** What becomes of the delivery. */
  private enum End {
    COMMITTED,
    /** It stays with the consumer, if that is still there. */
    KEPT,
    /** It goes back to the queue. */
    FAILED
  }

  TransactionSettlement(BrokerLoop loop, Checkout checkout, Outcome outcome, boolean settled) {
    this.loop = loop;
    this.checkout = checkout;
    this.queue = ((QueueSubscription) checkout.consumer().context()).queue();
    this.owner = queue.owner();
    this.outcome = outcome;
    this.settled = settled;
  }

  @Override
  public void change(Outcome newOutcome, boolean nowSettled) {
    if (!recorded) {
      outcome = newOutcome;
    }
    settled |= nowSettled;
  }

  @Override
  public void settled() {
    settled = true;
  }

  BrokerLoop owner() {
    return owner;
  }

  void hold() {
    loop.post(owner, HOLD, this, null);
  }

  boolean isHeld() {
    return held;
  }

  /**
   * Adds it to the journal's part, if the journal has the message and is to lose it. From now on
   * the outcome stays as it is.
   */
  void record(JournalTransaction journalled) {
    recorded = true;
    if (outcome != Outcome.ACCEPTED) {
      return;
    }
    long id = queue.definition().id();
    StoredMessage stored = checkout.stored();
    if (stored != null) {
      if (JournalledEffects.isFor(stored, id)) {
        journalled.settle(id, stored);
      }
    } else if (checkout.position() != StoredMessage.NO_POSITION) {
      journalled.settle(id, checkout.position(), checkout.message().sizeBytes());
    }
  }

  void commit() {
    loop.post(owner, END, this, End.COMMITTED);
  }

  void rollBack() {
    loop.post(owner, END, this, settled ? End.FAILED : End.KEPT);
  }

  private void onHold() {
    held = checkout.hold();
  }

  private void onEnd(@Nullable End end) {
    if (!held) {
      return;
    }
    held = false;
    checkout.endHold();
    if (end == End.COMMITTED && outcome == Outcome.ACCEPTED) {
      queue.state().settleRecorded(checkout);
    } else if (queue.isDeleted()) {
      // All that is left to do is to let go of the record.
      queue.state().settle(checkout, Outcome.ACCEPTED, owner.nowMs());
    } else if (end == End.COMMITTED) {
      queue.state().settle(checkout, outcome, owner.nowMs());
    } else if (end == End.FAILED) {
      queue.state().settle(checkout, Transaction.failed(), owner.nowMs());
    } else if (!checkout.consumer().isAttached()) {
      queue.state().settle(checkout, Outcome.RELEASED, owner.nowMs());
    }
    if (!queue.isDeleted()) {
      queue.markDirty();
    }
  }
}
