package dev.warren.core.journal;

import dev.warren.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * The append-only log of records, source of truth for everything durable. It takes effects, not
 * commands: nothing behind this port decides anything.
 *
 * <p>Life cycle: create, {@link #recover} once, then {@link #appender} for each producing thread,
 * {@link #close} at the end. Thread-safe but for what {@link JournalAppender} says of itself.
 */
public interface Journal extends AutoCloseable {

  /**
   * Replays what the log holds, then opens it for appending. Blocks; call once, before anything
   * else, on the starting thread. {@code target} is called on that thread.
   *
   * @return what was found
   * @throws CorruptJournalException if a record in the middle of the log is damaged; names file and
   *     offset. Nothing is cut or deleted then.
   * @throws JournalException if files cannot be read or created
   */
  RecoveryReport recover(RecoveryTarget target);

  /**
   * A producer's own way in. Each producing thread has one, and only it may use it.
   *
   * @param listener told on the writer thread, after each sync that covered something of this
   *     appender; it must only hand over to its own thread
   */
  JournalAppender appender(DurableListener listener);

  /**
   * Reads messages back, on a reader thread, in the order given; consecutive positions are read in
   * one go. Never blocks the caller. Requests are read in turns of at most {@link
   * JournalOptions#readBatchMax} positions, so that a large one does not hold up the others.
   *
   * @param positions positions of {@code MessageStored} records; not copied
   * @param callback called once on the reader thread
   */
  void read(long[] positions, ReadCallback callback);

  /** Whether it takes messages. Changes are told to the listener of {@link #onStateChange}. */
  State state();

  /** Sets the one listener for changes of {@link #state}; called on the writer thread. */
  void onStateChange(java.util.function.Consumer<State> listener);

  /**
   * What the journal writes into a fresh segment when the last topology snapshot is about to be
   * freed. Called on the writer thread; the source must answer from immutable snapshots, without
   * waiting.
   *
   * <p>The snapshot replaces everything before it, so a change must be visible in the source before
   * it is flushed to the journal. It may be repeated after the snapshot: replaying a change which
   * is in force does nothing. Without a source the oldest topology record is never freed.
   */
  void topologySource(TopologySource source);

  /** Figures for the operator; thread-safe, each value read on its own. */
  JournalStatistics statistics();

  /** How long it takes; thread-safe. */
  JournalLatencies latencies();

  /** Writes and syncs what was handed over, then closes the files. Idempotent. */
  @Override
  void close();

  /** What the journal can do at the moment. */
  enum State {
    /** Everything is taken. */
    RUNNING,
    /** No room for another segment: messages wait, settlements go on, it retries by itself. */
    FULL,
    /** A write or sync failed; nothing is confirmed any more until a restart. */
    FAILED
  }

  /** Told how far an appender's records are durable. */
  @FunctionalInterface
  interface DurableListener {
    /**
     * Everything this appender appended with a sequence up to this one survives a crash (or was
     * settled before it was written and needs not).
     */
    void onDurable(long sequence);
  }

  /** Receives what {@link #read} found. */
  @FunctionalInterface
  interface ReadCallback {
    /**
     * Called once on the reader thread.
     *
     * @param messages one for each position asked for, null where the segment has been recycled
     * @param failure why nothing could be read, or null; then {@code messages} is empty
     */
    void onRead(@Nullable Message[] messages, @Nullable JournalException failure);
  }

  /** Supplies the whole topology as encoded changes; see {@link Journal#topologySource}. */
  @FunctionalInterface
  interface TopologySource {
    /** Changes which, replayed in order on an empty broker, give the present topology. */
    Iterable<byte[]> snapshot();
  }
}
