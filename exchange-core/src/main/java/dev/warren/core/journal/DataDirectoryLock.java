package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a directory to one process: a lock of the operating system on the file {@code lock}, which
 * goes away with the process, and in it the process id for whoever comes second.
 */
public final class DataDirectoryLock implements AutoCloseable {
  /** Name of the lock file. */
  public static final String FILE_NAME = "lock";

  private static final Logger log = LoggerFactory.getLogger(DataDirectoryLock.class);
  private static final int PID_BYTES_MAX = 32;

  private final FileChannel channel;

  private DataDirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock; the directory is created if it is missing.
   *
   * @throws DataDirectoryLockedException if another process, or this one, holds it
   * @throws JournalException if the lock file cannot be made
   */
  public static DataDirectoryLock acquire(Path directory) {
    Path file = directory.resolve(FILE_NAME);
    try {
      PrivateDirectory.create(directory);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        String holder = holder(channel);
        channel.close();
        throw new DataDirectoryLockedException(directory.toString(), holder);
      }
      writePid(channel, file);
      return new DataDirectoryLock(channel);
    } catch (IOException e) {
      throw new JournalException("cannot lock the data directory: file=" + file, e);
    }
  }

  /**
   * Always of the same length and over what is there, which takes no room. If there is none for
   * this either, the lock is held all the same: a broker on a full disk must start to be drained.
   */
  private static void writePid(FileChannel channel, Path file) {
    byte[] padded = new byte[PID_BYTES_MAX];
    Arrays.fill(padded, (byte) ' ');
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(pid, 0, padded, 0, pid.length);
    ByteBuffer text = ByteBuffer.wrap(padded);
    try {
      while (text.hasRemaining()) {
        channel.write(text, text.position());
      }
    } catch (IOException e) {
      log.warn("cannot note the process id: file={} reason={}", file, e.toString());
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(PID_BYTES_MAX);
    int length = channel.read(text, 0);
    return length <= 0
        ? "unknown"
        : new String(text.array(), 0, length, StandardCharsets.US_ASCII).trim();
  }

  /** Gives the directory back. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new JournalException("cannot release the lock of the data directory", e);
    }
  }
}
