package dev.warren.benchmarks;

import dev.warren.core.journal.FileJournal;
import dev.warren.core.journal.Journal;
import dev.warren.core.journal.JournalAppender;
import dev.warren.core.journal.JournalOptions;
import dev.warren.core.journal.RecoveryReport;
import dev.warren.core.journal.RecoveryTarget;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.time.BrokerClock;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * How long a recovery takes. {@code fill DIR MESSAGES BYTES [HISTORY]} writes so many messages of
 * one queue which stay, each after HISTORY others that are settled once they are durable; {@code
 * recover DIR} reads a journal as a start does, and says how long that took. Each in a process of
 * its own, so that nothing is warm but perhaps the page cache; {@code scripts/recovery} empties
 * that.
 */
public final class RecoveryTool {
  private static final long[] QUEUES = {1};
  private static final int UNCONFIRMED_MAX = 4096;

  private final PrintStream out;
  private volatile long durable;

  private RecoveryTool(PrintStream out) {
    this.out = out;
  }

  /** Runs one of the commands. */
  public static void main(String[] arguments) throws IOException {
    RecoveryTool tool = new RecoveryTool(System.out);
    if (arguments.length >= 4 && arguments[0].equals("fill")) {
      int history = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 0;
      tool.fill(
          Path.of(arguments[1]),
          Integer.parseInt(arguments[2]),
          Integer.parseInt(arguments[3]),
          history);
    } else if (arguments.length == 2 && arguments[0].equals("recover")) {
      tool.recover(Path.of(arguments[1]));
    } else {
      System.err.println("RecoveryTool fill DIR MESSAGES BYTES [HISTORY] | recover DIR");
      System.exit(64);
    }
  }

  private void fill(Path directory, int messages, int bytes, int history) throws IOException {
    FileJournal journal =
        FileJournal.open(directory, JournalOptions.DEFAULTS, BrokerClock.system());
    journal.recover(new Counting());
    JournalAppender appender = journal.appender(sequence -> durable = sequence);
    Message message =
        new Message(
            Envelope.of("exchange", "key"),
            MessageHeader.DURABLE,
            new byte[0],
            ByteSlice.of(new byte[bytes]),
            1);
    List<StoredMessage> passing = new ArrayList<>();
    long total = (long) messages * (1 + history);
    long sequence = 0;
    for (long i = 1; i <= total; i++) {
      StoredMessage stored = StoredMessage.journalled(message, QUEUES);
      sequence = append(journal, appender, stored);
      if (i % (1 + history) != 0) {
        passing.add(stored);
      }
      if (i % UNCONFIRMED_MAX == 0) {
        awaitDurable(appender, sequence);
        passing.forEach(each -> appender.settled(QUEUES[0], each));
        passing.clear();
      }
    }
    awaitDurable(appender, sequence);
    awaitSummaries(directory, journal.statistics().segments());
    out.println("filled segments=" + journal.statistics().segments());
    journal.close();
  }

  private static long append(FileJournal journal, JournalAppender appender, StoredMessage stored) {
    long sequence;
    while ((sequence = appender.append(stored)) == JournalAppender.NO_ROOM) {
      if (journal.state() == Journal.State.FAILED) {
        throw new IllegalStateException("the journal failed");
      }
      appender.flush();
      LockSupport.parkNanos(100_000);
    }
    return sequence;
  }

  private void awaitDurable(JournalAppender appender, long sequence) {
    appender.flush();
    while (durable < sequence) {
      LockSupport.parkNanos(20_000);
    }
  }

  /** Those of all but the newest segments, as in a broker which has been idle for a moment. */
  private static void awaitSummaries(Path directory, int segments) throws IOException {
    int wanted = segments - JournalOptions.DEFAULTS.spareSegmentsMax() - 3;
    long giveUpNs = System.nanoTime() + 60_000_000_000L;
    while (summaries(directory) < wanted && System.nanoTime() < giveUpNs) {
      LockSupport.parkNanos(50_000_000);
    }
  }

  private static long summaries(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".idx")).count();
    }
  }

  private void recover(Path directory) {
    Counting target = new Counting();
    FileJournal journal =
        FileJournal.open(directory, JournalOptions.DEFAULTS, BrokerClock.system());
    RecoveryReport report = journal.recover(target);
    journal.close();
    out.printf(
        "recovered ms=%d live=%d records=%d segments=%d summaries=%d%n",
        report.tookMs(),
        report.liveMessages(),
        report.records(),
        report.segments(),
        report.summaries());
    if (target.messages != report.liveMessages()) {
      throw new IllegalStateException("told " + target.messages);
    }
  }

  /** Takes everything and keeps nothing. */
  private static final class Counting implements RecoveryTarget {
    private long messages;

    @Override
    public void onTopologyReset() {}

    @Override
    public void onTopologyChange(byte[] change) {}

    @Override
    public void onTopologyComplete(boolean cleanShutdown) {}

    @Override
    public boolean onMessage(RecoveredMessage message) {
      messages++;
      return true;
    }
  }
}
