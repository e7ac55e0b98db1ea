package dev.warren.core.journal;

import java.io.IOException;
import java.util.Arrays;

/**
 * Settlements of one batch by queue, so that each queue gets one record. Owned by the writer.
 *
 * <p>An open-addressed table of queue ids; each entry has its own growing array, kept for the next
 * batch unless there have been very many queues.
 */
final class SettlementGroups {
  private static final int QUEUES_KEPT_MAX = 1024;
  private static final int RECORD_BYTES_MAX = 64 << 10;

  private final int settlementsPerRecordMax;
  private int[] table = new int[64];
  private long[] queueIds = new long[32];
  private long[][] positions = new long[32][];
  private int[] counts = new int[32];
  private int queues;
  private int total;

  SettlementGroups(int recordBytesMax) {
    settlementsPerRecordMax =
        RecordCodec.settlementsMax(Math.min(RECORD_BYTES_MAX, recordBytesMax / 2));
  }

  boolean isEmpty() {
    return total == 0;
  }

  void add(long queueId, long position) {
    int index = indexOf(queueId);
    long[] of = positions[index];
    int count = counts[index];
    if (count == of.length) {
      of = Arrays.copyOf(of, count * 2);
      positions[index] = of;
    }
    of[count] = position;
    counts[index] = count + 1;
    total++;
  }

  /** Writes as much as there is room for; the rest stays. */
  void writeTo(LogTail tail) throws IOException {
    for (int i = 0; i < queues; i++) {
      int count = counts[i];
      if (count > 1) {
        Arrays.sort(positions[i], 0, count);
      }
      int done = 0;
      while (done < count) {
        int fit = RecordCodec.settlementsMax(tail.roomFor(LogTail.Purpose.SETTLEMENT));
        int upTo = Math.min(count, done + Math.min(settlementsPerRecordMax, fit));
        if (upTo <= done) {
          break;
        }
        writeRecord(tail, i, done, upTo);
        done = upTo;
      }
      System.arraycopy(positions[i], done, positions[i], 0, count - done);
      counts[i] = count - done;
      total -= done;
    }
    if (total == 0) {
      reset();
    }
  }

  private void writeRecord(LogTail tail, int index, int from, int to) throws IOException {
    long[] of = positions[index];
    int bytesMax = RecordCodec.settledBytesMax(to - from);
    long own = tail.positionFor(bytesMax);
    tail.begin(RecordCodec.SETTLED, RecordCodec.settledBytes(own, of, from, to));
    RecordCodec.putSettledBody(tail.body(), queueIds[index], own, of, from, to);
    tail.end();
  }

  private void reset() {
    if (queues > QUEUES_KEPT_MAX) {
      table = new int[64];
      queueIds = new long[32];
      positions = new long[32][];
      counts = new int[32];
      queues = 0;
    }
  }

  private int indexOf(long queueId) {
    int mask = table.length - 1;
    int slot = slotOf(queueId, mask);
    while (table[slot] != 0) {
      if (queueIds[table[slot] - 1] == queueId) {
        return table[slot] - 1;
      }
      slot = (slot + 1) & mask;
    }
    if (queues == queueIds.length) {
      grow();
      return indexOf(queueId);
    }
    table[slot] = queues + 1;
    queueIds[queues] = queueId;
    positions[queues] = new long[8];
    counts[queues] = 0;
    return queues++;
  }

  private void grow() {
    int capacity = queues * 2;
    queueIds = Arrays.copyOf(queueIds, capacity);
    positions = Arrays.copyOf(positions, capacity);
    counts = Arrays.copyOf(counts, capacity);
    table = new int[capacity * 2];
    for (int i = 0; i < queues; i++) {
      int slot = slotOf(queueIds[i], table.length - 1);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = i + 1;
    }
  }

  private static int slotOf(long queueId, int mask) {
    long hash = queueId * 0x9E37_79B9_7F4A_7C15L;
    return (int) (hash >>> 40) & mask;
  }
}
