package dev.warren.core.journal;

import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A journal on a simulated disk, all of it on the test's thread. */
final class JournalFixture {
  final SimStorage storage;
  final SimClock clock = new SimClock();
  final RecordingTarget target;
  final FileJournal journal;
  final RecoveryReport report;
  final List<Long> confirmed = new ArrayList<>();
  final List<Journal.State> states = new ArrayList<>();
  final JournalAppender appender;

  JournalFixture() {
    this(new SimStorage());
  }

  JournalFixture(SimStorage storage) {
    this(storage, new RecordingTarget());
  }

  JournalFixture(SimStorage storage, RecordingTarget target) {
    this(storage, target, Runnable::run);
  }

  JournalFixture(SimStorage storage, RecordingTarget target, Executor readers) {
    this(storage, target, FileJournal.Threads.callers(readers));
  }

  JournalFixture(SimStorage storage, RecordingTarget target, FileJournal.Threads threads) {
    this(storage, target, threads, JournalSimulation.OPTIONS);
  }

  JournalFixture(SimStorage storage, JournalOptions options) {
    this(storage, new RecordingTarget(), FileJournal.Threads.callers(), options);
  }

  private JournalFixture(
      SimStorage storage,
      RecordingTarget target,
      FileJournal.Threads threads,
      JournalOptions options) {
    this.storage = storage;
    this.target = target;
    journal = new FileJournal(storage, options, clock, threads, null);
    report = journal.recover(target);
    journal.onStateChange(states::add);
    appender = journal.appender(confirmed::add);
  }

  static Message message(String text, int bytes) {
    byte[] body = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), bytes);
    return new Message(
        Envelope.of("exchange", "key"),
        MessageHeader.of(true, 4, 5000),
        new byte[] {1, 2},
        ByteSlice.of(body),
        77);
  }

  static StoredMessage stored(String text, int bytes, long... queueIds) {
    return StoredMessage.journalled(message(text, bytes), queueIds);
  }

  /** Appends, flushes and steps the writer until nothing waits. */
  StoredMessage store(String text, int bytes, long... queueIds) {
    StoredMessage stored = stored(text, bytes, queueIds);
    if (appender.append(stored) == JournalAppender.NO_ROOM) {
      throw new AssertionError("no room");
    }
    work();
    return stored;
  }

  void settle(long queueId, StoredMessage stored) {
    if (!stored.settleUnwritten()) {
      appender.settled(queueId, stored);
    }
  }

  void settle(RecoveryTarget.RecoveredMessage message) {
    appender.settled(message.queueId(), message.position(), message.sizeBytes());
  }

  void work() {
    appender.flush();
    journal.writer().drain();
  }

  /** The same, with enough time in between for what is synced late. */
  void workAndSync() {
    work();
    clock.advanceMs(150);
    journal.writer().drain();
  }

  @Nullable Message read(long position) {
    List<@Nullable Message> found = new ArrayList<>();
    journal.read(
        new long[] {position},
        (messages, failure) -> {
          if (failure != null) {
            throw failure;
          }
          found.add(messages[0]);
        });
    return found.get(0);
  }
}
