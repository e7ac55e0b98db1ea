package dev.warren.management;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers to failed logins that wait, by timers: guessing is slow, and nobody else is kept. An
 * address for which many wait is not heard until some of them have been given. Thread-safe.
 */
final class DelayedRefusals {
  /** For all addresses; beyond it answers come at once. */
  static final int WAITING_MAX = 10_000;

  static final int WAITING_OF_ADDRESS_MAX = 50;

  private final Vertx vertx;
  private final long delayMs;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ConcurrentMap<String, Integer> byAddress = new ConcurrentHashMap<>();

  DelayedRefusals(Vertx vertx, long delayMs) {
    this.vertx = vertx;
    this.delayMs = delayMs;
  }

  /** Whether so many wait for this address that its next login is not looked at. */
  boolean isFullFor(String address) {
    return byAddress.getOrDefault(address, 0) >= WAITING_OF_ADDRESS_MAX;
  }

  /**
   * Runs the task on this context when the delay has passed since the question came.
   *
   * @param address whose login failed
   * @param agoMs how long ago the question came
   */
  void later(Context context, String address, long agoMs, Runnable task) {
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
    byAddress.merge(address, 1, Integer::sum);
    context.runOnContext(
        nothing -> {
          var unused =
              vertx.setTimer(
                  leftMs,
                  timer -> {
                    end(address);
                    task.run();
                  });
        });
  }

  private void end(String address) {
    waiting.decrementAndGet();
    var unused = byAddress.computeIfPresent(address, (key, now) -> now > 1 ? now - 1 : null);
  }
}
