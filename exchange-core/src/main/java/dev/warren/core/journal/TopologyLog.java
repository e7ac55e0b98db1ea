package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes topology changes and snapshots, and knows from where on the log is needed to tell the
 * topology. Owned by the writer but for {@link #source}.
 */
final class TopologyLog {
  /** Stands for "no topology in the log". */
  static final long NOWHERE = -1;

  private final LogTail tail;
  private long start;
  private volatile Journal.@Nullable TopologySource source;

  TopologyLog(LogTail tail, long start) {
    this.tail = tail;
    this.start = start;
  }

  void source(Journal.TopologySource newSource) {
    source = newSource;
  }

  /** Writes one change; there must be room. */
  void change(byte[] change) throws IOException {
    long position = tail.putBytes(RecordCodec.TOPOLOGY_CHANGED, change);
    if (start == NOWHERE) {
      start = position;
    }
  }

  /** Whether the topology can be told without this segment. */
  boolean isFreeOf(SegmentFile segment) {
    return start == NOWHERE || start >= segment.base() + segment.segmentBytes();
  }

  /**
   * Writes the present topology at the end of the log, to be synced by the caller.
   *
   * @return false if there is no source, or no room for a snapshot in one segment
   */
  boolean writeSnapshot() throws IOException {
    Journal.TopologySource from = source;
    if (from == null) {
      return false;
    }
    List<byte[]> changes = new ArrayList<>();
    long bytes = 2L * RecordCodec.aligned(RecordCodec.HEADER_BYTES + Integer.BYTES);
    for (byte[] change : from.snapshot()) {
      changes.add(change);
      bytes += RecordCodec.aligned(RecordCodec.HEADER_BYTES + change.length);
    }
    if (!tail.hasRoomForRun(bytes)) {
      return false;
    }
    long begin = tail.mark(RecordCodec.SNAPSHOT_BEGIN);
    for (byte[] change : changes) {
      tail.putBytes(RecordCodec.SNAPSHOT_CHANGE, change);
    }
    byte[] count = ByteBuffer.allocate(Integer.BYTES).putInt(changes.size()).array();
    tail.putBytes(RecordCodec.SNAPSHOT_END, count);
    start = begin;
    return true;
  }
}
