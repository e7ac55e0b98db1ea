package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Storage that makes the journal behave as if it had a certain defect, to see that the simulation
 * finds it. Each is what the defect would do to the disk, or would make of what is on it.
 */
abstract class Mutant implements Storage {
  private final Storage disk;

  private Mutant(Storage disk) {
    this.disk = disk;
  }

  /** No defect: what the others are compared with. */
  static final class Sound extends Mutant {
    Sound(Storage disk) {
      super(disk);
    }

    @Override
    void write(String name, StorageFile file, ByteBuffer from, long at) throws IOException {
      forEachRecord(name, from, at, (buffer, i, length) -> {});
      super.write(name, file, from, at);
    }
  }

  /** The journal forgets to sync what it wrote. */
  static final class SyncSkipped extends Mutant {
    SyncSkipped(Storage disk) {
      super(disk);
    }

    @Override
    void force(String name, StorageFile file) {
      // nothing
    }
  }

  /** It forgets to sync the directory after a segment was made or freed. */
  static final class DirectorySyncSkipped extends Mutant {
    DirectorySyncSkipped(Storage disk) {
      super(disk);
    }

    @Override
    public void syncDirectory() {
      // nothing
    }
  }

  /** It takes every record whose header looks right for intact. */
  static final class ChecksumIgnored extends Mutant {
    ChecksumIgnored(Storage disk) {
      super(disk);
    }

    @Override
    int read(String name, StorageFile file, ByteBuffer to, long at) throws IOException {
      int from = to.position();
      int count = super.read(name, file, to, at);
      if (SegmentFile.numberOf(name) >= 0) {
        for (int i = from; i + RecordCodec.HEADER_BYTES <= from + count; i += 8) {
          repair(name, to, i, from + count, at + i - from);
        }
      }
      return count;
    }

    private static void repair(String name, ByteBuffer in, int i, int end, long offset) {
      long position =
          SegmentFile.numberOf(name) * JournalSimulation.OPTIONS.segmentBytes() + offset;
      int length = in.getInt(i + RecordCodec.LENGTH_AT);
      boolean isRecord =
          in.getLong(i + RecordCodec.POSITION_AT) == position
              && length >= RecordCodec.HEADER_BYTES
              && length <= end - i;
      if (isRecord) {
        in.putInt(i, crcOf(in, i, length));
      }
    }
  }

  /** The cleaner copies a message under the name of the place behind its own. */
  static final class CleanerOffByOne extends Mutant {
    CleanerOffByOne(Storage disk) {
      super(disk);
    }

    @Override
    void write(String name, StorageFile file, ByteBuffer from, long at) throws IOException {
      forEachRecord(
          name,
          from,
          at,
          (buffer, i, length) -> {
            if (buffer.get(i + RecordCodec.TYPE_AT) == RecordCodec.MESSAGE_COPIED) {
              int nameAt = RecordCodec.messageBodyAt(buffer, i) - Long.BYTES;
              buffer.putLong(nameAt, buffer.getLong(nameAt) + RecordCodec.ALIGNMENT);
            }
          });
      super.write(name, file, from, at);
    }
  }

  /** Records of one type are not written: something that means nothing stands in their place. */
  static final class Erased extends Mutant {
    private final byte type;

    Erased(Storage disk, byte type) {
      super(disk);
      this.type = type;
    }

    @Override
    void write(String name, StorageFile file, ByteBuffer from, long at) throws IOException {
      forEachRecord(name, from, at, (buffer, i, length) -> erase(buffer, i, type));
      super.write(name, file, from, at);
    }
  }

  private static void erase(ByteBuffer buffer, int at, byte type) {
    if (buffer.get(at + RecordCodec.TYPE_AT) == type) {
      buffer.put(at + RecordCodec.TYPE_AT, RecordCodec.OPENED);
    }
  }

  /** Settlements that are written together with the end of a segment are forgotten. */
  static final class SettlementsLostOnRoll extends Mutant {
    SettlementsLostOnRoll(Storage disk) {
      super(disk);
    }

    @Override
    void write(String name, StorageFile file, ByteBuffer from, long at) throws IOException {
      boolean[] rolls = {false};
      forEachRecord(
          name,
          from,
          at,
          (buffer, i, length) ->
              rolls[0] |= buffer.get(i + RecordCodec.TYPE_AT) == RecordCodec.SEGMENT_END);
      if (rolls[0]) {
        forEachRecord(name, from, at, (buffer, i, length) -> erase(buffer, i, RecordCodec.SETTLED));
      }
      super.write(name, file, from, at);
    }
  }

  /** Confirms before it syncs: each sync of a file does what the one before it should have done. */
  static final class SyncOneLate extends Mutant {
    private final Map<String, ArrayDeque<Late>> late = new HashMap<>();

    private record Late(ByteBuffer bytes, long at) {}

    SyncOneLate(Storage disk) {
      super(disk);
    }

    @Override
    void write(String name, StorageFile file, ByteBuffer from, long at) throws IOException {
      if (SegmentFile.numberOf(name) >= 0) {
        ByteBuffer copy = ByteBuffer.allocate(from.remaining()).put(from.duplicate()).flip();
        late.computeIfAbsent(name, n -> new ArrayDeque<>()).add(new Late(copy, at));
      }
      super.write(name, file, from, at);
    }

    @Override
    void force(String name, StorageFile file) throws IOException {
      ArrayDeque<Late> unforced = late.remove(name);
      super.force(name, file);
      if (unforced != null && !unforced.isEmpty()) {
        Late last = unforced.getLast();
        byte[] zeros = new byte[last.bytes.remaining()];
        file.write(ByteBuffer.wrap(zeros), last.at);
        super.force(name, file);
        super.write(name, file, last.bytes, last.at);
      }
    }
  }

