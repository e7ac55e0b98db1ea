package dev.warren.core.journal;

import dev.warren.core.message.StoredMessage;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages a replay has come across, by segment, until the queues are told of them. Owned by
 * the recovering thread.
 */
final class RecoveredLog {
  /** So many counts are kept before those of settled messages are looked for. */
  private static final int COUNTS_BEFORE_FORGETTING = 1 << 16;

  private final Liveness liveness;

  /** By number of the segment; what was stored there first, and what was copied there. */
  private final Map<Long, RecoveredMessages> stored = new HashMap<>();

  private final Map<Long, RecoveredMessages> copied = new HashMap<>();

  /** Those of the segments that are being read. */
  private @Nullable RecoveredMessages lastStored;

  private @Nullable RecoveredMessages lastCopied;

  /**
   * Counts of messages of several queues, and of those whose copy has not been read yet: delivery
   * count, acquired count.
   */
  private final Map<Reference, int[]> otherCounts = new HashMap<>();

  private int forgetCountsAt = COUNTS_BEFORE_FORGETTING;

  /** References nobody wants, to be forgotten when all are told: queue, name, in turn. */
  private final Unwanted unwanted = new Unwanted();

  RecoveredLog(Liveness liveness) {
    this.liveness = liveness;
  }

  /** A message was read, in either form. */
  void message(ByteBuffer buffer, int at, long position) {
    SegmentFile segment = segmentOf(position);
    long[] queueIds = queueIds(buffer, at);
    int sizeBytes = buffer.getInt(at + RecordCodec.MESSAGE_SIZE_AT);
    int bytes = RecordCodec.aligned(buffer.getInt(at + RecordCodec.LENGTH_AT));
    boolean isCopy = buffer.get(at + RecordCodec.TYPE_AT) == RecordCodec.MESSAGE_COPIED;
    if (isCopy) {
      long name = RecordCodec.messageName(buffer, at, position);
      if (!liveness.copyRead(name, position, queueIds, sizeBytes, bytes)) {
        return;
      }
    } else {
      liveness.storedRead(position, queueIds.length, sizeBytes, bytes);
    }
    (isCopy ? copiedIn(segment) : storedIn(segment))
        .add(
            segment.offsetOf(position),
            queueIds,
            sizeBytes,
            buffer.getLong(at + RecordCodec.MESSAGE_RECEIVED_AT),
            buffer.getLong(at + RecordCodec.MESSAGE_TTL_AT),
            RecordCodec.priority(buffer.getShort(at + RecordCodec.FLAGS_AT)));
  }

  private RecoveredMessages storedIn(SegmentFile segment) {
    RecoveredMessages messages = stored.get(segment.number());
    if (messages == null) {
      messages = new RecoveredMessages(segment.liveness());
      stored.put(segment.number(), messages);
      if (lastStored != null) {
        lastStored.trim();
      }
      lastStored = messages;
    }
    return messages;
  }

  private RecoveredMessages copiedIn(SegmentFile segment) {
    RecoveredMessages messages = copied.get(segment.number());
    if (messages == null) {
      messages = new RecoveredMessages(segment.liveness());
      copied.put(segment.number(), messages);
      if (lastCopied != null) {
        lastCopied.trim();
      }
      lastCopied = messages;
    }
    return messages;
  }

  /** A message was read that belongs to a transaction which was not committed. */
  void dropped(ByteBuffer buffer, int at, long position) {
    long[] queueIds = queueIds(buffer, at);
    int sizeBytes = buffer.getInt(at + RecordCodec.MESSAGE_SIZE_AT);
    int bytes = RecordCodec.aligned(buffer.getInt(at + RecordCodec.LENGTH_AT));
    liveness.storedRead(position, queueIds.length, sizeBytes, bytes);
    for (long queueId : queueIds) {
      liveness.settlementRead(queueId, position);
    }
  }

  /**
   * A settlement was read. One that had to wait for room may be behind a copy which was made
   * without its queue: then it says nothing of those that hold the copy.
   */
  void settled(long queueId, long name) {
    long position = liveness.find(name);
    if (position != name && position != StoredMessage.NO_POSITION) {
      SegmentFile segment = segmentOf(position);
      RecoveredMessages messages = copied.get(segment.number());
      if (messages == null || !messages.isFor(segment.offsetOf(position), queueId)) {
        return;
      }
    }
    liveness.settlementRead(queueId, name);
  }

