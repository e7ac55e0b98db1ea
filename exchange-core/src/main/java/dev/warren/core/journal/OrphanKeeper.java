package dev.warren.core.journal;

import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the target of a recovery in which damage was given up: what declared a queue may be
 * among it, and then nobody takes the queue's messages although they can be read. The segments with
 * such messages are copied aside before they can be freed. Used once, on the starting thread.
 */
final class OrphanKeeper implements RecoveryTarget {
  private static final Logger log = LoggerFactory.getLogger(OrphanKeeper.class);

  private final RecoveryTarget target;
  private final Liveness liveness;
  private final TreeMap<Long, Long> messagesBySegment = new TreeMap<>();

  OrphanKeeper(RecoveryTarget target, Liveness liveness) {
    this.target = target;
    this.liveness = liveness;
  }

  @Override
  public void onRecordsLost() {
    target.onRecordsLost();
  }

  @Override
  public void onTopologyReset() {
    target.onTopologyReset();
  }

  @Override
  public void onTopologyChange(byte[] change) {
    target.onTopologyChange(change);
  }

  @Override
  public void onTopologyComplete(boolean cleanShutdown) {
    target.onTopologyComplete(cleanShutdown);
  }

  @Override
  public boolean onMessage(RecoveredMessage message) {
    boolean taken = target.onMessage(message);
    if (!taken) {
      SegmentFile segment = liveness.segmentAt(liveness.find(message.position()));
      if (segment != null) {
        messagesBySegment.merge(segment.number(), 1L, Long::sum);
      }
    }
    return taken;
  }

  /** Copies the segments; to be called when all has been told, before anything is freed. */
  void keep(Storage storage, List<String> names) throws IOException {
    if (messagesBySegment.isEmpty()) {
      return;
    }
    KeptCopies copies = new KeptCopies(storage, names);
    for (long segment : messagesBySegment.keySet()) {
      String copy = copies.keep(segment, "orphaned");
      log.warn(
          "journal: messages of queues which are not declared any more kept aside messages={}"
              + " file={}",
          messagesBySegment.get(segment),
          storage.describe(copy));
    }
    storage.syncDirectory();
  }
}
