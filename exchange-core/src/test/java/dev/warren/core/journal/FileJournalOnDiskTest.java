package dev.warren.core.journal;

import static dev.warren.core.journal.JournalFixture.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.time.BrokerClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The journal with its own threads on a real directory. */
@Timeout(60)
class FileJournalOnDiskTest {
  private static final JournalOptions OPTIONS =
      new JournalOptions(256 << 10, 1 << 20, 64 << 10, 256, 2);

  @TempDir Path directory;

  private FileJournal open() {
    return FileJournal.open(directory, OPTIONS, BrokerClock.system());
  }

  /** Waits until a listener has been told a sequence. */
  private static final class Confirmations implements Journal.DurableListener {
    private final Phaser told = new Phaser(1);
    private final AtomicLong highest = new AtomicLong();

    @Override
    public void onDurable(long sequence) {
      highest.set(sequence);
      told.arrive();
    }

    void await(long sequence) {
      int phase = told.getPhase();
      while (highest.get() < sequence) {
        told.awaitAdvance(phase);
        phase = told.getPhase();
      }
    }
  }

  @Test
  void keepsMessagesOfSeveralThreadsOverARestart() throws Exception {
    RecordingTarget before = new RecordingTarget();
    List<StoredMessage> all = new ArrayList<>();
    try (FileJournal journal = open()) {
      journal.recover(before);
      List<CompletableFuture<List<StoredMessage>>> threads = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        int queue = thread;
        threads.add(CompletableFuture.supplyAsync(() -> produce(journal, queue)));
      }
      for (CompletableFuture<List<StoredMessage>> thread : threads) {
        all.addAll(thread.get(50, TimeUnit.SECONDS));
      }
    }
    RecordingTarget after = new RecordingTarget();
    try (FileJournal journal = open()) {
      RecoveryReport report = journal.recover(after);
      assertThat(report.cleanShutdown()).isTrue();
      assertThat(after.messages).hasSize(all.size());
      for (int queue = 0; queue < 3; queue++) {
        long id = queue;
        assertThat(after.positions(id))
            .containsExactlyElementsOf(
                all.stream()
                    .filter(message -> message.queueIds()[0] == id)
                    .map(StoredMessage::position)
                    .toList());
      }
      assertThat(readAll(journal, all)).containsExactlyElementsOf(messages(all));
      assertThat(journal.statistics().messagesRead()).isEqualTo(all.size());
    }
  }

  private static List<StoredMessage> produce(FileJournal journal, long queue) {
    Confirmations confirmations = new Confirmations();
    JournalAppender appender = journal.appender(confirmations);
    List<StoredMessage> kept = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      StoredMessage message = stored("m" + i, 700, queue);
      long sequence = appender.append(message);
      appender.flush();
      if (i % 20 == 0) {
        confirmations.await(sequence);
      }
      if (i % 3 == 0) {
        kept.add(message);
      } else if (!message.settleUnwritten()) {
        appender.settled(queue, message);
      }
      if (i == 599) {
        appender.flush();
        confirmations.await(sequence);
      }
    }
    return kept;
  }

  private static List<Message> messages(List<StoredMessage> stored) {
    return stored.stream().map(StoredMessage::message).toList();
  }

  private static List<@Nullable Message> readAll(FileJournal journal, List<StoredMessage> stored)
      throws Exception {
    List<@Nullable Message> read = new ArrayList<>();
    for (int from = 0; from < stored.size(); from += 256) {
      long[] positions =
          stored.subList(from, Math.min(stored.size(), from + 256)).stream()
              .mapToLong(StoredMessage::position)
              .toArray();
      CompletableFuture<@Nullable Message[]> done = new CompletableFuture<>();
      journal.read(
          positions,
          (messages, failure) -> {
            if (failure == null) {
              done.complete(messages);
            } else {
              done.completeExceptionally(failure);
            }
          });
      read.addAll(java.util.Arrays.asList(done.get(30, TimeUnit.SECONDS)));
    }
    return read;
  }

  @Test
  void closingIsIdempotentAndGivesTheDirectoryBack() {
    FileJournal journal = open();
    journal.recover(new RecordingTarget());
    journal.close();
    journal.close();
    try (FileJournal again = open()) {
      assertThat(again.recover(new RecordingTarget()).cleanShutdown()).isTrue();
    }
  }

  @Test
  void aSecondUserOfTheDirectoryIsRefusedAndToldWhoHasIt() {
    try (FileJournal journal = open()) {
      journal.recover(new RecordingTarget());
      assertThatThrownBy(this::open)
          .isInstanceOf(DataDirectoryLockedException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("pid=" + ProcessHandle.current().pid());
    }
  }
}
