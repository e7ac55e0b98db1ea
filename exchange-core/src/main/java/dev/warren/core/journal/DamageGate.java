package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a log cannot be read at start: finds every damaged place, then either refuses
 * and names them all, or gives them up when the operator has said so.
 */
final class DamageGate {
  private static final Logger log = LoggerFactory.getLogger(DamageGate.class);

  private DamageGate() {}

  /**
   * Deals with a log whose reading failed.
   *
   * @param accept whether what is damaged may be given up
   * @param cause why the log could not be read
   * @throws CorruptJournalException if it may not: names all places, and nothing was changed
   * @throws IOException the cause, if it was none of a damaged place
   */
  static void pass(Storage storage, List<String> names, boolean accept, Exception cause)
      throws IOException {
    try (LogFiles files = new LogFiles(storage, names)) {
      Places places = new Places();
      LogWalk walk = new LogWalk(files);
      walk.walk(places);
      if (places.found.isEmpty()) {
        rethrow(cause);
      }
      if (!accept) {
        throw new CorruptJournalException(places.found, cause);
      }
      places.found.forEach(place -> log.warn("journal: giving up {}", place.text()));
      new DamageRepair(storage, files, names).repair(places.found, walk.position());
    }
  }

  private static void rethrow(Exception cause) throws IOException {
    if (cause instanceof IOException e) {
      throw e;
    }
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    throw new IllegalStateException(cause);
  }

  private static final class Places implements LogWalk.Visitor {
    private final List<DamagedPlace> found = new ArrayList<>();

    @Override
    public boolean onRecord(ByteBuffer buffer, int at, int length, long position) {
      if (buffer.get(at + RecordCodec.VERSION_AT) != RecordCodec.VERSION) {
        throw Replay.unknown("version", buffer.get(at + RecordCodec.VERSION_AT), position);
      }
      return true;
    }

    @Override
    public void onDamage(DamagedPlace place) {
      found.add(place);
    }
  }
}
