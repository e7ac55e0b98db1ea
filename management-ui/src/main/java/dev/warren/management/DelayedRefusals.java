package dev.warren.management;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers to failed logins that wait, by timers: guessing is slow, and nobody else is kept. Beyond
 * a number that wait, answers come at once. Thread-safe.
 */
final class DelayedRefusals {
  private static final int WAITING_MAX = 1_000;

  private final Vertx vertx;
  private final long delayMs;
  private final AtomicInteger waiting = new AtomicInteger();

  DelayedRefusals(Vertx vertx, long delayMs) {
    this.vertx = vertx;
    this.delayMs = delayMs;
  }

  /**
   * Runs the task on this context when the delay has passed since the question came.
   *
   * @param agoMs how long ago that was
   */
  void later(Context context, long agoMs, Runnable task) {
    long leftMs = delayMs - agoMs;
    if (leftMs < 1) {
      context.runOnContext(nothing -> task.run());
      return;
    }
    if (waiting.incrementAndGet() > WAITING_MAX) {
      waiting.decrementAndGet();
      context.runOnContext(nothing -> task.run());
      return;
    }
    context.runOnContext(
        nothing -> {
          var unused =
              vertx.setTimer(
                  leftMs,
                  timer -> {
                    waiting.decrementAndGet();
                    task.run();
                  });
        });
  }
}
