package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A simulated disk. Fault model:
 *
 * <ul>
 *   <li>{@link #crash}: of the writes that were not forced, any subset of their 512-byte sectors
 *       survives, and one may be cut at any byte; of the creations, renames and deletions that were
 *       not synced, the first few survive, in order
 *   <li>writing beyond {@link #capacityBytes} fails (disk full)
 *   <li>{@link #fail}: all forces, writes or reads fail from now on, with EIO as it were; what a
 *       failed force was to save stays unsaved; a failed write may have stored its beginning
 *   <li>{@link #powerOffAfter}: after so many operations everything fails until {@link #crash}
 *   <li>{@link #damage}: a byte changes behind everybody's back
 * </ul>
 *
 * Thread-safe. After a crash the old files refuse everything.
 */
public final class SimStorage implements Storage {
  private static final int SECTOR_BYTES = 512;

  private final Map<String, Content> names = new HashMap<>();
  private final Map<String, Content> durableNames = new HashMap<>();
  private final List<Runnable> unsyncedNames = new ArrayList<>();
  private long capacityBytes = Long.MAX_VALUE;
  private long generation;
  private @Nullable Fault fault;
  private long operationsLeft = Long.MAX_VALUE;
  private int forces;
  private int writes;

  /** Bytes all files together may have from now on. */
  public synchronized void capacityBytes(long bytes) {
    capacityBytes = bytes;
  }

  /** What the disk refuses. */
  enum Fault {
    FORCES,
    WRITES,
    READS
  }

  /** Makes these fail from now on, until the next crash. */
  synchronized void fail(Fault what) {
    fault = what;
  }

  /** Nothing fails any more. */
  synchronized void heal() {
    fault = null;
  }

  /** Whether {@link #fail} is in force. */
  synchronized boolean isFaulty() {
    return fault != null;
  }

  private void refuse(Fault what) throws IOException {
    if (fault == what) {
      throw new IOException("simulated: input/output error");
    }
  }

  /** The power goes off in the middle of the operation after so many more. */
  public synchronized void powerOffAfter(int operations) {
    operationsLeft = operations;
  }

  /** Whether the power is off. */
  public synchronized boolean isOff() {
    return operationsLeft < 0;
  }

  private void operation() throws IOException {
    if (operationsLeft != Long.MAX_VALUE && --operationsLeft < 0) {
      throw new IOException("simulated: the power is off");
    }
  }

  /** Forces made so far. */
  public synchronized int forces() {
    return forces;
  }

  /** Writes made so far. */
  public synchronized int writes() {
    return writes;
  }

  /** Bytes of all files. */
  public synchronized long usedBytes() {
    return names.values().stream().mapToLong(content -> content.length).sum();
  }

  /** Flips one byte, durably. */
  public synchronized void damage(String name, int offset) {
    Content content = content(name);
    content.bytes[offset] ^= 0x5A;
    content.durable[offset] = content.bytes[offset];
  }

  /** Another content for a file, durably; it need not exist. */
  public synchronized void replace(String name, byte[] bytes) {
    Content content = new Content();
    content.grow(bytes.length);
    System.arraycopy(bytes, 0, content.bytes, 0, bytes.length);
    System.arraycopy(bytes, 0, content.durable, 0, bytes.length);
    content.durableLength = bytes.length;
    names.put(name, content);
    durableNames.put(name, content);
  }

  /** Takes a file away, durably. */
  public synchronized void remove(String name) {
    names.remove(name);
    durableNames.remove(name);
  }

  /** Bytes of a file as the operating system shows them. */
  public synchronized byte[] bytes(String name) {
    Content content = content(name);
    return Arrays.copyOf(content.bytes, content.length);
  }

  /** The power fails; the storage can be used again at once. */
  public synchronized void crash(SplittableRandom random) {
    generation++;
    int survivingNames = random.nextInt(unsyncedNames.size() + 1);
    unsyncedNames.subList(0, survivingNames).forEach(Runnable::run);
    unsyncedNames.clear();
    names.clear();
    names.putAll(durableNames);
    double survival = new double[] {0, 0.3, 0.7, 0.95, 1}[random.nextInt(5)];
    for (String name : new java.util.TreeSet<>(names.keySet())) {
      content(name).crash(random, survival);
    }
    fault = null;
    operationsLeft = Long.MAX_VALUE;
  }

  @Override
  public synchronized StorageFile open(String name) throws IOException {
    operation();
    Content content = names.get(name);
    if (content == null) {
      Content created = new Content();
      names.put(name, created);
      unsyncedNames.add(() -> durableNames.put(name, created));
      content = created;
    }
    return new SimFile(content, generation);
  }

  @Override
  public synchronized List<String> list() {
    return new ArrayList<>(names.keySet());
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    operation();
    if (names.containsKey(to)) {
      throw new IOException("file exists: " + to);
    }
    names.put(to, content(from));
    names.remove(from);
    unsyncedNames.add(
        () -> {
          Content content = durableNames.remove(from);
          assert content != null;
          durableNames.put(to, content);
        });
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    operation();
    if (names.remove(name) == null) {
      throw new java.nio.file.NoSuchFileException(name);
    }
    unsyncedNames.add(() -> durableNames.remove(name));
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    operation();
    unsyncedNames.forEach(Runnable::run);
    unsyncedNames.clear();
  }

  @Override
  public synchronized long availableBytes() {
    return Math.max(0, capacityBytes - usedBytes());
  }

  @Override
  public String describe(String name) {
    return "sim/" + name;
  }

  @Override
  public void close() {
    // nothing is held
  }

  private Content content(String name) {
    Content content = names.get(name);
    if (content == null) {
      throw new IllegalStateException("no such file: " + name);
    }
    return content;
  }

  private static final class Write {
    private final int at;
    private final byte[] bytes;

    Write(int at, byte[] bytes) {
      this.at = at;
      this.bytes = bytes;
    }
  }

  /** A file's bytes: as shown, as durable, and the writes between the two. */
  private static final class Content {
    private byte[] bytes = {};
    private byte[] durable = {};
    private int length;
    private int durableLength;
    private final List<Write> unforced = new ArrayList<>();

    void grow(int to) {
      if (to > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(to, bytes.length * 2));
        durable = Arrays.copyOf(durable, bytes.length);
      }
      length = Math.max(length, to);
    }

    void force() {
      for (Write write : unforced) {
        System.arraycopy(write.bytes, 0, durable, write.at, write.bytes.length);
      }
      unforced.clear();
      durableLength = length;
    }

    void crash(SplittableRandom random, double survival) {
      for (int i = 0; i < unforced.size(); i++) {
        boolean last = i == unforced.size() - 1;
        survive(unforced.get(i), random, survival, last && random.nextBoolean());
      }
      unforced.clear();
      System.arraycopy(durable, 0, bytes, 0, bytes.length);
      length = durableLength;
    }

    private void survive(Write write, SplittableRandom random, double survival, boolean torn) {
      int end = write.at + (torn ? random.nextInt(write.bytes.length) : write.bytes.length);
      for (int from = write.at; from < end; ) {
        int to = Math.min(end, (from / SECTOR_BYTES + 1) * SECTOR_BYTES);
        if (random.nextDouble() < survival) {
          System.arraycopy(write.bytes, from - write.at, durable, from, to - from);
          durableLength = Math.max(durableLength, to);
        }
        from = to;
      }
    }
  }

  private final class SimFile implements StorageFile {
    private final Content content;
    private final long openedIn;
    private boolean closed;

    SimFile(Content content, long openedIn) {
      this.content = content;
      this.openedIn = openedIn;
    }

    @Override
    public int read(ByteBuffer to, long at) throws IOException {
      synchronized (SimStorage.this) {
        check();
        refuse(Fault.READS);
        if (at >= content.length) {
          return -1;
        }
        int count = Math.min(to.remaining(), content.length - (int) at);
        to.put(content.bytes, (int) at, count);
        return count;
      }
    }

    @Override
    public void write(ByteBuffer from, long at) throws IOException {
      synchronized (SimStorage.this) {
        check();
        writes++;
        if (isOff()) {
          operation();
        }
        boolean isShort = fault == Fault.WRITES && from.remaining() > 1;
        byte[] bytes = new byte[isShort ? from.remaining() / 2 : from.remaining()];
        from.get(bytes);
        int end = (int) at + bytes.length;
        long more = Math.max(0, end - content.length);
        if (more > 0 && usedBytes() + more > capacityBytes) {
          throw new IOException("simulated: no space left on device");
        }
        content.grow(end);
        System.arraycopy(bytes, 0, content.bytes, (int) at, bytes.length);
        content.unforced.add(new Write((int) at, bytes));
        refuse(Fault.WRITES);
        operation(); // when the power goes off now, part of the write may survive
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (SimStorage.this) {
        check();
        operation();
        refuse(Fault.FORCES);
        forces++;
        content.force();
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (SimStorage.this) {
        check();
        return content.length;
      }
    }

    @Override
    public void close() {
      closed = true;
    }

    private void check() throws IOException {
      if (closed || openedIn != generation) {
        throw new IOException("file is closed");
      }
    }
  }
}
