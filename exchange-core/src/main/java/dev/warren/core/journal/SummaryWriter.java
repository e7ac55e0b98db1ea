package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one summary at a time, block by block, under another name until it is whole and durable.
 * Its buffer is used again and again. Owned by {@link SummaryMaker}.
 */
final class SummaryWriter {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int NONE_YET = -1;

  private final Storage storage;
  private ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
  private Storage.@Nullable StorageFile file;
  private long fileAt;

  /** Where the last two records are, and their checksums. */
  private int beforeEndOffset;

  private int beforeEndCrc;
  private int endOffset;
  private int endCrc;

  SummaryWriter(Storage storage) {
    this.storage = storage;
  }

  /** Begins the summary of a segment. */
  void begin() throws IOException {
    if (storage.list().contains(SegmentSummary.UNFINISHED)) {
      storage.delete(SegmentSummary.UNFINISHED);
    }
    file = storage.open(SegmentSummary.UNFINISHED);
    endOffset = NONE_YET;
    fileAt = SegmentSummary.HEADER_BYTES;
    clear();
  }

  /**
   * Adds the intact record at {@code at}; of a message, without the encoded message.
   *
   * @param offset where it is in its segment
   */
  void add(ByteBuffer from, int at, int length, int offset) throws IOException {
    int crc = from.getInt(at + RecordCodec.CRC_AT);
    boolean isFirst = endOffset == NONE_YET;
    beforeEndOffset = isFirst ? offset : endOffset;
    beforeEndCrc = isFirst ? crc : endCrc;
    endOffset = offset;
    endCrc = crc;
    int kept = length;
    if (RecordCodec.isMessage(from.get(at + RecordCodec.TYPE_AT))) {
      kept = RecordCodec.messageBodyAt(from, at) - at;
    }
    int needed = SegmentSummary.ENTRY_HEADER_BYTES + kept;
    if (needed > block.remaining()) {
      writeBlock();
      if (needed > block.remaining()) {
        block = ByteBuffer.allocateDirect(SegmentSummary.BLOCK_HEADER_BYTES + needed);
        clear();
      }
    }
    block.putInt(kept).put(block.position(), from, at, kept);
    block.position(block.position() + kept);
  }

  /** Everything was added: it gets its header, becomes durable, then gets its name. */
  void finish(SegmentFile segment) throws IOException {
    writeBlock();
    ByteBuffer header = SegmentSummary.header(segment);
    header.putInt(SegmentSummary.BEFORE_END_OFFSET_AT, beforeEndOffset);
    header.putInt(SegmentSummary.BEFORE_END_CRC_AT, beforeEndCrc);
    header.putInt(SegmentSummary.END_OFFSET_AT, endOffset);
    header.putInt(SegmentSummary.END_CRC_AT, endCrc);
    Storage.StorageFile whole = opened();
    whole.write(SegmentSummary.seal(header), 0);
    whole.force();
    whole.close();
    file = null;
    String name = SegmentSummary.name(segment.number());
    if (storage.list().contains(name)) {
      storage.delete(name);
    }
    storage.rename(SegmentSummary.UNFINISHED, name);
    storage.syncDirectory();
    if (block.capacity() > BLOCK_BYTES) {
      block = ByteBuffer.allocateDirect(BLOCK_BYTES);
    }
  }

  /** Removes what was begun, if anything was; what cannot be removed now is at the next start. */
  void abandon() {
    Storage.StorageFile unfinished = file;
    file = null;
    if (unfinished != null) {
      try {
        unfinished.close();
        storage.delete(SegmentSummary.UNFINISHED);
      } catch (IOException e) {
        // Whatever kept it from being written keeps it from being removed.
      }
    }
  }

  private void writeBlock() throws IOException {
    int length = block.position() - SegmentSummary.BLOCK_HEADER_BYTES;
    if (length > 0) {
      block.flip();
      ByteBuffer entries = block.duplicate().position(SegmentSummary.BLOCK_HEADER_BYTES);
      block.putInt(SegmentSummary.BLOCK_LENGTH_AT, length);
      block.putInt(SegmentSummary.BLOCK_CRC_AT, SegmentSummary.crcOf(entries));
      opened().write(block, fileAt);
      fileAt += SegmentSummary.BLOCK_HEADER_BYTES + length;
    }
    clear();
  }

  private void clear() {
    block.clear().position(SegmentSummary.BLOCK_HEADER_BYTES);
  }

  private Storage.StorageFile opened() {
    Storage.StorageFile now = file;
    if (now == null) {
      throw new IllegalStateException("not begun");
    }
    return now;
  }
}
