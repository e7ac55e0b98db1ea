package dev.warren.core.queue;

/**
 * What one queue holds of the {@link PayloadBudget}. Owned by the queue's owner. It passes changes
 * on in steps, because all owners together write to the budget.
 */
final class PayloadShare {
  private final PayloadBudget budget;
  private long heldBytes;
  private long untoldBytes;

  PayloadShare(PayloadBudget budget) {
    this.budget = budget;
  }

  long heldBytes() {
    return heldBytes;
  }

  boolean isBudgetExceeded() {
    return budget.isExceeded();
  }

  /** The queue took a payload into memory. */
  void hold(Object payload) {
    change(PayloadBudget.charge(payload));
  }

  /** The queue gave a payload up. */
  void release(Object payload) {
    change(-PayloadBudget.charge(payload));
  }

  void change(long bytes) {
    heldBytes += bytes;
    untoldBytes += bytes;
    int step = budget.stepBytes();
    if (untoldBytes > step || untoldBytes < -step) {
      tell();
    }
  }

  /** Makes the budget exact as far as this queue is concerned. */
  void tell() {
    budget.add(untoldBytes);
    untoldBytes = 0;
  }
}
