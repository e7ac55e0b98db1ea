package dev.warren.core.journal;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a stopped journal, to be read by their names, quickest in their order. Owned by
 * one thread; usable until the {@link StoppedJournal} is closed.
 */
public final class JournalContents {
  private static final int WINDOW_BYTES = 1 << 20;

  private final LogFiles files;
  private final Liveness liveness;
  private final List<DamagedPlace> damage;
  private @Nullable SegmentScanner scanner;
  private long opened = -1;

  JournalContents(LogFiles files, Liveness liveness, List<DamagedPlace> damage) {
    this.files = files;
    this.liveness = liveness;
    this.damage = List.copyOf(damage);
  }

  /** Places that could not be read; messages in them are missing. */
  public List<DamagedPlace> damage() {
    return damage;
  }

  /**
   * The message of this name as {@link dev.warren.core.message.MessageCodec} wrote it.
   *
   * @throws JournalException if it is not there or cannot be read
   */
  public byte[] encoded(long name) {
    long position = liveness.find(name);
    SegmentFile segment = liveness.segmentAt(position);
    if (segment == null) {
      throw new JournalException("no message has this name: position=" + name, null);
    }
    try {
      SegmentScanner in = scannerOf(segment);
      int offset = segment.offsetOf(position);
      int length = in.intactLength(offset);
      int at = in.indexOf(offset);
      if (length == RecordCodec.NONE
          || !RecordCodec.isMessage(in.buffer().get(at + RecordCodec.TYPE_AT))) {
        throw new CorruptJournalException(
            files.describe(segment.number()), offset, "no intact message is at this place");
      }
      int bodyAt = RecordCodec.messageBodyAt(in.buffer(), at);
      byte[] encoded = new byte[at + length - bodyAt];
      in.buffer().get(bodyAt, encoded);
      return encoded;
    } catch (IOException e) {
      throw new JournalException(
          "cannot read the journal: file=" + files.describe(segment.number()), e);
    }
  }

  private SegmentScanner scannerOf(SegmentFile segment) {
    SegmentScanner in = scanner;
    if (in == null) {
      in = new SegmentScanner(segment, WINDOW_BYTES);
      scanner = in;
    }
    if (opened != segment.number()) {
      in.open(segment, segment.segmentBytes());
      opened = segment.number();
    }
    return in;
  }
}
