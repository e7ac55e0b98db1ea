package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes segment files and takes them back. The work is done by an executor of one thread, in order;
 * results wait for the writer, which is woken.
 *
 * <p>Overwriting a file that has been written before costs a third of extending one, so freed
 * segments become spares. A new file is filled with zeros before its first use.
 */
final class SegmentPool {
  private static final Logger log = LoggerFactory.getLogger(SegmentPool.class);
  private static final String FILLING = "filling.tmp";
  private static final int FILL_CHUNK_BYTES = 1 << 20;

  private final Storage storage;
  private final int segmentBytes;
  private final int sparesMax;
  private final Executor files;
  private final SummaryMaker summaries;

  /** Names and files; owned by the executor after {@link #adoptSpares}. */
  private final ArrayDeque<Spare> spares = new ArrayDeque<>();

  private final AtomicReference<@Nullable SegmentFile> prepared = new AtomicReference<>();
  private final AtomicReference<@Nullable IOException> noRoom = new AtomicReference<>();
  private final AtomicReference<@Nullable IOException> broken = new AtomicReference<>();
  private volatile Runnable wakeWriter = () -> {};
  private volatile int spareCount;
  private long spareNumber;

  /** A segment that got its name, but not for certain; owned by the executor. */
  private @Nullable String unfinished;

  SegmentPool(Storage storage, int segmentBytes, int sparesMax, Executor files) {
    this.storage = storage;
    this.segmentBytes = segmentBytes;
    this.sparesMax = sparesMax;
    this.files = files;
    this.summaries = new SummaryMaker(storage, files);
  }

  void wakeWriter(Runnable wake) {
    wakeWriter = wake;
  }

  /**
   * Takes the spares an earlier run left, and removes what it left unfinished or without a segment.
   * Blocks; called before anything else.
   */
  void adoptSpares(List<String> names, boolean usable, SegmentSet segments) throws IOException {
    for (String name : names) {
      long summarised = SegmentSummary.numberOf(name);
      if (summarised >= 0 && !isSummarised(segments.find(summarised * segmentBytes))) {
        storage.delete(name);
      }
      if (name.equals(FILLING) || SegmentSummary.isUnfinished(name)) {
        storage.delete(name);
      } else if (SegmentFile.isSpare(name)) {
        adoptSpare(name, usable);
      }
    }
    spareCount = spares.size();
  }

  /** One that was not believed is made again. */
  private static boolean isSummarised(@Nullable SegmentFile segment) {
    return segment != null && segment.isSummarised();
  }

  private void adoptSpare(String name, boolean usable) throws IOException {
    Storage.StorageFile file = storage.open(name);
    if (usable && spares.size() < sparesMax && file.size() == segmentBytes) {
      spares.addLast(new Spare(name, file));
      spareNumber = Math.max(spareNumber, spareNumberOf(name) + 1);
    } else {
      file.close();
      storage.delete(name);
    }
  }

  private static long spareNumberOf(String name) {
    String digits = name.replaceAll("[^0-9]", "");
    return digits.isEmpty() || digits.length() > 18 ? 0 : Long.parseLong(digits);
  }

  /** Asks for the segment of this number; it or a failure can be taken later. */
  void prepare(long number) {
    files.execute(() -> prepareNow(number));
  }

  /** Gives a freed segment back. Segments are freed oldest first. */
  void release(SegmentFile segment) {
    files.execute(() -> releaseNow(segment));
  }

  /** Makes the summary of a full segment, which is not released yet. */
  void summarise(SegmentFile segment) {
    files.execute(() -> summaries.add(segment));
  }

  /** Runs something short that reads files. */
  void execute(Runnable work) {
    files.execute(work);
  }

  /** How to name a segment to the operator. */
  String describe(SegmentFile segment) {
    return storage.describe(segment.name());
  }

  @Nullable SegmentFile takePrepared() {
    return prepared.get() == null ? null : prepared.getAndSet(null);
  }

  /** Why no segment could be made, once. */
  @Nullable IOException takeNoRoom() {
    return noRoom.get() == null ? null : noRoom.getAndSet(null);
  }

  /** Why a segment could not be taken back; the log must not free any more. */
  @Nullable IOException broken() {
    return broken.get();
  }

  /** Whether the writer has something to take. */
  boolean hasNews() {
    return prepared.get() != null || noRoom.get() != null || broken.get() != null;
  }

  int spareCount() {
    return spareCount;
  }

  /** Closes the files of the spares; after the executor has ended. */
  void closeAll() throws IOException {
    summaries.end();
    for (Spare spare : spares) {
      spare.file.close();
    }
    SegmentFile segment = takePrepared();
    if (segment != null) {
      segment.file().close();
    }
  }

  private void prepareNow(long number) {
    String name = SegmentFile.name(number);
    Spare spare = null;
    try {
      if (name.equals(unfinished)) {
        storage.delete(name);
        unfinished = null;
      }
      spare = spares.isEmpty() ? fill() : spares.removeFirst();
      spareCount = spares.size();
      SegmentFile.writeHeader(spare.file, number, segmentBytes);
      spare.file.force();
      storage.rename(spare.name, name);
      unfinished = name;
      storage.syncDirectory();
      unfinished = null;
      prepared.set(new SegmentFile(number, segmentBytes, spare.file));
    } catch (IOException e) {
      failed(spare, e);
    } catch (RuntimeException | Error e) {
      failed(spare, new IOException("cannot make a segment: file=" + storage.describe(name), e));
    }
    wakeWriter.run();
  }

  private void failed(@Nullable Spare spare, IOException because) {
    if (spare != null) {
      abandon(spare, because);
    }
    noRoom.set(because);
  }

  /** A file that could not be made ready is not tried again: it is unknown what it holds. */
  private void abandon(Spare spare, IOException because) {
    try {
      spare.file.close();
      if (unfinished == null) {
        storage.delete(spare.name);
      }
    } catch (IOException e) {
      because.addSuppressed(e); // it is found, and removed or used, at the next start
    }
  }

  private Spare fill() throws IOException {
    if (storage.availableBytes() < segmentBytes) {
      throw new IOException("no room for a segment: file=" + storage.describe(FILLING));
    }
    Storage.StorageFile file = storage.open(FILLING);
    try {
      ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(FILL_CHUNK_BYTES, segmentBytes));
      for (int at = 0; at < segmentBytes; at += zeros.limit()) {
        zeros.clear().limit(Math.min(zeros.capacity(), segmentBytes - at));
        file.write(zeros, at);
      }
      return new Spare(FILLING, file);
    } catch (IOException e) {
      file.close();
      storage.delete(FILLING);
      throw e;
    }
  }

  /** Each step is durable before the next, so that the log never shows a gap. */
  private void releaseNow(SegmentFile segment) {
    if (broken.get() != null) {
      return;
    }
    try {
      summaries.forget(segment);
      if (spares.size() < sparesMax) {
        String name = SegmentFile.spareName(spareNumber++);
        storage.rename(segment.name(), name);
        storage.syncDirectory();
        spares.addLast(new Spare(name, segment.file()));
        spareCount = spares.size();
      } else {
        storage.delete(segment.name());
        storage.syncDirectory();
        segment.file().close();
      }
    } catch (IOException | RuntimeException | Error e) {
      log.error("cannot free a segment file={}", storage.describe(segment.name()), e);
      broken.set(e instanceof IOException failure ? failure : new IOException(e));
    }
    wakeWriter.run();
  }

  private record Spare(String name, Storage.StorageFile file) {}
}
