package dev.warren.core.broker;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * The timers of one loop which can be cancelled: one task of the event loop serves them all. Owned
 * by the loop.
 *
 * <p>Separate from {@link BrokerLoop#schedule}, which keeps a task until its time: time-outs of
 * consumers and queues are long, and most are over before they come. Time is the broker's clock.
 */
final class LoopTimers {
  private final BrokerLoop loop;
  private final TreeSet<LoopTimer> byDue =
      new TreeSet<>(
          Comparator.comparingLong((LoopTimer timer) -> timer.dueMs)
              .thenComparingLong(timer -> timer.order));
  private long nextOrder;

  /** When the loop is to wake up, or {@link Long#MAX_VALUE}. */
  private long wakesAtMs = Long.MAX_VALUE;

  LoopTimers(BrokerLoop loop) {
    this.loop = loop;
  }

  /** Sets the timer, anew if it is set; its task runs as part of a tick. */
  void set(LoopTimer timer, long delayMs) {
    cancel(timer);
    long nowMs = loop.nowMs();
    timer.dueMs = delayMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + delayMs;
    timer.order = nextOrder++;
    timer.isSet = true;
    byDue.add(timer);
    arm(nowMs);
  }

  /** The task will not run, unless the timer is set again. */
  void cancel(LoopTimer timer) {
    if (timer.isSet) {
      byDue.remove(timer);
      timer.isSet = false;
    }
  }

  private void arm(long nowMs) {
    if (byDue.isEmpty() || byDue.first().dueMs >= wakesAtMs) {
      return;
    }
    long atMs = byDue.first().dueMs;
    wakesAtMs = atMs;
    loop.schedule(Math.max(1, atMs - nowMs), () -> wake(atMs));
  }

  private void wake(long atMs) {
    if (atMs != wakesAtMs) {
      // An earlier timer was set after this was scheduled, and has seen to the rest.
      return;
    }
    wakesAtMs = Long.MAX_VALUE;
    long nowMs = loop.nowMs();
    while (!byDue.isEmpty() && byDue.first().dueMs <= nowMs) {
      LoopTimer due = byDue.first();
      cancel(due);
      try {
        due.task.run();
      } catch (RuntimeException e) {
        // The timers behind it must still be served.
        BrokerLoop.logFailure("timer", e);
      }
    }
    arm(nowMs);
  }
}
