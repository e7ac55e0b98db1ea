package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a damaged log readable again by giving up what cannot be read, when the operator has said
 * so. Owned by the starting thread; used once.
 *
 * <p>First every file concerned is copied aside, durably; copies are never removed. Only then are
 * the places filled with records which say that something was lost, so that the log has no holes
 * and nobody else has to know of damage. A crash in between leaves places that are still damaged:
 * the next start asks again.
 */
final class DamageRepair {
  private static final Logger log = LoggerFactory.getLogger(DamageRepair.class);

  /** Removed at start if it is left over, as what the pool leaves unfinished is. */
  private static final String FILLING = "filling.tmp";

  private static final int CHUNK_BYTES = 1 << 20;

  private final Storage storage;
  private final LogFiles files;
  private final List<String> names;
  private final RecordCodec codec = new RecordCodec();

  DamageRepair(Storage storage, LogFiles files, List<String> names) {
    this.storage = storage;
    this.files = files;
    this.names = names;
  }

  /**
   * Repairs all places.
   *
   * @param end position where the log ends
   */
  void repair(List<DamagedPlace> places, long end) throws IOException {
    KeptCopies copies = new KeptCopies(storage, names);
    Set<Long> kept = new HashSet<>();
    for (DamagedPlace place : places) {
      if (place.kind() != DamagedPlace.Kind.MISSING_SEGMENT && kept.add(place.segment())) {
        String copy = copies.keep(place.segment(), "damaged");
        log.warn("journal: damaged segment kept aside file={}", storage.describe(copy));
      }
    }
    for (DamagedPlace place : places) {
      if (place.kind() != DamagedPlace.Kind.HEADER) {
        // It tells of messages which will not be there.
        copies.setSummaryAside(place.segment());
      }
    }
    storage.syncDirectory();
    for (DamagedPlace place : places) {
      switch (place.kind()) {
        case MISSING_SEGMENT -> fillMissing(place, end);
        case HEADER -> mendHeader(place);
        case RECORDS -> fillRecords(place);
      }
    }
    storage.syncDirectory();
  }

  /** The segment gets a file again; what was in it is lost if the log goes on behind it. */
  private void fillMissing(DamagedPlace place, long end) throws IOException {
    int segmentBytes = files.segmentBytes();
    String name = FILLING;
    if (storage.list().contains(name)) {
      storage.delete(name);
    }
    Storage.StorageFile file = storage.open(name);
    try {
      zero(file, 0, segmentBytes);
      SegmentFile.writeHeader(file, place.segment(), segmentBytes);
      long base = place.segment() * segmentBytes;
      if (base + segmentBytes <= end) {
        fill(file, base, SegmentFile.DATA_START, segmentBytes, place.term());
      } else if (base < end) {
        // The log ends in it: one mark is enough.
        int mark = SegmentFile.DATA_START + RecordCodec.HEADER_BYTES;
        fill(file, base, SegmentFile.DATA_START, mark, place.term());
      }
      file.force();
      storage.rename(name, SegmentFile.name(place.segment()));
      storage.syncDirectory();
    } finally {
      file.close();
    }
  }

  private void mendHeader(DamagedPlace place) throws IOException {
    Storage.StorageFile file = file(place);
    long size = file.size();
    if (size < files.segmentBytes()) {
      zero(file, (int) size, files.segmentBytes());
    }
    SegmentFile.writeHeader(file, place.segment(), files.segmentBytes());
    file.force();
  }

  private void fillRecords(DamagedPlace place) throws IOException {
    Storage.StorageFile file = file(place);
    fill(
        file,
        place.segment() * files.segmentBytes(),
        place.offset(),
        place.offset() + place.bytes(),
        place.term());
    file.force();
  }

  private Storage.StorageFile file(DamagedPlace place) {
    SegmentFile segment = files.numbered(place.segment()).segment();
    if (segment == null) {
      throw new IllegalStateException("a damaged place without a file");
    }
    return segment.file();
  }

  private static void zero(Storage.StorageFile file, int from, int to) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(CHUNK_BYTES, to - from));
    for (int at = from; at < to; at += zeros.limit()) {
      zeros.clear().limit(Math.min(zeros.capacity(), to - at));
      file.write(zeros, at);
    }
  }

  /** Fills a range with records; to the end of a segment, the last of them is its end. */
  private void fill(Storage.StorageFile file, long base, int from, int to, long term)
      throws IOException {
    boolean endsSegment = to == files.segmentBytes();
    List<Filler> fillers = new ArrayList<>();
    int at = from;
    int stop = endsSegment ? to - RecordCodec.HEADER_BYTES : to;
    while (stop - at >= RecordCodec.HEADER_BYTES) {
      int length = Math.min(CHUNK_BYTES, stop - at);
      int left = stop - at - length;
      if (left > 0 && left < RecordCodec.HEADER_BYTES) {
        length -= RecordCodec.HEADER_BYTES;
      }
      fillers.add(new Filler(RecordCodec.LOST, at, length));
      at += length;
    }
    if (endsSegment) {
      // Too little may be left for both; then the end alone is put where the damage begins.
      fillers.add(new Filler(RecordCodec.SEGMENT_END, at, RecordCodec.HEADER_BYTES));
    }
    for (Filler filler : fillers) {
      ByteBuffer record = ByteBuffer.allocateDirect(filler.length);
      RecordCodec.putHeader(record, filler.type, filler.length, base + filler.at, term, 0);
      codec.seal(record, 0, filler.length);
      file.write(record.clear(), filler.at);
    }
  }

  private record Filler(byte type, int at, int length) {}
}
