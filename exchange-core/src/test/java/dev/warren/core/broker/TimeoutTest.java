package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.BrokerFixture.Receiver;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens by itself when time passes: unused queues go, messages held too long come back. */
@SuppressWarnings("NullAway") // a missing annotation shall fail the test
class TimeoutTest {
  private static final long MINUTES_30 = 1_800_000;

  @TempDir Path directory;

  private static boolean exists(BrokerFixture broker) {
    broker.runAll();
    return broker.host().queue("q").isPresent();
  }

  private static BrokerFixture expiring(Path directory) {
    return BrokerFixture.in(directory).queue("q", Map.of("x-expires", 60_000L)).open();
  }

  @Test
  void aQueueNobodyUsesIsDeletedWithItsMessages() {
    try (BrokerFixture broker = expiring(directory)) {
      broker.sender(0).sendAndConfirm("", "q", "a");
      broker.pass(59_999);
      assertThat(exists(broker)).isTrue();
      broker.pass(1);
      broker.runUntil("deleted", () -> broker.host().queue("q").isEmpty());
    }
  }

  @Test
  void aConsumerKeepsAQueueAndItsTimeBeginsWhenTheLastOneHasLeft() {
    try (BrokerFixture broker = expiring(directory)) {
      Receiver receiver = broker.receiver(1, "q");
      broker.pass(200_000);
      assertThat(exists(broker)).isTrue();
      receiver.subscription.close(false);
      receiver.loop.endTick();
      broker.pass(59_999);
      assertThat(exists(broker)).isTrue();
      broker.pass(1);
      broker.runUntil("deleted", () -> broker.host().queue("q").isEmpty());
    }
  }

  @Test
  void declaringAQueueAgainBeginsItsTimeAnew() {
    try (BrokerFixture broker = expiring(directory)) {
      broker.pass(59_999);
      var again =
          broker
              .host()
              .by(Actor.BROKER)
              .declareQueue(QueueDeclaration.durable("q", Map.of("x-expires", 60_000L)))
              .toCompletableFuture();
      broker.runUntil("declared again", again::isDone);
      broker.pass(59_999);
      assertThat(exists(broker)).isTrue();
      broker.pass(1);
      broker.runUntil("deleted", () -> broker.host().queue("q").isEmpty());
    }
  }

  @Test
  void theTimeOfAQueueBeginsAnewWithARestart() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      var declared =
          broker
              .host()
              .by(Actor.BROKER)
              .declareQueue(QueueDeclaration.durable("q", Map.of("x-expires", 60_000L)))
              .toCompletableFuture();
      broker.runUntil("declared", declared::isDone);
      broker.pass(50_000);
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      broker.pass(59_999);
      assertThat(exists(broker)).isTrue();
      broker.pass(1);
      broker.runUntil("deleted", () -> broker.host().queue("q").isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aMessageHeldForHalfAnHourGoesBackAndTheConsumerIsTold(int loop) {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      Receiver receiver = broker.receiver(loop, "q");
      broker.sender(0).sendAndConfirm("", "q", "a");
      Checkout held = receiver.take();
      broker.pass(MINUTES_30 - 1);
      assertThat(receiver.timedOut).isEmpty();
      broker.pass(1);
      assertThat(receiver.timedOut).containsExactly(held);
      Checkout again = receiver.take();
      assertThat(again.deliveryCount()).isZero();
      assertThat(again.acquiredCount()).isEqualTo(1);
      receiver.settle(held, Outcome.ACCEPTED);
      receiver.settle(again, Outcome.ACCEPTED);
      broker.pass(MINUTES_30);
      assertThat(receiver.timedOut).hasSize(1);
    }
  }

  @Test
  void whatIsSettledInTimeIsNotTakenBackAndYoungerOnesHaveTheirOwnTime() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      Receiver receiver = broker.receiver(1, "q");
      broker.sender(0).sendAndConfirm("", "q", "a");
      broker.sender(0).sendAndConfirm("", "q", "b");
      Checkout first = receiver.take();
      broker.pass(1_000_000);
      Checkout second = receiver.take();
      receiver.settle(first, Outcome.ACCEPTED);
      broker.pass(1_000_000);
      assertThat(receiver.timedOut).isEmpty();
      broker.pass(800_000);
      assertThat(receiver.timedOut).containsExactly(second);
    }
  }

  @Test
  void theQueueNamesTheTimeAndTheConsumerMayNameAnother() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory).queue("q", Map.of("x-consumer-timeout", 5_000L)).open()) {
      Receiver patient =
          broker.receiver(0, Subscription.Request.of("q", 7, "tag").withConsumerTimeoutMs(20_000));
      Receiver plain = broker.receiver(0, "q");
      Receiver never =
          broker.receiver(0, Subscription.Request.of("q", 7, "tag").withConsumerTimeoutMs(0));
      for (String body : new String[] {"a", "b", "c"}) {
        broker.sender(0).sendAndConfirm("", "q", body);
      }
      patient.take();
      plain.take();
      never.take();
      broker.pass(5_000);
      assertThat(plain.timedOut).hasSize(1);
      assertThat(patient.timedOut).isEmpty();
      broker.pass(15_000);
      assertThat(patient.timedOut).hasSize(1);
      broker.pass(MINUTES_30 * 100);
      assertThat(never.timedOut).isEmpty();
    }
  }

  @Test
  void aConsumerThatHasLeftLeavesNoTimerBehind() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      for (int i = 0; i < 10; i++) {
        Receiver receiver = broker.receiver(0, "q");
        broker.sender(0).sendAndConfirm("", "q", "m" + i);
        receiver.take();
        receiver.subscription.close(false);
        receiver.loop.endTick();
        broker.runAll();
      }
      assertThat(broker.waitingTasks()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aDelayedRetryIsDeliveredAgainWhenItsTimeHasCome() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory)
            .queue("q", Map.of("x-delayed-retry-type", "all", "x-delayed-retry-min", 30_000L))
            .open()) {
      Receiver receiver = broker.receiver(1, "q");
      broker.sender(0).sendAndConfirm("", "q", "a");
      receiver.settle(receiver.take(), Outcome.RELEASED);
      receiver.credit(1);
      broker.pass(29_999);
      assertThat(receiver.deliveries).hasSize(1);
      broker.pass(1);
      assertThat(receiver.deliveries).hasSize(2);
    }
  }
}
