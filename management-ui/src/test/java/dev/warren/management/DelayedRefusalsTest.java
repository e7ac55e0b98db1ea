package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many wrong guesses of one address wait, and that another's are not kept by them. */
class DelayedRefusalsTest {
  private static final int HOUR_MS = 3_600_000;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger told = new AtomicInteger();

  @AfterEach
  void close() {
    RunningServer.await(vertx.close());
  }

  private DelayedRefusals fullFor(String address, long delayMs) {
    DelayedRefusals refusals = new DelayedRefusals(vertx, delayMs);
    for (int i = 0; i < DelayedRefusals.WAITING_OF_ADDRESS_MAX; i++) {
      refusals.later(vertx.getOrCreateContext(), address, 0, told::incrementAndGet);
    }
    return refusals;
  }

  @Test
  void anAddressWithManyWaitingIsFullAndNoOther() {
    DelayedRefusals refusals = fullFor("10.0.0.1", HOUR_MS);

    assertThat(refusals.isFullFor("10.0.0.1")).isTrue();
    assertThat(refusals.isFullFor("10.0.0.2")).isFalse();
    assertThat(told).hasValue(0);
  }

  @Test
  void itIsHeardAgainOnceTheyHaveBeenTold() {
    DelayedRefusals refusals = fullFor("10.0.0.1", 20);

    Awaitility.await().until(() -> told.get() == DelayedRefusals.WAITING_OF_ADDRESS_MAX);
    assertThat(refusals.isFullFor("10.0.0.1")).isFalse();
  }

  @Test
  void whatWasAskedLongAgoIsToldAtOnce() {
    DelayedRefusals refusals = new DelayedRefusals(vertx, HOUR_MS);
    refusals.later(vertx.getOrCreateContext(), "10.0.0.1", HOUR_MS, told::incrementAndGet);

    Awaitility.await().until(() -> told.get() == 1);
    assertThat(refusals.isFullFor("10.0.0.1")).isFalse();
  }
}
