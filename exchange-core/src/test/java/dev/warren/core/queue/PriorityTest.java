package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Levels of a queue (contract §5.3). */
final class PriorityTest {
  private static QueueFixture with(Priorities priorities) {
    return new QueueFixture(QueueOptions.DEFAULTS.toBuilder().priorities(priorities).build());
  }

  private static List<String> delivered(QueueFixture fixture) {
    fixture.consumer("a", 100);
    fixture.dispatch();
    return fixture.effects();
  }

  @Test
  void higherLevelsComeFirstAndEqualOnesInTheirOrder() {
    QueueFixture fixture = with(Priorities.upTo(10));
    fixture.enqueueWithPriority(1, 0);
    fixture.enqueueWithPriority(2, 5);
    fixture.enqueueWithPriority(3, 9);
    fixture.enqueueWithPriority(4, 5);
    fixture.enqueueWithPriority(5, 0);
    assertThat(delivered(fixture))
        .containsExactly("deliver 3 a", "deliver 2 a", "deliver 4 a", "deliver 1 a", "deliver 5 a");
  }

  @Test
  void valuesAboveTheHighestLevelCountAsThatLevelAndAbsentOnesAsZero() {
    QueueFixture fixture = with(Priorities.upTo(3));
    fixture.enqueueWithPriority(1, -1);
    fixture.enqueueWithPriority(2, 0);
    fixture.enqueueWithPriority(3, 3);
    fixture.enqueueWithPriority(4, 200);
    assertThat(delivered(fixture))
        .containsExactly("deliver 3 a", "deliver 4 a", "deliver 1 a", "deliver 2 a");
  }

  @Test
  void aQuorumQueueHasLevelsTo31AndAbsentIsFour() {
    QueueFixture fixture = with(Priorities.QUORUM);
    fixture.enqueueWithPriority(1, 3);
    fixture.enqueueWithPriority(2, -1);
    fixture.enqueueWithPriority(3, 4);
    fixture.enqueueWithPriority(4, 31);
    fixture.enqueueWithPriority(5, 255);
    fixture.enqueueWithPriority(6, 5);
    assertThat(delivered(fixture))
        .containsExactly(
            "deliver 4 a",
            "deliver 5 a",
            "deliver 6 a",
            "deliver 2 a",
            "deliver 3 a",
            "deliver 1 a");
  }

  @Test
  void withoutLevelsPrioritiesMeanNothing() {
    QueueFixture fixture = with(Priorities.NONE);
    fixture.enqueueWithPriority(1, 0);
    fixture.enqueueWithPriority(2, 9);
    assertThat(delivered(fixture)).containsExactly("deliver 1 a", "deliver 2 a");
  }

  @Test
  void aReturnedMessageGoesToItsPlaceWithinItsLevel() {
    QueueFixture fixture = with(Priorities.upTo(2));
    fixture.enqueueWithPriority(1, 1);
    fixture.enqueueWithPriority(2, 1);
    Consumer consumer = fixture.consumer("a", 1);
    fixture.dispatch();
    fixture.enqueueWithPriority(3, 2);
    fixture.settle(0, Outcome.RELEASED);
    fixture.effects();
    fixture.queue.credit(consumer, 9);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 3 a", "deliver 1 a 0/1", "deliver 2 a");
  }

  @Test
  void recoveredMessagesAreInTheirLevels() {
    QueueFixture fixture = with(Priorities.upTo(2));
    fixture.recoverWithPriority(1, 0);
    fixture.recoverWithPriority(2, 2);
    fixture.recoverWithPriority(3, 1);
    fixture.consumer("a", 9);
    fixture.dispatch();
    fixture.load();
    assertThat(fixture.effects())
        .containsExactly("load 3", "deliver 2 a", "deliver 3 a", "deliver 1 a");
  }

  @Test
  void aDeepHigherLevelOnDiskIsReadBeforeTheRestAndALowerOneAfterwards() {
    QueueFixture fixture = with(new Priorities(2, 1));
    int each = 2 * ColdReads.MESSAGES_MAX;
    for (int i = 1; i <= each; i++) {
      fixture.recoverWithPriority(i, 0);
      fixture.recoverWithPriority(each + i, 1);
      fixture.recoverWithPriority(2 * each + i, 2);
    }
    fixture.consumer("a", 10_000);
    fixture.dispatch();
    while (fixture.isLoading()) {
      fixture.load();
    }
    List<Integer> numbers =
        fixture.checkouts.stream().map(c -> QueueFixture.number(c.message())).toList();
    List<Integer> expected = new java.util.ArrayList<>();
    for (int level = 2; level >= 0; level--) {
      for (int i = 1; i <= each; i++) {
        expected.add(level * each + i);
      }
    }
    assertThat(numbers).isEqualTo(expected);
  }

  @Test
  void whatIsTooMuchIsDroppedAtTheHeadWhateverItsLevel() {
    QueueFixture fixture =
        new QueueFixture(
            QueueFixture.options(QueueOptions.Overflow.DROP_HEAD, 1, -1).toBuilder()
                .priorities(Priorities.upTo(2))
                .build());
    fixture.enqueueWithPriority(1, 2);
    fixture.enqueueWithPriority(2, 0);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deadLetter 1 maxlen 0", "removed 1");
  }
}
