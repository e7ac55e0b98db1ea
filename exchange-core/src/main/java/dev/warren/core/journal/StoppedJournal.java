package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a broker which does not run, for the operator's tools: what is in it, whether it
 * is intact, and messages out of it and into it. Holds the directory's lock until it is closed, so
 * no broker can start meanwhile. Damaged places are told and read over. Owned by one thread.
 */
public final class StoppedJournal implements AutoCloseable {
  private final Storage storage;
  private final @Nullable DataDirectoryLock lock;
  private final LogFiles files;
  private final List<String> names;

  StoppedJournal(Storage storage, @Nullable DataDirectoryLock lock) throws IOException {
    this.storage = storage;
    this.lock = lock;
    this.names = storage.list();
    this.files = new LogFiles(storage, names);
    if (files.count() == 0) {
      throw new JournalException("there is no journal: directory=" + storage.describe(""), null);
    }
  }

  /**
   * Takes a data directory.
   *
   * @throws DataDirectoryLockedException if a broker runs on it
   * @throws JournalException if there is no journal, or it cannot be read
   */
  public static StoppedJournal open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new JournalException("there is no such data directory: " + directory, null);
    }
    DataDirectoryLock lock = DataDirectoryLock.acquire(directory);
    try {
      return new StoppedJournal(new DiskStorage(directory), lock);
    } catch (IOException e) {
      lock.close();
      throw unreadable(e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static JournalException unreadable(IOException e) {
    return new JournalException("cannot read the journal: " + e.getMessage(), e);
  }

  /** Receives records and damaged places, in the order of positions. */
  public interface Visitor {
    /**
     * One record.
     *
     * @return whether to go on
     */
    boolean onRecord(JournalRecord record);

    /** One place that cannot be read. */
    void onDamage(DamagedPlace place);
  }

  /** Numbers of the segments that are there, from the first on. */
  public List<Long> segments() {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < files.count(); i++) {
      if (files.get(i).segment() != null) {
        numbers.add(files.get(i).number());
      }
    }
    return numbers;
  }

  /** Length of each segment. */
  public int segmentBytes() {
    return files.segmentBytes();
  }

  /**
   * Tells all records from the first of this segment on, or from the next segment that is there.
   *
   * @throws JournalException if a file cannot be read, or was written in another format
   */
  public void records(long fromSegment, Visitor visitor) {
    int index = 0;
    while (index < files.count() - 1
        && (files.get(index).number() < fromSegment || files.get(index).segment() == null)) {
      index++;
    }
    walk(
        new LogWalk(files).from(index),
        new LogWalk.Visitor() {
          @Override
          public boolean onRecord(ByteBuffer buffer, int at, int length, long position) {
            SegmentFile segment = files.numbered(position / segmentBytes()).segment();
            return segment != null
                && visitor.onRecord(JournalRecord.of(buffer, at, length, position, segment));
          }

          @Override
          public void onDamage(DamagedPlace place) {
            visitor.onDamage(place);
          }
        });
  }

  /** Reads every record of every segment, and says what is damaged. */
  public JournalCheck check() {
    Counting counting = new Counting();
    LogWalk walk = walk(new LogWalk(files), counting);
    return new JournalCheck(
        segments().size(),
        counting.records,
        counting.messages,
        counting.places,
        files.describe(walk.endSegment()),
        walk.endOffset(),
        walk.cutBytes());
  }

  /** Tells what queues hold, as a broker that starts would be told, but for what is damaged. */
  public JournalContents contents(RecoveryTarget target) {
    Replaying replaying = new Replaying(files);
    walk(new LogWalk(files), replaying);
    replaying.replay.tell(target);
    return new JournalContents(files, replaying.liveness, replaying.places);
  }

  /**
   * Begins to add messages, none of which counts before all do.
   *
   * @throws CorruptJournalException if the journal is damaged: then nothing may be added
   */
  public JournalImport beginImport() {
    Replaying replaying = new Replaying(files);
    LogWalk walk = walk(new LogWalk(files), replaying);
    if (!replaying.places.isEmpty()) {
      throw new CorruptJournalException(replaying.places, null);
    }
    try {
      return new JournalImport(storage, names, files, walk, replaying.replay.endsInOrder());
    } catch (IOException e) {
      throw new JournalException("cannot write to the journal: " + e.getMessage(), e);
    }
  }

  private LogWalk walk(LogWalk walk, LogWalk.Visitor visitor) {
    try {
      walk.walk(visitor);
      return walk;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public void close() {
    try {
      files.close();
      storage.close();
    } catch (IOException e) {
      throw unreadable(e);
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }

  private static final class Counting implements LogWalk.Visitor {
    private final List<DamagedPlace> places = new ArrayList<>();
    private long records;
    private long messages;

    @Override
    public boolean onRecord(ByteBuffer buffer, int at, int length, long position) {
      byte version = buffer.get(at + RecordCodec.VERSION_AT);
      if (version != RecordCodec.VERSION) {
        throw Replay.unknown("version", version, position);
      }
      records++;
      if (RecordCodec.isMessage(buffer.get(at + RecordCodec.TYPE_AT))) {
        messages++;
      }
      return true;
    }

    @Override
    public void onDamage(DamagedPlace place) {
      places.add(place);
    }
  }

  private static final class Replaying implements LogWalk.Visitor {
    private final List<DamagedPlace> places = new ArrayList<>();
    private final Liveness liveness;
    private final Replay replay;

    Replaying(LogFiles files) {
      liveness = new Liveness(files.set());
      replay = new Replay(liveness);
    }

    @Override
    public boolean onRecord(ByteBuffer buffer, int at, int length, long position) {
      replay.apply(buffer, at, length, position);
      return true;
    }

    @Override
    public void onDamage(DamagedPlace place) {
      places.add(place);
      replay.damaged(place);
    }
  }
}
