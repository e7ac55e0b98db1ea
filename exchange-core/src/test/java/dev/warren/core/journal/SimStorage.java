package dev.warren.core.journal;

import dev.warren.core.time.BrokerClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A simulated disk with a page cache. Fault model:
 *
 * <ul>
 *   <li>{@link #crash}, the power fails: of the writes that were not forced, any subset of their
 *       512-byte sectors survives, in any order, and the last of a file may be cut at any byte; of
 *       the creations, renames and deletions that were not synced, any survive, but for each file
 *       in order
 *   <li>{@link #kill}, only the process ends: what was written is still shown, and still not
 *       durable
 *   <li>{@link #capacityBytes}: writing beyond it fails (disk full)
 *   <li>{@link #fail} and {@link #failOnce}: an input/output error. A failed write may have stored
 *       its beginning. A failed force may have saved some sectors; what it has not saved may be
 *       waiting still, or be shown as if nothing had happened though no later force will save it,
 *       or be gone: disks and file systems do all three
 *   <li>{@link #slow}: operations take time
 *   <li>{@link #powerOffAfter}: after so many operations everything fails until {@link #crash}
 *   <li>{@link #damage}, {@link #flip}: content changes behind everybody's back
 * </ul>
 *
 * Thread-safe. After a crash or kill the old files refuse everything.
 */
public final class SimStorage implements Storage {
  static final int SECTOR_BYTES = 512;

  private final Map<String, Content> names = new HashMap<>();
  private final Map<String, Content> durableNames = new HashMap<>();
  private final List<NameChange> unsyncedNames = new ArrayList<>();
  private final Map<Fault, Integer> failingOnce = new EnumMap<>(Fault.class);
  private SplittableRandom random = new SplittableRandom(0);
  private long capacityBytes = Long.MAX_VALUE;
  private long generation;
  private @Nullable Fault fault;
  private @Nullable SimClock slowClock;
  private int slowMsMax;
  private long operationsLeft = Long.MAX_VALUE;
  private int forces;
  private int writes;
  private int refusals;

  /** What the disk refuses. Names are refused as the content is. */
  public enum Fault {
    /** Forcing a file, and syncing the directory. */
    FORCES,
    /** Writing, creating, renaming, deleting. */
    WRITES,
    /** Reading. */
    READS
  }

  /** A journal on a simulated disk, with threads of its own; not recovered yet. */
  public static FileJournal journalOn(
      SimStorage storage, JournalOptions options, BrokerClock clock) {
    return new FileJournal(storage, options, clock, FileJournal.Threads.own(), null);
  }

  /** What decides about partial failures from now on. */
  synchronized void random(SplittableRandom decides) {
    random = decides;
  }

  /** Bytes all files together may have from now on. */
  public synchronized void capacityBytes(long bytes) {
    capacityBytes = bytes;
  }

  /** Makes these fail from now on, until the next crash or {@link #heal}. */
  public synchronized void fail(Fault what) {
    fault = what;
  }

  /** Makes one of these fail, after so many more that do not. */
  public synchronized void failOnce(Fault what, int after) {
    failingOnce.put(what, after);
  }

  /** Nothing fails any more, and everything is fast. */
  public synchronized void heal() {
    fault = null;
    failingOnce.clear();
    slowClock = null;
  }

  /** Each operation takes up to this long from now on. */
  synchronized void slow(SimClock clock, int msMax) {
    slowClock = clock;
    slowMsMax = msMax;
  }

  /** Whether something is or will be refused. */
  synchronized boolean isFaulty() {
    return fault != null || !failingOnce.isEmpty();
  }

  /** Whether these are refused from now on. */
  synchronized boolean refuses(Fault what) {
    return fault == what;
  }

  /** How often something was refused since the last crash or kill. */
  public synchronized int refusals() {
    return refusals;
  }

  private boolean isRefused(Fault what) {
    Integer left = failingOnce.get(what);
    if (left != null) {
      if (left == 0) {
        failingOnce.remove(what);
      } else {
        failingOnce.put(what, left - 1);
      }
    }
    boolean refused = fault == what || (left != null && left == 0);
    refusals += refused ? 1 : 0;
    return refused;
  }

  private static IOException refusal() {
    return new IOException("simulated: input/output error");
  }

  private void refuse(Fault what) throws IOException {
    if (isRefused(what)) {
      throw refusal();
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
    takeTime();
    if (operationsLeft != Long.MAX_VALUE && --operationsLeft < 0) {
      throw new IOException("simulated: the power is off");
    }
  }

  private void takeTime() {
    if (slowClock != null) {
      slowClock.advanceMs(random.nextInt(slowMsMax + 1));
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
    long bytes = 0;
    for (Content content : names.values()) {
      bytes += content.length;
    }
    return bytes;
  }

  /** Changes one byte, durably. */
  public synchronized void damage(String name, int offset) {
    flip(name, offset, 0x5A);
  }

  /** Flips these bits of one byte, durably. Done twice, nothing has happened. */
  synchronized void flip(String name, int offset, int bits) {
    Content content = content(name);
    content.bytes[offset] ^= (byte) bits;
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

  /** Another disk with what this one shows, all of it durable. */
  synchronized SimStorage copy() {
    SimStorage copy = new SimStorage();
    names.forEach((name, content) -> copy.replace(name, bytes(name)));
    return copy;
  }

  /** The power fails; the storage can be used again at once, and refuses nothing. */
  public synchronized void crash(SplittableRandom decides) {
    IdentityHashMap<Content, Integer> survivors = new IdentityHashMap<>();
    for (NameChange change : unsyncedNames) {
      survivors.merge(change.content, 1, Integer::sum);
    }
    boolean inOrder = decides.nextBoolean();
    int survivingNames = decides.nextInt(unsyncedNames.size() + 1);
    for (int i = 0; i < unsyncedNames.size(); i++) {
      NameChange change = unsyncedNames.get(i);
      if (inOrder ? i < survivingNames : survives(change, survivors, decides)) {
        change.apply(durableNames);
      }
    }
    unsyncedNames.clear();
    names.clear();
    names.putAll(durableNames);
    double survival = new double[] {0, 0.3, 0.7, 0.95, 1}[decides.nextInt(5)];
    for (String name : new TreeSet<>(names.keySet())) {
      content(name).crash(decides, survival);
    }
    fault = null;
    restart();
  }

  /** Once a change of a file is lost, all later ones of that file are. */
  private static boolean survives(
      NameChange change, IdentityHashMap<Content, Integer> survivors, SplittableRandom decides) {
    if (survivors.containsKey(change.content) && decides.nextBoolean()) {
      survivors.remove(change.content);
    }
    return survivors.containsKey(change.content);
  }

  /**
   * The process ends in the middle of what it does; the power stays on. What was lost by a failed
   * force but is still shown may be forgotten now.
   */
  public synchronized void kill(SplittableRandom decides) {
    for (String name : new TreeSet<>(names.keySet())) {
      if (decides.nextBoolean()) {
        content(name).evict();
      }
    }
    restart();
  }

  private void restart() {
    generation++;
    refusals = 0;
    failingOnce.clear();
    slowClock = null;
    operationsLeft = Long.MAX_VALUE;
  }

  @Override
  public synchronized StorageFile open(String name) throws IOException {
    operation();
    Content content = names.get(name);
    if (content == null) {
      refuse(Fault.WRITES);
      content = new Content();
      names.put(name, content);
      unsyncedNames.add(new NameChange(content, null, name));
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
    refuse(Fault.WRITES);
    if (names.containsKey(to)) {
      throw new IOException("file exists: " + to);
    }
    Content content = content(from);
    names.put(to, content);
    names.remove(from);
    unsyncedNames.add(new NameChange(content, from, to));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    operation();
    refuse(Fault.WRITES);
    Content content = content(name);
    names.remove(name);
    unsyncedNames.add(new NameChange(content, name, null));
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    operation();
    refuse(Fault.FORCES);
    unsyncedNames.forEach(change -> change.apply(durableNames));
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

  /** A file got another name, or its first, or lost its last. */
  private record NameChange(Content content, @Nullable String from, @Nullable String to) {
    void apply(Map<String, Content> directory) {
      if (from != null && directory.get(from) == content) {
        directory.remove(from);
      }
      if (to != null) {
        directory.put(to, content);
      }
    }
  }

  private static final class Write {
    final int at;
    final byte[] bytes;

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

    /** Whether it shows what no force will save. */
    private boolean showsLost;

    void grow(int to) {
      if (to > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(to, bytes.length * 2));
        durable = Arrays.copyOf(durable, bytes.length);
      }
      length = Math.max(length, to);
    }

    void write(int at, byte[] what) {
      grow(at + what.length);
      System.arraycopy(what, 0, bytes, at, what.length);
      unforced.add(new Write(at, what));
    }

    void force() {
      for (Write write : unforced) {
        System.arraycopy(write.bytes, 0, durable, write.at, write.bytes.length);
        durableLength = Math.max(durableLength, write.at + write.bytes.length);
      }
      unforced.clear();
    }

    void failToForce(SplittableRandom random) {
      double survival = random.nextBoolean() ? 0 : random.nextDouble();
      int fate = random.nextInt(3);
      for (Write write : unforced) {
        survive(write, random, survival, false);
      }
      if (fate > 0) {
        unforced.clear();
        showsLost = true;
      }
      if (fate > 1) {
        evict();
      }
    }

    /** Shows no more than what is durable or can become so. */
    void evict() {
      if (showsLost) {
        showsLost = false;
        System.arraycopy(durable, 0, bytes, 0, bytes.length);
        length = durableLength;
        for (Write write : unforced) {
          grow(write.at + write.bytes.length);
          System.arraycopy(write.bytes, 0, bytes, write.at, write.bytes.length);
        }
      }
    }

    void crash(SplittableRandom random, double survival) {
      for (int i = 0; i < unforced.size(); i++) {
        boolean last = i == unforced.size() - 1;
        survive(unforced.get(i), random, survival, last && random.nextBoolean());
      }
      unforced.clear();
      showsLost = false;
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
        takeTime();
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
        boolean refused = isRefused(Fault.WRITES);
        byte[] bytes = new byte[refused ? random.nextInt(from.remaining()) : from.remaining()];
        from.get(bytes);
        long more = Math.max(0, at + bytes.length - content.length);
        if (more > 0 && usedBytes() + more > capacityBytes) {
          throw new IOException("simulated: no space left on device");
        }
        if (bytes.length > 0) {
          content.write((int) at, bytes);
        }
        if (refused) {
          throw refusal();
        }
        operation(); // when the power goes off now, part of the write may survive
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (SimStorage.this) {
        check();
        operation();
        if (isRefused(Fault.FORCES)) {
          content.failToForce(random);
          throw refusal();
        }
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