  /** A sync that failed is tried again, or not even that, and then taken for done. */
  static final class FailedSyncIgnored extends Mutant {
    private final int retries;

    FailedSyncIgnored(Storage disk, int retries) {
      super(disk);
      this.retries = retries;
    }

    @Override
    void force(String name, StorageFile file) throws IOException {
      for (int i = 0; i <= retries; i++) {
        try {
          super.force(name, file);
          return;
        } catch (IOException e) {
          if (!e.toString().contains("input/output error")) {
            throw e;
          }
        }
      }
    }
  }

  /** What cannot be read is taken for empty. */
  static final class UnreadableTakenForZeros extends Mutant {
    UnreadableTakenForZeros(Storage disk) {
      super(disk);
    }

    @Override
    int read(String name, StorageFile file, ByteBuffer to, long at) throws IOException {
      int from = to.position();
      try {
        return super.read(name, file, to, at);
      } catch (IOException e) {
        if (!e.toString().contains("input/output error")) {
          throw e;
        }
        to.put(new byte[to.limit() - from]);
        return to.limit() - from;
      }
    }
  }

  /** What belongs to a transaction counts whether it was committed or not. */
  static final class TransactionsNotFlagged extends Mutant {
    TransactionsNotFlagged(Storage disk) {
      super(disk);
    }

    @Override
    void write(String name, StorageFile file, ByteBuffer from, long at) throws IOException {
      forEachRecord(
          name,
          from,
          at,
          (buffer, i, length) -> {
            short flags = buffer.getShort(i + RecordCodec.FLAGS_AT);
            buffer.putShort(
                i + RecordCodec.FLAGS_AT, (short) (flags & ~RecordCodec.IN_TRANSACTION));
          });
      super.write(name, file, from, at);
    }
  }

  /** When a segment is freed, the one behind it is lost too. */
  static final class FreedTooEarly extends Mutant {
    FreedTooEarly(Storage disk) {
      super(disk);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      super.rename(from, to);
      if (SegmentFile.numberOf(from) >= 0 && SegmentFile.isSpare(to)) {
        String next = SegmentFile.name(SegmentFile.numberOf(from) + 1);
        StorageFile file = open(next);
        file.write(ByteBuffer.allocate(RecordCodec.HEADER_BYTES), SegmentFile.DATA_START);
        file.force();
      }
    }
  }

  /** A summary leaves settlements out. */
  static final class SummaryForgets extends Mutant {
    SummaryForgets(Storage disk) {
      super(disk);
    }

    @Override
    void write(String name, StorageFile file, ByteBuffer from, long at) throws IOException {
      if (SegmentSummary.isUnfinished(name) && at > 0) {
        int entries = from.position() + SegmentSummary.BLOCK_HEADER_BYTES;
        for (int i = entries; i < from.limit(); ) {
          int record = i + SegmentSummary.ENTRY_HEADER_BYTES;
          if (from.get(record + RecordCodec.TYPE_AT) == RecordCodec.SETTLED) {
            from.put(record + RecordCodec.TYPE_AT, RecordCodec.OPENED);
          }
          i = record + from.getInt(i);
        }
        int crc = SegmentSummary.crcOf(from.duplicate().position(entries));
        from.putInt(from.position() + SegmentSummary.BLOCK_CRC_AT, crc);
      }
      super.write(name, file, from, at);
    }
  }

  /** Alters records on their way to the disk, and seals them again. */
  interface Alteration {
    void apply(ByteBuffer buffer, int at, int length);
  }

  static void forEachRecord(String name, ByteBuffer from, long at, Alteration alteration) {
    if (SegmentFile.numberOf(name) < 0) {
      return;
    }
    long base = SegmentFile.numberOf(name) * JournalSimulation.OPTIONS.segmentBytes();
    for (int i = from.position(); i + RecordCodec.HEADER_BYTES <= from.limit(); ) {
      int length = from.getInt(i + RecordCodec.LENGTH_AT);
      long position = base + at + i - from.position();
      if (from.getLong(i + RecordCodec.POSITION_AT) != position || length <= 0) {
        return;
      }
      alteration.apply(from, i, length);
      from.putInt(i + RecordCodec.CRC_AT, crcOf(from, i, length));
      i += RecordCodec.aligned(length);
    }
  }

  static int crcOf(ByteBuffer in, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(in.duplicate().limit(at + length).position(at + RecordCodec.LENGTH_AT));
    return (int) crc.getValue();
  }

  void force(String name, StorageFile file) throws IOException {
    file.force();
  }

  int read(String name, StorageFile file, ByteBuffer to, long at) throws IOException {
    return file.read(to, at);
  }

  void write(String name, StorageFile file, ByteBuffer from, long at) throws IOException {
    file.write(from, at);
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return new File(name, disk.open(name));
  }

  @Override
  public List<String> list() throws IOException {
    return disk.list();
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    disk.syncDirectory();
  }

  @Override
  public long availableBytes() throws IOException {
    return disk.availableBytes();
  }

  @Override
  public String describe(String name) {
    return disk.describe(name);
  }

  @Override
  public void close() {
    disk.close();
  }

  private final class File implements StorageFile {
    private final String name;
    private final StorageFile file;

    File(String name, StorageFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public int read(ByteBuffer to, long at) throws IOException {
      return Mutant.this.read(name, file, to, at);
    }

    @Override
    public void write(ByteBuffer from, long at) throws IOException {
      Mutant.this.write(name, file, from, at);
    }

    @Override
    public void force() throws IOException {
      Mutant.this.force(name, file);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
