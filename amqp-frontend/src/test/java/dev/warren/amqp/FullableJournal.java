package dev.warren.amqp;

import dev.warren.core.journal.Journal;
import dev.warren.core.journal.JournalAppender;
import dev.warren.core.journal.JournalLatencies;
import dev.warren.core.journal.JournalStatistics;
import dev.warren.core.journal.RecoveryReport;
import dev.warren.core.journal.RecoveryTarget;
import java.util.function.Consumer;

/** A journal that says it is full, and that there is room again, when a test wants it to. */
final class FullableJournal implements Journal {
  private final Journal journal;
  private volatile State said = State.RUNNING;
  private volatile Consumer<State> listener = state -> {};

  FullableJournal(Journal journal) {
    this.journal = journal;
  }

  /** Says so, as the journal's own thread would. */
  void say(State state) {
    said = state;
    listener.accept(state);
  }

  @Override
  public State state() {
    return said;
  }

  @Override
  public void onStateChange(Consumer<State> wanted) {
    listener = wanted;
  }

  @Override
  public RecoveryReport recover(RecoveryTarget target) {
    return journal.recover(target);
  }

  @Override
  public JournalAppender appender(DurableListener durable) {
    return journal.appender(durable);
  }

  @Override
  public void read(long[] positions, ReadCallback callback) {
    journal.read(positions, callback);
  }

  @Override
  public void topologySource(TopologySource source) {
    journal.topologySource(source);
  }

  @Override
  public JournalStatistics statistics() {
    return journal.statistics();
  }

  @Override
  public JournalLatencies latencies() {
    return journal.latencies();
  }

  @Override
  public void close() {
    journal.close();
  }
}