  /** Counts were read. */
  void counted(ByteBuffer buffer, int bodyAt, long position) {
    long queueId = buffer.getLong(bodyAt);
    long name = buffer.getLong(bodyAt + 8);
    int deliveryCount = buffer.getInt(bodyAt + 16);
    int acquiredCount = buffer.getInt(bodyAt + 20);
    long at = liveness.find(name);
    SegmentFile segment = liveness.segmentAt(at);
    if (segment != segmentOf(position)) {
      segmentOf(position).liveness().countedElsewhere();
    }
    RecoveredMessages messages =
        segment == null ? null : (at == name ? stored : copied).get(segment.number());
    if (segment != null
        && messages != null
        && messages.count(segment.offsetOf(at), queueId, deliveryCount, acquiredCount)) {
      return;
    }
    if (otherCounts.size() >= forgetCountsAt) {
      otherCounts.keySet().removeIf(this::isSettled);
      forgetCountsAt = Math.max(COUNTS_BEFORE_FORGETTING, 2 * otherCounts.size());
    }
    int[] counts = otherCounts.computeIfAbsent(new Reference(queueId, name), r -> new int[2]);
    counts[0] = Math.max(counts[0], deliveryCount);
    counts[1] = Math.max(counts[1], acquiredCount);
  }

  private boolean isSettled(Reference reference) {
    long position = liveness.find(reference.name);
    SegmentFile segment = liveness.segmentAt(position); // null if a copy may come yet
    return segment != null
        && segment.liveness().isSettled(segment.offsetOf(position), reference.queueId);
  }

  /**
   * Tells the target what is held, for each queue in the order of names: first what has moved, as
   * it was stored before anything else.
   *
   * @return how many references it keeps
   */
  long tell(RecoveryTarget target) {
    lastStored = null;
    lastCopied = null;
    long kept = 0;
    Relocations relocations = liveness.relocations();
    for (long origin : relocations.origins()) {
      Moved moved = relocations.of(origin);
      long base = origin * liveness.segmentBytes();
      for (int i = 0; i < moved.count(); i++) {
        long position = moved.position(i);
        SegmentFile segment = segmentOf(position);
        long name = base + (long) moved.place(i) * RecordCodec.ALIGNMENT;
        kept += tellOne(target, copied.get(segment.number()), segment, position, name);
      }
    }
    copied.clear();
    long[] numbers = stored.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    for (long number : numbers) {
      RecoveredMessages messages = stored.remove(number);
      SegmentFile segment = segmentOf(number * liveness.segmentBytes());
      for (int i = 0; messages != null && i < messages.size(); i++) {
        long position = segment.base() + messages.offset(i);
        kept += tellOne(target, messages, segment, position, position);
      }
    }
    otherCounts.clear();
    unwanted.settleAll(liveness);
    return kept;
  }

  private long tellOne(
      RecoveryTarget target,
      @Nullable RecoveredMessages messages,
      SegmentFile segment,
      long position,
      long name) {
    int offset = segment.offsetOf(position);
    int index = messages == null ? -1 : messages.indexOf(offset);
    if (messages == null || index < 0) {
      return 0; // squeezed out, since it was settled
    }
    long kept = 0;
    int queues = messages.queues(index);
    for (int i = 0; i < queues; i++) {
      long queueId = messages.queue(index, i);
      if (!segment.liveness().isSettled(offset, queueId)) {
        if (target.onMessage(withCounts(messages.message(index, queueId, name)))) {
          kept++;
          segment.liveness().heldAfterReplay(offset, messages.sizeBytes(index));
        } else {
          unwanted.add(queueId, name);
        }
      }
    }
    return kept;
  }

  private RecoveryTarget.RecoveredMessage withCounts(RecoveryTarget.RecoveredMessage message) {
    if (otherCounts.isEmpty()) {
      return message;
    }
    int[] counts = otherCounts.get(new Reference(message.queueId(), message.position()));
    return counts == null ? message : message.withCountsAtLeast(counts[0], counts[1]);
  }

  private static long[] queueIds(ByteBuffer buffer, int at) {
    long[] ids = new long[buffer.getInt(at + RecordCodec.MESSAGE_QUEUES_AT)];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = buffer.getLong(at + RecordCodec.MESSAGE_QUEUE_IDS_AT + i * Long.BYTES);
    }
    return ids;
  }

  private SegmentFile segmentOf(long position) {
    SegmentFile segment = liveness.segmentAt(position);
    if (segment == null) {
      throw new IllegalStateException("not in the log: position=" + position);
    }
    return segment;
  }

  private record Reference(long queueId, long name) {}

  /** References of queues which do not exist any more. */
  private static final class Unwanted {
    private long[] pairs = new long[16];
    private int count;

    void add(long queueId, long name) {
      if (count == pairs.length) {
        pairs = java.util.Arrays.copyOf(pairs, count * 2);
      }
      pairs[count++] = queueId;
      pairs[count++] = name;
    }

    void settleAll(Liveness liveness) {
      for (int i = 0; i < count; i += 2) {
        liveness.settlementRead(pairs[i], pairs[i + 1]);
      }
    }
  }
}
