package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.BrokerFixture.Receiver;
import dev.warren.core.broker.BrokerFixture.Sender;
import dev.warren.core.broker.QueueInspector.Change;
import dev.warren.core.broker.QueueInspector.Mended;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import dev.warren.core.queue.QueuePage;
import dev.warren.core.queue.QueuedMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator sees in a queue, and how he mends it. */
@SuppressWarnings("NullAway") // a missing message shall fail the test
class QueueInspectorTest {
  @TempDir Path directory;

  private static <T> T await(BrokerFixture broker, CompletionStage<T> stage) {
    var future = stage.toCompletableFuture();
    broker.runUntil("the answer", future::isDone);
    return future.join();
  }

  private static QueueInspector inspector(BrokerFixture broker, String queue) {
    return broker.host().inspector(queue).orElseThrow();
  }

  private static List<QueuedMessage> allReady(BrokerFixture broker, String queue, int pageSize) {
    List<QueuedMessage> all = new ArrayList<>();
    QueuePage page = await(broker, inspector(broker, queue).ready(0, pageSize));
    all.addAll(page.messages());
    while (page.next() != QueuePage.END) {
      page = await(broker, inspector(broker, queue).ready(page.next(), pageSize));
      all.addAll(page.messages());
    }
    return all;
  }

  private static List<String> bodies(List<QueuedMessage> messages) {
    return messages.stream().map(m -> BrokerFixture.body(m.message())).toList();
  }

  private static Change moveTo(String queue, QueuedMessage seen) {
    Message message = seen.message();
    return new Change(seen.id(), message, Readdressed.to(Envelope.of("", queue), message, 5), true);
  }

  private static void fill(BrokerFixture broker, String queue, int count) {
    Sender sender = broker.sender(0);
    for (int i = 0; i < count; i++) {
      sender.send("", queue, "m" + i);
    }
    broker.runUntil("confirms", () -> sender.outcomes.size() == count);
  }

