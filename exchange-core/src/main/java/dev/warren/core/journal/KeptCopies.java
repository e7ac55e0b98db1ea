package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Copies of segments, under names the journal never removes: {@code <why>-<segment>-<n>.bin}. Owned
 * by one thread.
 */
final class KeptCopies {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int COPIES_MAX = 10_000;

  private final Storage storage;
  private final Set<String> names;

  KeptCopies(Storage storage, List<String> names) {
    this.storage = storage;
    this.names = new HashSet<>(names);
  }

  /**
   * Copies a segment; durable after a sync of the directory.
   *
   * @param why the first word of the copy's name
   * @return the copy's name
   */
  String keep(long segment, String why) throws IOException {
    String copy = freeName(why, segment, ".bin");
    String unfinished = copy.replace(".bin", ".tmp");
    if (names.contains(unfinished)) {
      storage.delete(unfinished);
    }
    Storage.StorageFile from = new UnreadableAsZeros(storage.open(SegmentFile.name(segment)));
    try {
      copy(from, unfinished);
    } finally {
      from.close();
    }
    storage.rename(unfinished, copy);
    names.add(copy);
    return copy;
  }

  /** Renames the summary of a segment, if there is one, so that the segment itself is read. */
  void setSummaryAside(long segment) throws IOException {
    String summary = SegmentSummary.name(segment);
    if (names.remove(summary)) {
      String aside = freeName("damaged", segment, ".idx");
      storage.rename(summary, aside);
      names.add(aside);
    }
  }

  private String freeName(String why, long segment, String suffix) throws IOException {
    String stem = why + "-" + String.format(Locale.ROOT, "%012d", segment) + "-";
    int number = 1;
    while (names.contains(stem + number + suffix)) {
      if (++number > COPIES_MAX) {
        throw new IOException("too many copies of one segment are kept: " + stem + "*" + suffix);
      }
    }
    return stem + number + suffix;
  }

  private void copy(Storage.StorageFile from, String name) throws IOException {
    Storage.StorageFile to = storage.open(name);
    try {
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
      long at = 0;
      while (from.read(chunk.clear(), at) >= 0) {
        int bytes = chunk.flip().remaining();
        to.write(chunk, at);
        at += bytes;
      }
      to.force();
    } finally {
      to.close();
    }
  }
}
