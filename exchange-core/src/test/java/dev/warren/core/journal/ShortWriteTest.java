package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The system may store fewer bytes than it was given. */
class ShortWriteTest {
  private static final int BYTES = 10_000;

  @Test
  void whatTheSystemLeftOverIsWrittenNext() throws IOException {
    for (long seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] wanted = new byte[BYTES];
      random.nextBytes(wanted);
      ShortChannel channel = new ShortChannel(random, Integer.MAX_VALUE);
      ByteBuffer from = ByteBuffer.wrap(wanted);
      new DiskStorage.DiskFile(channel).write(from, 37);
      assertThat(from.hasRemaining()).isFalse();
      assertThat(channel.writes).isGreaterThan(1);
      assertThat(Arrays.copyOfRange(channel.content, 37, 37 + BYTES))
          .as("seed=%d", seed)
          .isEqualTo(wanted);
    }
  }

  @Test
  void aFailureAfterAShortWriteIsTold() {
    ShortChannel channel = new ShortChannel(new SplittableRandom(1), 2);
    assertThatThrownBy(() -> new DiskStorage.DiskFile(channel).write(ByteBuffer.allocate(BYTES), 0))
        .isInstanceOf(IOException.class)
        .hasMessage("no space left");
  }

  /** Stores a part of what it is given, so often; then it is full. */
  private static final class ShortChannel extends FileChannel {
    private final SplittableRandom random;
    private final int writesMax;
    private final byte[] content = new byte[2 * BYTES];
    private int writes;

    ShortChannel(SplittableRandom random, int writesMax) {
      this.random = random;
      this.writesMax = writesMax;
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      if (writes++ >= writesMax) {
        throw new IOException("no space left");
      }
      int count = random.nextInt(1, Math.max(2, from.remaining() / 2));
      from.get(content, (int) position, count);
      return count;
    }

    @Override
    public int read(ByteBuffer to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer to, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer from) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long size() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void force(boolean metaData) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseChannel() {
      // nothing is open
    }
  }
}