  @Test
  void pagesShowEveryReadyMessageOnceInOrderAndChangeNothing() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      fill(broker, "q", 250);
      var before = broker.host().queueInfo("q").orElseThrow().figures();
      List<QueuedMessage> seen = allReady(broker, "q", 7);
      assertThat(bodies(seen)).hasSize(250).startsWith("m0", "m1").endsWith("m248", "m249");
      assertThat(broker.host().queueInfo("q").orElseThrow().figures()).isEqualTo(before);
      Checkout next = broker.receiver(1, "q").take();
      assertThat(BrokerFixture.body(next.message())).isEqualTo("m0");
      assertThat(next.acquiredCount()).isZero();
      assertThat(next.isRedelivered()).isFalse();
    }
  }

  @Test
  void messagesThatAreOnlyOnDiskAreShownToo() {
    BrokerFixture first = BrokerFixture.in(directory).queue("q").open();
    fill(first, "q", 100);
    first.close();
    try (BrokerFixture again = BrokerFixture.in(directory).queue("q").open()) {
      assertThat(bodies(allReady(again, "q", 30))).hasSize(100).startsWith("m0", "m1");
    }
  }

  @Test
  void messagesAreShownInTheOrderOfTheirPriorities() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory).queue("q", Map.of("x-max-priority", 9L)).open()) {
      Sender sender = broker.sender(0);
      for (int priority : new int[] {1, 5, 1, 9, 5}) {
        MessageHeader header = MessageHeader.of(true, priority, -1);
        sender.send(
            BrokerFixture.message("", "q", priority + "/" + sender.outcomes.size(), header),
            String.valueOf(sender.outcomes.size()));
        broker.runUntil("confirm", () -> sender.publisher.parked() == 0);
      }
      assertThat(bodies(allReady(broker, "q", 2)).stream().map(b -> b.charAt(0)))
          .containsExactly('9', '5', '5', '1', '1');
    }
  }

  @Test
  void unsettledMessagesAreShownWithWhoHoldsThem() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      fill(broker, "q", 5);
      Receiver receiver = broker.receiver(1, "q");
      receiver.credit(3);
      broker.runUntil("deliveries", () -> receiver.deliveries.size() == 3);
      broker.clock.advanceMs(2500);
      QueuePage page = await(broker, inspector(broker, "q").unsettled(0, 2));
      assertThat(bodies(page.messages())).containsExactly("m0", "m1");
      QueueInspector.Holder holder = QueueInspector.holder(page.messages().get(0)).orElseThrow();
      assertThat(holder.consumerTag()).isEqualTo("tag");
      assertThat(holder.heldMs()).isGreaterThanOrEqualTo(2500);
      QueuePage rest = await(broker, inspector(broker, "q").unsettled(page.next(), 2));
      assertThat(bodies(rest.messages())).containsExactly("m2");
      assertThat(rest.next()).isEqualTo(QueuePage.END);
      assertThat(bodies(allReady(broker, "q", 10))).containsExactly("m3", "m4");
    }
  }

  @Test
  void chosenMessagesAreMovedInOneTransactionAndSurviveARestart() {
    BrokerFixture first = BrokerFixture.in(directory).queue("q").queue("to").open();
    fill(first, "q", 10);
    List<QueuedMessage> seen = allReady(first, "q", 100);
    Mended mended =
        await(
            first,
            inspector(first, "q")
                .mend(List.of(moveTo("to", seen.get(2)), moveTo("to", seen.get(7))), "guest"));
    assertThat(mended).isEqualTo(new Mended(2, 0, 0));
    first.close();
    try (BrokerFixture again = BrokerFixture.in(directory).queue("q").queue("to").open()) {
      assertThat(bodies(allReady(again, "to", 10))).containsExactly("m2", "m7");
      assertThat(bodies(allReady(again, "q", 10)))
          .containsExactly("m0", "m1", "m3", "m4", "m5", "m6", "m8", "m9");
    }
  }

  @Test
  void aCopyLeavesTheMessageAndADeletionLeavesNothing() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").queue("to").open()) {
      fill(broker, "q", 3);
      List<QueuedMessage> seen = allReady(broker, "q", 100);
      Change copy =
          new Change(
              seen.get(0).id(),
              seen.get(0).message(),
              Readdressed.to(Envelope.of("", "to"), seen.get(0).message(), 5),
              false);
      Change deletion = new Change(seen.get(1).id(), seen.get(1).message(), null, true);
      assertThat(await(broker, inspector(broker, "q").mend(List.of(copy, deletion), "guest")))
          .isEqualTo(new Mended(2, 0, 0));
      assertThat(bodies(allReady(broker, "q", 10))).containsExactly("m0", "m2");
      assertThat(bodies(allReady(broker, "to", 10))).containsExactly("m0");
    }
  }

  @Test
  void whatCannotBeRoutedStaysAsItWas() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      fill(broker, "q", 2);
      List<QueuedMessage> seen = allReady(broker, "q", 100);
      assertThat(
              await(
                  broker,
                  inspector(broker, "q").mend(List.of(moveTo("missing", seen.get(0))), "guest")))
          .isEqualTo(new Mended(0, 0, 1));
      List<QueuedMessage> after = allReady(broker, "q", 100);
      assertThat(bodies(after)).containsExactly("m0", "m1");
      assertThat(after.get(0).acquiredCount()).isZero();
    }
  }

  @Test
  void aMessageThatAConsumerGotMeanwhileIsNotTakenFromIt() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").queue("to").open()) {
      fill(broker, "q", 2);
      List<QueuedMessage> seen = allReady(broker, "q", 100);
      Receiver receiver = broker.receiver(1, "q");
      Checkout taken = receiver.take();
      assertThat(
              await(
                  broker,
                  inspector(broker, "q")
                      .mend(
                          List.of(moveTo("to", seen.get(0)), moveTo("to", seen.get(1))), "guest")))
          .isEqualTo(new Mended(1, 1, 0));
      receiver.settle(taken, Outcome.ACCEPTED);
      assertThat(broker.host().queueInfo("q").orElseThrow().figures().ready()).isZero();
      assertThat(bodies(allReady(broker, "to", 10))).containsExactly("m1");
    }
  }

  @Test
  void aFullTargetRefusesAllOfThemAndNothingIsLost() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory)
            .queue("q")
            .queue("to", Map.of("x-max-length", 1L, "x-overflow", "reject-publish"))
            .open()) {
      fill(broker, "q", 3);
      List<QueuedMessage> seen = allReady(broker, "q", 100);
      var answer =
          inspector(broker, "q")
              .mend(seen.stream().map(m -> moveTo("to", m)).toList(), "guest")
              .toCompletableFuture();
      broker.runUntil("the answer", answer::isDone);
      assertThat(answer).isCompletedExceptionally();
      broker.runAll();
      assertThat(bodies(allReady(broker, "q", 10))).containsExactly("m0", "m1", "m2");
      assertThat(allReady(broker, "to", 10)).isEmpty();
    }
  }

  @Test
  void aPausedQueueTakesMessagesAndGivesNoneUntilItIsResumedEvenAfterARestart() {
    BrokerFixture first = BrokerFixture.in(directory).queue("q").open();
    await(first, first.host().by(Actor.BROKER).pause("q", true));
    fill(first, "q", 3);
    Receiver waiting = first.receiver(1, "q");
    waiting.credit(10);
    first.runAll();
    assertThat(waiting.deliveries).isEmpty();
    waiting.subscription.drain();
    waiting.loop.endTick();
    first.runUntil("the answer to the drain", () -> waiting.drained == 1);
    first.close();
    try (BrokerFixture again = BrokerFixture.in(directory).queue("q").open()) {
      assertThat(again.host().queueInfo("q").orElseThrow().paused()).isTrue();
      Receiver receiver = again.receiver(1, "q");
      receiver.credit(10);
      again.runAll();
      assertThat(receiver.deliveries).isEmpty();
      await(again, again.host().by(Actor.BROKER).pause("q", false));
      again.runUntil("deliveries", () -> receiver.deliveries.size() == 3);
    }
  }

  /** Everything is somewhere once, whatever consumers and the operator do at the same time. */
  @Test
  void movingBackAndForthBesideConsumersLosesAndDoublesNothing() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      try (BrokerFixture broker =
          BrokerFixture.in(directory.resolve("s" + seed)).queue("a").queue("b").open()) {
        fill(broker, "a", 60);
        List<String> consumed = new ArrayList<>();
        Receiver receiver = broker.receiver(1, "a");
        for (int step = 0; step < 30; step++) {
          String from = random.nextBoolean() ? "a" : "b";
          String to = from.equals("a") ? "b" : "a";
          List<Change> changes =
              allReady(broker, from, 1 + random.nextInt(20)).stream()
                  .filter(any -> random.nextInt(3) == 0)
                  .map(seen -> moveTo(to, seen))
                  .toList();
          var mended = inspector(broker, from).mend(changes, "guest");
          if (broker.host().queueInfo("a").orElseThrow().figures().ready() > 0
              && random.nextInt(3) == 0) {
            receiver.credit(1);
          }
          await(broker, mended);
          broker.runAll();
          settleSome(random, receiver, consumed);
        }
        receiver.deliveries.forEach(d -> consumed.add(BrokerFixture.body(d.message())));
        List<String> all = new ArrayList<>(consumed);
        all.addAll(bodies(allReady(broker, "a", 50)));
        all.addAll(bodies(allReady(broker, "b", 50)));
        assertThat(all).as("seed " + seed).hasSize(60).doesNotHaveDuplicates();
      }
    }
  }

  private static void settleSome(Random random, Receiver receiver, List<String> consumed) {
    for (Checkout held : List.copyOf(receiver.deliveries)) {
      if (random.nextBoolean()) {
        boolean accepted = random.nextBoolean();
        receiver.deliveries.remove(held);
        receiver.settle(held, accepted ? Outcome.ACCEPTED : Outcome.RELEASED);
        if (accepted) {
          consumed.add(BrokerFixture.body(Objects.requireNonNull(held.message())));
        }
      }
    }
  }
}
