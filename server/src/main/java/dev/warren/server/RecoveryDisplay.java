package dev.warren.server;

import dev.warren.core.journal.RecoveryProgress;
import dev.warren.core.time.BrokerClock;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how far a recovery is: a bar on a terminal, otherwise a line in the log now and then.
 * Nothing for one that is over at once. Owned by the starting thread.
 */
final class RecoveryDisplay implements RecoveryProgress {
  private static final Logger LOG = LoggerFactory.getLogger(RecoveryDisplay.class);
  private static final long BAR_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LINE_EVERY_NS = TimeUnit.SECONDS.toNanos(2);
  private static final int BAR_LENGTH = 30;

  private final PrintStream out;
  private final boolean isTerminal;
  private final BrokerClock clock;
  private long shownNs;
  private boolean drawn;

  RecoveryDisplay(PrintStream out, boolean isTerminal, BrokerClock clock) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.clock = clock;
    this.shownNs = clock.nanoTime();
  }

  @Override
  public void read(int segments, int of, long records) {
    if (segments == of) {
      end();
      return;
    }
    long now = clock.nanoTime();
    if (now - shownNs < (isTerminal ? BAR_EVERY_NS : LINE_EVERY_NS)) {
      return;
    }
    shownNs = now;
    if (isTerminal) {
      drawn = true;
      int full = (int) ((long) segments * BAR_LENGTH / of);
      out.print(
          "\r  recovering [%s%s] %d of %d segments, %s records"
              .formatted(
                  "#".repeat(full),
                  ".".repeat(BAR_LENGTH - full),
                  segments,
                  of,
                  String.format(Locale.ROOT, "%,d", records)));
      out.flush();
    } else {
      LOG.info("recovering segments={} of={} records={}", segments, of, records);
    }
  }

  /** Leaves an empty line for what comes next. */
  private void end() {
    if (drawn) {
      out.print("\r" + " ".repeat(100) + "\r");
      out.flush();
    }
  }
}
