package dev.warren.core.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last messages that no queue got: at most {@link #KEPT_MAX}, older ones are forgotten.
 * Thread-safe and without locks, since every loop that routes adds to it.
 */
public final class UnroutableMessages {
  /** So many are kept. */
  public static final int KEPT_MAX = 256;

  private final AtomicReferenceArray<Entry> ring = new AtomicReferenceArray<>(KEPT_MAX);
  private final AtomicLong count = new AtomicLong();

  /**
   * A message that no queue got.
   *
   * @param sequence rises with each
   * @param atMs milliseconds since the epoch
   * @param bindings how many bindings the exchange had, or {@link #NO_EXCHANGE}
   * @param from who sent it
   */
  public record Entry(
      long sequence,
      long atMs,
      String virtualHost,
      String exchange,
      String routingKey,
      int bindings,
      Origin from) {
    /** What {@link #bindings} says if there is no exchange. */
    public static final int NO_EXCHANGE = -1;
  }

  /**
   * Who sent it.
   *
   * @param name of the user, or of the queue whose dead letter it is
   * @param deadLetter whether a queue sent it, and it is lost
   * @param presettled whether the publisher has not been told
   */
  public record Origin(String name, boolean deadLetter, boolean presettled) {}

  void add(VirtualHost host, dev.warren.core.message.Message message, long atMs, Origin from) {
    String exchange = message.envelope().exchange();
    var source = host.topology().exchange(exchange);
    add(
        new Entry(
            count.getAndIncrement(),
            atMs,
            host.name(),
            exchange,
            message.envelope().routingKey(),
            source == null ? Entry.NO_EXCHANGE : source.bindingCount(),
            from));
  }

  private void add(Entry entry) {
    ring.set((int) (entry.sequence() % KEPT_MAX), entry);
  }

  /** Those that are kept, newest first. */
  public List<Entry> newestFirst() {
    List<Entry> kept = new ArrayList<>();
    for (int i = 0; i < KEPT_MAX; i++) {
      Entry entry = ring.get(i);
      if (entry != null) {
        kept.add(entry);
      }
    }
    kept.sort(Comparator.comparingLong(Entry::sequence).reversed());
    return kept;
  }
}
