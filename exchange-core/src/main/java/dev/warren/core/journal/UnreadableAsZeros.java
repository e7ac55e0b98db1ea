package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file whose unreadable pages read as zeros, which are no records: so that one bad sector does
 * not hide the rest. For looking at damage only. Owned by one thread.
 */
final class UnreadableAsZeros implements Storage.StorageFile {
  private static final int PAGE_BYTES = 4096;

  private final Storage.StorageFile file;

  UnreadableAsZeros(Storage.StorageFile file) {
    this.file = file;
  }

  @Override
  public int read(ByteBuffer to, long at) throws IOException {
    int before = to.position();
    try {
      return file.read(to, at);
    } catch (IOException e) {
      to.position(before);
      return at >= file.size() ? -1 : readPage(to, at);
    }
  }

  /** Reads to the end of the page only, so that the next one has its own chance. */
  private int readPage(ByteBuffer to, long at) throws IOException {
    int limit = to.limit();
    int before = to.position();
    long inPage = PAGE_BYTES - at % PAGE_BYTES;
    int wanted = (int) Math.min(Math.min(to.remaining(), inPage), file.size() - at);
    to.limit(before + wanted);
    try {
      return file.read(to, at);
    } catch (IOException e) {
      to.position(before);
      while (to.hasRemaining()) {
        to.put((byte) 0);
      }
      return wanted;
    } finally {
      to.limit(limit);
    }
  }

  @Override
  public void write(ByteBuffer from, long at) throws IOException {
    file.write(from, at);
  }

  @Override
  public void force() throws IOException {
    file.force();
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
