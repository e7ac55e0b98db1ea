package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.BrokerFixture.Sender;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.PublishRate;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import java.nio.file.Path;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's publish rate: what credit there is, and when there is some again. */
class PublishRateTest {
  private static final int UNLIMITED = UserLimits.UNLIMITED;
  private static final int PARKED_MAX = 1000;

  @TempDir Path directory;
  private int sent;

  private BrokerFixture limited(long messages, long octets) {
    return BrokerFixture.in(directory)
        .queue("q")
        .publishRate(new PublishRate(messages, octets))
        .open();
  }

  private void send(Sender sender, int count, int bytes) {
    for (int i = 0; i < count; i++) {
      MessageHeader transientOne = MessageHeader.of(false, -1, -1);
      sender.send(BrokerFixture.message("", "q", "x".repeat(bytes), transientOne), "m" + sent++);
    }
  }

  @Test
  void withoutARateTheRoomIsWhatTheJournalAndTheConfirmsLeave() {
    try (BrokerFixture broker = limited(UNLIMITED, UNLIMITED)) {
      Sender sender = broker.sender(0);
      send(sender, 500, 10);
      assertThat(sender.publisher.room()).isEqualTo(PARKED_MAX);
    }
  }

  @Test
  void aSecondsWorthMayComeAtOnceAndThenItIsWaitedFor() {
    try (BrokerFixture broker = limited(100, UNLIMITED)) {
      Sender sender = broker.sender(0);
      assertThat(sender.publisher.room()).isEqualTo(100);
      send(sender, 100, 10);
      assertThat(sender.publisher.room()).isZero();

      broker.pass(49);
      assertThat(sender.roomTold).isZero();
      broker.pass(1);
      assertThat(sender.roomTold).isEqualTo(1);
      assertThat(sender.publisher.room()).isEqualTo(5);
    }
  }

  @Test
  void whatWasPublishedBeyondTheRateIsWaitedForToo() {
    try (BrokerFixture broker = limited(100, UNLIMITED)) {
      Sender sender = broker.sender(0);
      send(sender, 300, 10);
      for (int i = 0; i < 20; i++) {
        assertThat(sender.publisher.room()).as("after %s ms", i * 100).isZero();
        broker.pass(100);
      }
      broker.pass(100);
      assertThat(sender.publisher.room()).isEqualTo(10);
    }
  }

  @Test
  void theRateIsOfAllPublishersOfTheUserOnAllLoopsAndOfNobodyElse() {
    try (BrokerFixture broker = limited(100, UNLIMITED)) {
      Sender first = broker.sender(0);
      Sender second = broker.sender(1);
      Sender other = broker.sender(1, "other");
      assertThat(first.publisher.room()).as("half of it").isEqualTo(50);
      send(first, 60, 10);
      send(second, 40, 10);

      assertThat(first.publisher.room()).isZero();
      assertThat(second.publisher.room()).isZero();
      assertThat(other.publisher.room()).isEqualTo(100);
    }
  }

  @Test
  void comingBackOnANewConnectionGainsNothing() {
    try (BrokerFixture broker = limited(100, UNLIMITED)) {
      Sender sender = broker.sender(0);
      send(sender, 100, 10);
      sender.publisher.close();

      assertThat(broker.sender(1).publisher.room()).isZero();
    }
  }

  @Test
  void octetsAreCountedAndTheCreditIsByTheSizeOfLate() {
    try (BrokerFixture broker = limited(UNLIMITED, 1_000_000)) {
      Sender sender = broker.sender(0);
      assertThat(sender.publisher.room()).as("large ones are expected").isEqualTo(15);
      send(sender, 1, 500_000);
      assertThat(sender.publisher.room()).isEqualTo(1);
      send(sender, 1, 600_000);
      assertThat(sender.publisher.room()).isZero();
      broker.pass(90);
      assertThat(sender.publisher.room()).isZero();
      broker.pass(1000);
      assertThat(sender.publisher.room()).isEqualTo(1);
    }
  }

  @Test
  void aChangedRateHoldsForThoseWhoPublishAlready() {
    try (BrokerFixture broker = limited(UNLIMITED, UNLIMITED)) {
      Sender sender = broker.sender(0, "anna");
      assertThat(sender.publisher.room()).isEqualTo(PARKED_MAX);
      change(broker, new PublishRate(10, UNLIMITED));
      assertThat(sender.publisher.room()).isEqualTo(10);
      send(sender, 20, 10);
      assertThat(sender.publisher.room()).isZero();
      change(broker, PublishRate.NONE);
      broker.pass(1000);

      assertThat(sender.roomTold).isEqualTo(1);
      assertThat(sender.publisher.room()).isEqualTo(PARKED_MAX);
    }
  }

  private static void change(BrokerFixture broker, PublishRate rate) {
    User anna =
        User.of("anna", PasswordHash.NONE, Set.of())
            .with(new UserLimits(UNLIMITED, UNLIMITED, rate));
    var done = broker.broker.access().change(Actor.BROKER, new PutUser(anna)).toCompletableFuture();
    broker.runUntil("changed", done::isDone);
  }

  /** Whatever publishers do with their credit, in the long run it is no more than the rate. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void inTheLongRunTheRateHolds(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int perSecond = random.nextInt(1, 2000);
    int publishers = random.nextInt(1, 8);
    try (BrokerFixture broker = limited(perSecond, UNLIMITED)) {
      Sender[] senders = new Sender[publishers];
      for (int i = 0; i < publishers; i++) {
        senders[i] = broker.sender(i % 2);
      }
      int elapsedMs = 0;
      while (elapsedMs < 5000) {
        for (Sender sender : senders) {
          if (random.nextInt(4) > 0) {
            send(sender, sender.publisher.room(), 1);
          }
        }
        int step = random.nextInt(1, 40);
        broker.pass(step);
        elapsedMs += step;
      }
      long allowed = perSecond + (long) perSecond * elapsedMs / 1000 + publishers;
      assertThat((long) sent)
          .as("seed %s, %s/s, %s publishers", seed, perSecond, publishers)
          .isBetween(allowed * 8 / 10 - perSecond / 5 - 2, allowed);
    }
  }
}
