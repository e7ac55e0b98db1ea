package dev.warren.server.journal;

import java.io.PrintStream;

/** Tells how far a long work has come, a tenth at a time; silent for a short one. */
final class Progress {
  private static final long SHORT = 10_000;

  private final PrintStream to;
  private final String done;
  private final long total;
  private long next;

  Progress(PrintStream to, String done, long total) {
    this.to = to;
    this.done = done;
    this.total = total;
    this.next = total < SHORT ? Long.MAX_VALUE : total / 10;
  }

  void at(long count) {
    if (count >= next) {
      to.println("%s %d of %d".formatted(done, count, total));
      next += total / 10;
    }
  }
}
