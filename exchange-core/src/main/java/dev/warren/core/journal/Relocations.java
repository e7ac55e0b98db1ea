package dev.warren.core.journal;

import dev.warren.core.message.StoredMessage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where messages are whose first segment has been freed. A message is known by its name, the
 * position at which it was stored first; this finds its record.
 *
 * <p>The writer sees a move at once, so that a settlement finds the copy. Readers see it when the
 * copy is durable and the segment it came from is about to be freed ({@link #publish}); until then
 * they read the old record. {@link #find} is thread-safe, the rest belongs to the writer.
 */
final class Relocations {
  private final int segmentBytes;

  /** By number of the segment in which the messages were stored first. */
  private final ConcurrentHashMap<Long, Moved> published = new ConcurrentHashMap<>();

  /** Those with moves the readers do not know yet; whole, not only the differences. */
  private final Map<Long, Moved> unpublished = new HashMap<>();

  Relocations(int segmentBytes) {
    this.segmentBytes = segmentBytes;
  }

  /** Where readers find a message whose first segment is gone. Thread-safe. */
  long find(long name) {
    return find(published.get(name / segmentBytes), name);
  }

  /** Where the writer finds a message that has moved; no position if it has not. */
  long findLatest(long name) {
    if (!unpublished.isEmpty()) {
      long position = find(unpublished.get(name / segmentBytes), name);
      if (position != StoredMessage.NO_POSITION) {
        return position;
      }
    }
    return find(name);
  }

  private long find(@org.jspecify.annotations.Nullable Moved moved, long name) {
    return moved == null ? StoredMessage.NO_POSITION : moved.find(place(name));
  }

  private int place(long name) {
    return (int) (name % segmentBytes) / RecordCodec.ALIGNMENT;
  }

  /** A copy of a message was written at this position. */
  void move(long name, long position) {
    long number = name / segmentBytes;
    Moved moved = unpublished.get(number);
    if (moved == null) {
      Moved known = published.get(number);
      moved = known == null ? new Moved() : known.copy();
      unpublished.put(number, moved.trimmed());
    }
    moved.put(place(name), position);
  }

  /**
   * The same while the log is replayed and nobody reads: the first copy of a message counts.
   *
   * @return false if there is one already
   */
  boolean moveInReplay(long name, long position) {
    Moved moved = published.computeIfAbsent(name / segmentBytes, number -> new Moved());
    if (moved.find(place(name)) != StoredMessage.NO_POSITION) {
      return false;
    }
    moved.put(place(name), position);
    return true;
  }

  /**
   * All copies are durable and this segment is about to be freed: shows the moves to readers, and
   * forgets what was in it.
   */
  void publish(SegmentFile freed) {
    for (long origin : freed.liveness().origins()) {
      Moved moved = unpublished.get(origin);
      if (moved == null) {
        Moved known = published.get(origin);
        if (known == null) {
          continue;
        }
        moved = known.copy();
        unpublished.put(origin, moved);
      }
      moved.removePositions(freed.base(), freed.base() + freed.segmentBytes());
    }
    unpublished.forEach(
        (number, moved) -> {
          if (moved.count() == 0) {
            published.remove(number);
          } else {
            published.put(number, moved);
          }
        });
    unpublished.clear();
  }

  boolean isEmpty() {
    return published.isEmpty() && unpublished.isEmpty();
  }

  /** After a replay: the numbers of all segments from which messages moved, ascending. */
  long[] origins() {
    long[] numbers = published.keySet().stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(numbers);
    return numbers;
  }

  /** After a replay: what moved from the segment of this number. */
  Moved of(long number) {
    Moved moved = published.get(number);
    return moved == null ? new Moved() : moved;
  }
}
