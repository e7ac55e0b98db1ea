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
import dev.warren.core.queue.Attempts;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.ColdLoad;
import dev.warren.core.queue.Consumer;
import dev.warren.core.queue.DeathReason;
import dev.warren.core.queue.Outcome;
import dev.warren.core.queue.PayloadBudget;
import dev.warren.core.queue.QueueEffects;
import dev.warren.core.queue.QueueOptions;
import dev.warren.core.queue.QueueState;
import dev.warren.core.time.BrokerClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How fast a queue is drained whose messages are on disk, beside one whose messages are in memory:
 * a queue and a journal, without network. Arguments: messages (200000), bytes of each (1024),
 * rounds (5). The directory is made under {@code -Djournal.dir}, by default the system's directory
 * for temporary files. Give it {@code -Xmx1g}: one of the two keeps all its messages in memory.
 */
public final class BacklogDrain implements QueueEffects {
  private static final long QUEUE_ID = 1;
  private static final long[] QUEUES = {QUEUE_ID};
  private static final int CREDIT = 1000;
  private static final int BATCH = 256;

  private final FileJournal journal;
  private final JournalAppender appender;
  private final QueueState queue;
  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final List<Checkout> delivered = new ArrayList<>();
  private long drained;

  private BacklogDrain(FileJournal journal, PayloadBudget budget) {
    this.journal = journal;
    this.appender = journal.appender(sequence -> tasks.add(() -> {}));
    this.queue = new QueueState(QueueOptions.DEFAULTS, budget, this);
  }

  /** Runs the rounds and prints messages a second. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int messages = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
    int bytes = args.length > 1 ? Integer.parseInt(args[1]) : 1024;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    System.out.println("round  in memory/s   on disk/s  ratio   loads");
    for (int round = 1; round <= rounds; round++) {
      long[] loads = new long[1];
      double warm = run(messages, bytes, false, loads);
      double cold = run(messages, bytes, true, loads);
      System.out.printf("%5d %12.0f %11.0f %6.2f %7d%n", round, warm, cold, cold / warm, loads[0]);
    }
  }

  private static double run(int messages, int bytes, boolean onDisk, long[] loads)
      throws IOException, InterruptedException {
    String parent = System.getProperty("journal.dir", System.getProperty("java.io.tmpdir"));
    Path directory = Files.createTempDirectory(Path.of(parent), "backlog-drain");
    try (FileJournal journal =
        FileJournal.open(directory, JournalOptions.DEFAULTS, BrokerClock.system())) {
      journal.recover(new NothingThere());
      BacklogDrain drain = new BacklogDrain(journal, new PayloadBudget(Long.MAX_VALUE));
      drain.fill(messages, bytes);
      if (onDisk) {
        drain.queue.trim();
      }
      double seconds = drain.drain(messages);
      loads[0] = drain.queue.counters().coldLoads();
      return messages / seconds;
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private void fill(int messages, int bytes) throws InterruptedException {
    List<StoredMessage> unwritten = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      StoredMessage stored =
          StoredMessage.journalled(
              new Message(
                  Envelope.of("exchange", "key"),
                  MessageHeader.DURABLE,
                  new byte[0],
                  ByteSlice.of(new byte[bytes]),
                  1),
              QUEUES);
      appender.appendAlways(stored);
      queue.enqueue(stored, 1);
      unwritten.add(stored);
      if (unwritten.size() == BATCH || i == messages - 1) {
        appender.flush();
        for (StoredMessage one : unwritten) {
          while (one.position() == StoredMessage.NO_POSITION) {
            tasks.take().run();
          }
        }
        unwritten.clear();
      }
    }
  }

  /** Takes everything; returns the seconds taken. */
  private double drain(int messages) throws InterruptedException {
    Consumer consumer = new Consumer(0, false, this);
    queue.attach(consumer);
    long start = System.nanoTime();
    queue.credit(consumer, CREDIT);
    queue.dispatch(1);
    while (drained < messages) {
      if (delivered.isEmpty()) {
        tasks.take().run();
      }
      settle(consumer);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private void settle(Consumer consumer) {
    int count = delivered.size();
    for (int i = 0; i < count; i++) {
      queue.settle(delivered.get(i), Outcome.ACCEPTED, 1);
    }
    delivered.clear();
    drained += count;
    appender.flush();
    queue.credit(consumer, count);
    queue.dispatch(1);
  }

  @Override
  public void deliver(Checkout checkout) {
    delivered.add(checkout);
  }

  @Override
  public void removed(@Nullable StoredMessage stored, long position, int sizeBytes) {
    if (stored == null) {
      appender.settled(QUEUE_ID, position, sizeBytes);
    } else if (!stored.settleUnwritten()) {
      appender.settled(QUEUE_ID, stored);
    }
  }

  @Override
  public void load(ColdLoad load) {
    journal.read(
        load.positions(),
        (messages, failure) ->
            tasks.add(
                () -> {
                  if (failure != null) {
                    throw failure;
                  }
                  queue.loaded(load, messages, 1);
                }));
  }

  @Override
  public void active(Consumer consumer, boolean active) {}

  @Override
  public void drained(Consumer consumer) {}

  @Override
  public void counted(@Nullable StoredMessage stored, long position, Attempts attempts) {}

  @Override
  public StoredMessage replaced(
      @Nullable StoredMessage stored, long position, int sizeBytes, Message changed) {
    throw new IllegalStateException("nothing is changed here");
  }

  @Override
  public void deadLetter(Message message, DeathReason reason, int deliveryCount) {}

  private static final class NothingThere implements RecoveryTarget {
    @Override
    public void onTopologyReset() {}

    @Override
    public void onTopologyChange(byte[] change) {}

    @Override
    public void onTopologyComplete(boolean cleanShutdown) {}

    @Override
    public boolean onMessage(RecoveredMessage message) {
      return false;
    }
  }
}
