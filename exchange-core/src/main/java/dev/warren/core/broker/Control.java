package dev.warren.core.broker;

import dev.warren.core.journal.Journal;
import dev.warren.core.journal.JournalAppender;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes topology. {@link #submit} may be called by any thread; {@link
 * #append} only from within what was submitted. An answer completes when the journal has what it
 * changed.
 */
final class Control implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Control.class);
  private static final long CLOSE_SECONDS = 5;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "warren-control");
            thread.setDaemon(true);
            return thread;
          });
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private @Nullable JournalAppender appender;
  private long lastAppended;
  private long durable;

  private record Waiting(long sequence, Runnable answer) {}

  /** Connects it to the journal, after recovery and before anything is submitted. */
  void start(Journal journal) {
    appender = journal.appender(this::durableOnWriterThread);
  }

  private void durableOnWriterThread(long sequence) {
    try {
      thread.execute(() -> durableUpTo(sequence));
    } catch (RejectedExecutionException e) {
      // The broker is closing: nobody waits for answers any more, and the journal must go on.
      LOG.debug("a topology change became durable while closing sequence={}", sequence);
    }
  }

  /** Runs a change and answers with what it returns, when that is durable. */
  <T> CompletionStage<T> submit(Supplier<T> change) {
    return submitLater(answer -> answer.complete(change.get()));
  }

  /** The same for a change which answers by itself. */
  <T> CompletionStage<T> submitLater(Consumer<CompletableFuture<T>> change) {
    CompletableFuture<T> durableAnswer = new CompletableFuture<>();
    thread.execute(
        () -> {
          CompletableFuture<T> answer = new CompletableFuture<>();
          try {
            change.accept(answer);
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
          flush();
          var unused =
              answer.whenComplete((value, failure) -> finish(durableAnswer, value, failure));
        });
    return durableAnswer;
  }

  private <T> void finish(
      CompletableFuture<T> answer, @Nullable T value, @Nullable Throwable failure) {
    if (failure != null) {
      answer.completeExceptionally(failure);
      return;
    }
    thread.execute(() -> whenDurable(() -> answer.complete(value)));
  }

  private void whenDurable(Runnable answer) {
    if (lastAppended <= durable) {
      answer.run();
    } else {
      waiting.add(new Waiting(lastAppended, answer));
    }
  }

  private void durableUpTo(long sequence) {
    durable = sequence;
    while (!waiting.isEmpty() && waiting.peek().sequence() <= sequence) {
      waiting.remove().answer().run();
    }
  }

  /** Appends a topology record; on the control thread. */
  void append(byte[] record) {
    if (appender == null) {
      throw new IllegalStateException("the control thread has no journal yet");
    }
    lastAppended = appender.topology(record);
  }

  private void flush() {
    if (appender != null) {
      appender.flush();
    }
  }

  /** Runs something again and again on the control thread. */
  void every(long periodMs, Runnable task) {
    var unused =
        thread.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                BrokerLoop.logFailure("control", e);
              }
            },
            periodMs,
            periodMs,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
