package dev.warren.core.journal;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Used batches on their way back from the writer to one appender: a ring with one thread at each
 * end. When it is full, batches are dropped; when it is empty, the appender makes a new one.
 */
final class BatchPool {
  private static final int SLOTS = 64;

  private final AtomicReferenceArray<@Nullable AppendBatch> ring =
      new AtomicReferenceArray<>(SLOTS);

  /** Owned by the appender. */
  private int taken;

  /** Owned by the writer. */
  private int given;

  /** A used batch, empty again, or null. Called by the appender. */
  @Nullable AppendBatch take() {
    int slot = taken & (SLOTS - 1);
    AppendBatch batch = ring.getAcquire(slot);
    if (batch != null) {
      ring.setRelease(slot, null);
      taken++;
    }
    return batch;
  }

  /** Gives a batch back. Called by the writer. */
  void give(AppendBatch batch) {
    int slot = given & (SLOTS - 1);
    if (batch.clear() && ring.getAcquire(slot) == null) {
      ring.setRelease(slot, batch);
      given++;
    }
  }
}
