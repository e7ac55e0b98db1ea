package dev.warren.benchmarks;

import dev.warren.core.journal.FileJournal;
import dev.warren.core.journal.JournalAppender;
import dev.warren.core.journal.JournalOptions;
import dev.warren.core.journal.RecoveryTarget;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.time.BrokerClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Durable appends a second, 1 KiB each, with so many unconfirmed at a time. Every message is
 * settled once it is confirmed, so that segments are recycled as in a running broker. The directory
 * is made under {@code -Djournal.dir}, by default the system's directory for temporary files; it
 * should be on the disk that is to be measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class JournalAppendBenchmark {
  private static final long[] QUEUES = {1};

  /** Messages which may be unconfirmed. */
  @Param({"1", "100", "1000"})
  private int outstanding;

  private Path directory;
  private FileJournal journal;
  private JournalAppender appender;
  private Message message;
  private StoredMessage[] unconfirmed;
  private long appended;
  private long settled;
  private volatile long durable;
  private volatile Thread waiting;

  /** Opens an empty journal. */
  @Setup
  public void open() throws IOException {
    String parent = System.getProperty("journal.dir", System.getProperty("java.io.tmpdir"));
    directory = Files.createTempDirectory(Path.of(parent), "journal-benchmark");
    journal = FileJournal.open(directory, JournalOptions.DEFAULTS, BrokerClock.system());
    journal.recover(new NothingThere());
    appender = journal.appender(this::onDurable);
    message =
        new Message(
            Envelope.of("exchange", "key"),
            MessageHeader.DURABLE,
            new byte[0],
            ByteSlice.of(new byte[1024]),
            1);
    unconfirmed = new StoredMessage[outstanding];
  }

  /** Closes the journal and removes its files. */
  @TearDown
  public void close() throws IOException {
    journal.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One message; when too many are unconfirmed, waits as an event loop does for its next task. */
  @Benchmark
  public void append() {
    if (appended - durable >= outstanding) {
      appender.flush();
      awaitRoom();
    }
    settleConfirmed();
    StoredMessage stored = StoredMessage.journalled(message, QUEUES);
    long sequence = appender.append(stored);
    if (sequence == JournalAppender.NO_ROOM) {
      throw new IllegalStateException("no room state=" + journal.state());
    }
    appended = sequence;
    unconfirmed[(int) (sequence % outstanding)] = stored;
  }

  private void settleConfirmed() {
    long upTo = durable;
    while (settled < upTo) {
      settled++;
      appender.settled(QUEUES[0], unconfirmed[(int) (settled % outstanding)]);
    }
  }

  private void awaitRoom() {
    waiting = Thread.currentThread();
    while (appended - durable >= outstanding) {
      LockSupport.park(this);
    }
    waiting = null;
  }

  private void onDurable(long sequence) {
    durable = sequence;
    Thread thread = waiting;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  private static final class NothingThere implements RecoveryTarget {
    @Override
    public void onTopologyReset() {}

    @Override
    public void onTopologyChange(byte[] change) {}

    @Override
    public void onTopologyComplete(boolean cleanShutdown) {}

    @Override
    public boolean onMessage(RecoveredMessage recovered) {
      return true;
    }
  }
}
