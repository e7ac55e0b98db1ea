package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages with a group-id (AMQP 1.0 §3.2.4): one consumer, in order, while it lives. */
final class MessageGroupTest {
  private final QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);

  @Test
  void groupStaysWithItsConsumer() {
    fixture.consumer("a", 9);
    fixture.consumer("b", 9);
    for (int number = 1; number <= 6; number++) {
      fixture.enqueueGrouped(number, number % 2 == 0 ? "even" : "odd");
    }
    fixture.dispatch();
    assertThat(fixture.numbersOf("a")).containsExactly(1, 3, 5);
    assertThat(fixture.numbersOf("b")).containsExactly(2, 4, 6);
  }

  @Test
  void messagesWithoutGroupTakeTurnsAsBefore() {
    fixture.consumer("a", 9);
    fixture.consumer("b", 9);
    fixture.enqueueGrouped(1, "g");
    fixture.enqueueGrouped(2, "");
    fixture.enqueueGrouped(3, "");
    fixture.enqueueGrouped(4, "g");
    fixture.dispatch();
    assertThat(fixture.numbersOf("a")).containsExactly(1, 3, 4);
    assertThat(fixture.numbersOf("b")).containsExactly(2);
  }

  @Test
  void groupWhoseConsumerHasNoCreditHoldsNobodyUp() {
    Consumer a = fixture.consumer("a", 1);
    fixture.consumer("b", 9);
    fixture.enqueueGrouped(1, "g");
    fixture.enqueueGrouped(2, "g");
    fixture.enqueueGrouped(3, "h");
    fixture.enqueueGrouped(4, "");
    fixture.dispatch();
    assertThat(fixture.numbersOf("a")).containsExactly(1);
    assertThat(fixture.numbersOf("b")).containsExactly(3, 4);
    fixture.queue.credit(a, 5);
    fixture.dispatch();
    assertThat(fixture.numbersOf("a")).containsExactly(1, 2);
  }

  @Test
  void returnedMessageComesBeforeLaterOnesOfItsGroup() {
    Consumer a = fixture.consumer("a", 1);
    fixture.consumer("b", 9);
    fixture.enqueueGrouped(1, "g");
    fixture.enqueueGrouped(2, "g");
    fixture.dispatch();
    fixture.settle(0, Outcome.RELEASED);
    fixture.queue.credit(a, 5);
    fixture.dispatch();
    assertThat(fixture.numbersOf("a")).containsExactly(1, 1, 2);
    assertThat(fixture.numbersOf("b")).isEmpty();
  }

  @Test
  void groupGoesToAnotherWhenItsConsumerLeaves() {
    Consumer a = fixture.consumer("a", 2);
    fixture.consumer("b", 9);
    fixture.consumer("c", 9);
    for (int number = 1; number <= 4; number++) {
      fixture.enqueueGrouped(number, "g");
    }
    fixture.dispatch();
    assertThat(fixture.numbersOf("a")).containsExactly(1, 2);
    fixture.queue.detach(a, false, fixture.nowMs);
    fixture.dispatch();
    List<Integer> rest = new ArrayList<>(fixture.numbersOf("b"));
    rest.addAll(fixture.numbersOf("c"));
    assertThat(rest).containsExactly(1, 2, 3, 4);
  }

  @Test
  void theLastConsumerGetsEverythingInOrder() {
    Consumer a = fixture.consumer("a", 2);
    fixture.consumer("b", 9);
    for (int number = 1; number <= 4; number++) {
      fixture.enqueueGrouped(number, "g");
    }
    fixture.dispatch();
    fixture.queue.detach(a, false, fixture.nowMs);
    fixture.dispatch();
    assertThat(fixture.numbersOf("b")).containsExactly(1, 2, 3, 4);
  }

  @Test
  void whatTheOnlyConsumerHoldsIsItsGroupWhenASecondComes() {
    fixture.consumer("a", 1);
    fixture.enqueueGrouped(1, "g");
    fixture.enqueueGrouped(2, "g");
    fixture.dispatch();
    fixture.consumer("b", 9);
    fixture.dispatch();
    assertThat(fixture.numbersOf("b")).isEmpty();
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
  }

  @Test
  void newcomerGetsItsShareOfIdleGroups() {
    fixture.consumer("a", 100);
    fixture.consumer("b", 100);
    round(1);
    fixture.consumer("c", 100);
    round(2);
    assertThat(owned("a", 2)).hasSize(4);
    assertThat(owned("b", 2)).hasSize(4);
    assertThat(owned("c", 2)).hasSize(4);
    round(3);
    for (String name : List.of("a", "b", "c")) {
      assertThat(owned(name, 3)).isEqualTo(owned(name, 2));
    }
  }

  /** One message for each of twelve groups, settled at once. */
  private void round(int round) {
    for (int group = 0; group < 12; group++) {
      fixture.enqueueGrouped(round * 100 + group, "g" + group);
    }
    int first = fixture.checkouts.size();
    fixture.dispatchAll();
    for (int i = first; i < fixture.checkouts.size(); i++) {
      fixture.settle(i, Outcome.ACCEPTED);
    }
  }

  private List<Integer> owned(String name, int round) {
    return fixture.numbersOf(name).stream()
        .filter(number -> number / 100 == round)
        .map(number -> number % 100)
        .sorted()
        .toList();
  }

  @Test
  void busyGroupMovesWhenItsConsumerHasSettledWhatItHolds() {
    fixture.consumer("a", 100);
    fixture.consumer("b", 100);
    for (int number = 1; number <= 4; number++) {
      fixture.enqueueGrouped(number, "g" + number);
    }
    fixture.dispatch();
    fixture.consumer("c", 100);
    for (int number = 11; number <= 14; number++) {
      fixture.enqueueGrouped(number, "g" + (number - 10));
    }
    fixture.dispatchAll();
    // Four groups for three consumers: two each is even enough.
    assertThat(fixture.numbersOf("c")).isEmpty();
    fixture.consumer("d", 100);
    for (int number = 21; number <= 24; number++) {
      fixture.enqueueGrouped(number, "g" + (number - 20));
    }
    fixture.dispatchAll();
    assertThat(fixture.queue.counters().ready()).isEqualTo(2);
    while (fixture.queue.counters().ready() > 0) {
      settleAll();
      assertThat(fixture.queue.hasMore()).isTrue();
      fixture.dispatchAll();
    }
    for (String name : List.of("a", "b", "c", "d")) {
      assertThat(fixture.numbersOf(name)).as(name).isNotEmpty();
    }
  }

  private void settleAll() {
    for (int i = 0; i < fixture.checkouts.size(); i++) {
      fixture.settle(i, Outcome.ACCEPTED);
    }
  }

  @Test
  void onlyConsumersWhoseFilterMatchesHaveAPartOfAGroup() {
    fixture.divisible("even", 2, 9);
    fixture.divisible("third", 3, 9);
    for (int number = 1; number <= 9; number++) {
      fixture.enqueueGrouped(number, "g");
    }
    fixture.dispatch();
    assertThat(fixture.numbersOf("even")).containsExactly(2, 4, 6, 8);
    assertThat(fixture.numbersOf("third")).containsExactly(3, 9);
    assertThat(fixture.queue.counters().ready()).isEqualTo(3);
  }

  @Test
  void presettledConsumerKeepsItsGroup() {
    fixture.consumer("a", 0, true, 9);
    fixture.consumer("b", 0, true, 9);
    for (int number = 1; number <= 5; number++) {
      fixture.enqueueGrouped(number, "g");
    }
    fixture.dispatch();
    assertThat(fixture.numbersOf("a")).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void browserIsNotAConsumerToGroups() {
    fixture.consumer("a", 9);
    fixture.browser("b", 9);
    fixture.enqueueGrouped(1, "g");
    fixture.dispatch();
    fixture.consumer("c", 9);
    assertThat(fixture.numbersOf("b")).isEmpty();
    assertThat(fixture.numbersOf("a")).containsExactly(1);
  }

  @Test
  void tableForgetsTheGroupIdleForLongest() {
    MessageGroups groups = new MessageGroups(3);
    Consumer a = new Consumer(0, true, "a");
    a.attached = true;
    for (long hash = 1; hash <= 3; hash++) {
      groups.delivered(groups.assign(hash, a), checkoutOf(a));
    }
    MessageGroup one = groups.first(1);
    assertThat(one).isNotNull();
    if (one != null) {
      groups.delivered(one, checkoutOf(a));
    }
    groups.assign(4, a);
    assertThat(groups.size()).isEqualTo(3);
    assertThat(groups.first(2)).isNull();
    assertThat(groups.first(1)).isSameAs(one);
    assertThat(a.groups).isEqualTo(3);
  }

  @Test
  void tableGrowsBeyondItsBoundWhileAllAreBusy() {
    MessageGroups groups = new MessageGroups(3);
    Consumer a = new Consumer(0, false, "a");
    a.attached = true;
    for (long hash = 1; hash <= 200; hash++) {
      groups.delivered(groups.assign(hash, a), checkoutOf(a));
    }
    assertThat(groups.size()).isEqualTo(200);
    for (long hash = 1; hash <= 200; hash++) {
      MessageGroup group = groups.first(hash);
      assertThat(group == null ? 0 : group.hash).isEqualTo(hash);
    }
  }

  @Test
  void tableKeepsABusyGroupThoughItsNewConsumerSettlesAtOnce() {
    MessageGroups groups = new MessageGroups(2);
    Consumer former = new Consumer(0, false, "former");
    former.attached = true;
    MessageGroup busy = groups.assign(1, former);
    groups.delivered(busy, checkoutOf(former));
    // A transaction holds what it had, so that it is not requeued when the consumer leaves.
    former.attached = false;
    groups.left(former);
    Consumer presettled = new Consumer(0, true, "presettled");
    presettled.attached = true;
    groups.delivered(groups.assign(1, presettled), checkoutOf(presettled));
    groups.delivered(busy, checkoutOf(presettled));
    groups.assign(2, presettled);
    groups.assign(3, presettled);
    assertThat(groups.first(1)).isSameAs(busy);
    assertThat(groups.first(2)).isNull();
    assertThat(groups.size()).isEqualTo(2);
  }

  private static Checkout checkoutOf(Consumer consumer) {
    return new Checkout(
        consumer, 0, 0, ReadyChunk.NEVER, null, QueueFixture.message(1, 10, -1, 0), Attempts.NONE);
  }
}
