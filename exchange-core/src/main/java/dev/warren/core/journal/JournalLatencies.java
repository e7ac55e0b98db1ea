package dev.warren.core.journal;

import dev.warren.core.time.Histogram;

/**
 * How long the journal takes, in microseconds, since it was opened. Immutable.
 *
 * @param syncs writing a batch and making it durable
 * @param appends from handing over to durable, of the oldest that was in each batch
 */
public record JournalLatencies(Histogram.Counts syncs, Histogram.Counts appends) {
  /** Bounds of both, in microseconds. */
  static Histogram histogram() {
    return new Histogram(
        100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000);
  }
}
