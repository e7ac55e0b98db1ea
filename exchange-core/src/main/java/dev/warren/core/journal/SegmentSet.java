package dev.warren.core.journal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The segments in use, oldest first, numbers without a gap. Owned by the writer; {@link #find} may
 * be called by any thread and sees an immutable copy.
 */
final class SegmentSet {
  private final int segmentBytes;

  private volatile SegmentFile[] segments = {};

  SegmentSet(int segmentBytes) {
    this.segmentBytes = segmentBytes;
  }

  void addLast(SegmentFile segment) {
    SegmentFile[] before = segments;
    assert before.length == 0 || before[before.length - 1].number() + 1 == segment.number();
    SegmentFile[] after = Arrays.copyOf(before, before.length + 1);
    after[before.length] = segment;
    segments = after;
  }

  SegmentFile removeFirst() {
    SegmentFile[] before = segments;
    segments = Arrays.copyOfRange(before, 1, before.length);
    return before[0];
  }

  /** Takes away what is behind the first {@code count} segments. */
  void truncate(int count) {
    segments = Arrays.copyOf(segments, count);
  }

  int size() {
    return segments.length;
  }

  SegmentFile first() {
    return segments[0];
  }

  /** The segment which holds a position, or null if it has been freed. Thread-safe. */
  @Nullable SegmentFile find(long position) {
    SegmentFile[] all = segments;
    if (all.length == 0 || position < 0) {
      return null;
    }
    long index = position / segmentBytes - all[0].number();
    return index >= 0 && index < all.length ? all[(int) index] : null;
  }

  /** Bytes of records whose messages are held, in all segments, roughly. */
  long liveBytes() {
    long bytes = 0;
    for (SegmentFile segment : segments) {
      bytes += segment.liveness().liveBytes();
    }
    return bytes;
  }

  void forEach(java.util.function.Consumer<SegmentFile> action) {
    for (SegmentFile segment : segments) {
      action.accept(segment);
    }
  }

  int segmentBytes() {
    return segmentBytes;
  }

  void closeAll() throws java.io.IOException {
    for (SegmentFile segment : segments) {
      segment.file().close();
    }
  }
}
