package dev.warren.core.journal;

/**
 * Settings of a journal. Immutable.
 *
 * @param segmentBytes length of one segment file, a multiple of 4096; bounds one record. A log that
 *     exists keeps the length it was created with
 * @param pendingBytesMax what may wait for the writer before messages are refused
 * @param batchBytesMax the most one write and sync covers
 * @param readBatchMax positions a reader reads before other requests have their turn
 * @param spareSegmentsMax recycled segments kept for reuse; more are deleted
 */
public record JournalOptions(
    int segmentBytes,
    long pendingBytesMax,
    int batchBytesMax,
    int readBatchMax,
    int spareSegmentsMax) {

  /** The shortest segment, for tests. */
  public static final int SEGMENT_BYTES_MIN = 16 << 10;

  /** 64 MiB segments, 64 MiB pending, 4 MiB batches, 512 positions a turn, 4 spares. */
  public static final JournalOptions DEFAULTS =
      new JournalOptions(64 << 20, 64L << 20, 4 << 20, 512, 4);

  /** Checks the ranges. */
  public JournalOptions {
    if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes % 4096 != 0) {
      throw new IllegalArgumentException("segmentBytes must be a multiple of 4096, 16384 or more");
    }
    if (pendingBytesMax < 1 || batchBytesMax < 1024 || readBatchMax < 1 || spareSegmentsMax < 0) {
      throw new IllegalArgumentException("journal bounds must be positive");
    }
  }

  /** The most a transaction takes: three quarters of a segment, so that it always fits into one. */
  public int transactionBytesMax() {
    return (segmentBytes - SegmentFile.DATA_START) / 4 * 3;
  }

  /** The longest record, headers included: half a segment less its header page. */
  public int recordBytesMax() {
    return (segmentBytes - SegmentFile.DATA_START) / 2;
  }
}
