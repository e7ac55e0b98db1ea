package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.BrokerFixture.Receiver;
import dev.warren.core.broker.BrokerFixture.Sender;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Symbol;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway") // a missing annotation shall fail the test
class BrokerTest {
  @TempDir Path directory;

  @Test
  void releasesWhenNoQueueIsBound() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory).exchange("x", ExchangeType.DIRECT).open()) {
      assertThat(broker.sender(0).send("x", "k", "a")).isEqualTo(Publisher.Result.RELEASED);
    }
  }

  @Test
  void saysWhenTheExchangeIsMissing() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThat(broker.sender(0).send("no", "k", "a")).isEqualTo(Publisher.Result.NO_EXCHANGE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void confirmsDurableMessagesAndDeliversThemInOrder(int receiverLoop) {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      Sender sender = broker.sender(0);
      Receiver receiver = broker.receiver(receiverLoop, "q");
      receiver.credit(100);
      IntStream.range(0, 50).forEach(i -> sender.send("", "q", "m" + i));
      broker.runUntil("all delivered", () -> receiver.deliveries.size() == 50);
      assertThat(receiver.bodies())
          .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "m" + i).toList());
      broker.runUntil("all confirmed", () -> sender.outcomes.size() == 50);
      assertThat(sender.outcomes.values()).containsOnly("ACCEPTED");
      receiver.deliveries.forEach(d -> receiver.settle(d, Outcome.ACCEPTED));
      broker.runUntil(
          "queue empty",
          () -> broker.broker.management().queue("/", "q").orElseThrow().figures().settled() == 50);
    }
  }

  @Test
  void confirmsTransientMessagesAtOnce() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      assertThat(
              broker
                  .sender(0)
                  .send(BrokerFixture.message("", "q", "t", MessageHeader.TRANSIENT), "t"))
          .isEqualTo(Publisher.Result.ACCEPTED);
    }
  }

  @Test
  void keepsMessagesOverAStopAndAStart() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      Sender sender = broker.sender(1);
      sender.sendAndConfirm("", "q", "a");
      sender.sendAndConfirm("", "q", "b");
      sender.sendAndConfirm("", "q", "c");
      Receiver receiver = broker.receiver(0, "q");
      receiver.settle(receiver.take(), Outcome.ACCEPTED);
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThat(broker.broker.recovery().cleanShutdown()).isTrue();
      Receiver receiver = broker.receiver(0, "q");
      Checkout b = receiver.take();
      assertThat(BrokerFixture.body(b.message())).isEqualTo("b");
      assertThat(b.isRedelivered()).isFalse();
      assertThat(BrokerFixture.body(receiver.take().message())).isEqualTo("c");
    }
  }

  @Test
  void deadLettersWhatIsRejectedWithItsHistory() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory)
            .exchange("dead", ExchangeType.FANOUT)
            .queue("q", Map.of("x-dead-letter-exchange", "dead"))
            .queue("graves")
            .bind("dead", "graves", "")
            .open()) {
      broker.sender(0).sendAndConfirm("", "q", "bad");
      Receiver receiver = broker.receiver(1, "q");
      receiver.settle(receiver.take(), Outcome.REJECTED);
      Checkout dead = broker.receiver(0, "graves").take();
      assertThat(BrokerFixture.body(dead.message())).isEqualTo("bad");
      assertThat(dead.deliveryCount()).isEqualTo(1);
      Map<String, Object> annotations = dead.message().annotationMap();
      assertThat(annotations)
          .containsEntry("x-exchange", "dead")
          .containsEntry("x-first-death-queue", "q")
          .containsEntry("x-last-death-reason", "rejected");
      Map<?, ?> death = (Map<?, ?>) ((List<?>) annotations.get("x-opt-deaths")).get(0);
      assertThat(death.get(new Symbol("count"))).isEqualTo(1L);
      assertThat(death.get(new Symbol("reason"))).isEqualTo(new Symbol("rejected"));
      assertThat(death.get(new Symbol("routing-keys"))).isEqualTo(List.of("q"));
    }
  }

  @Test
  void keepsTheDeliveryCountOfADeadLetterOverARestart() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory)
            .queue("q", Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "graves"))
            .queue("graves")
            .open()) {
      broker.sender(0).sendAndConfirm("", "q", "bad");
      Receiver receiver = broker.receiver(0, "q");
      receiver.settle(receiver.take(), Outcome.REJECTED);
      broker.runUntil(
          "dead-lettered",
          () ->
              broker.broker.management().queue("/", "graves").orElseThrow().figures().ready() == 1);
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThat(broker.receiver(0, "graves").take().deliveryCount()).isEqualTo(1);
      assertThat(broker.broker.management().queue("/", "q").orElseThrow().figures().ready())
          .isZero();
    }
  }

  @Test
  void refusesWhenAFullQueueRejects() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory)
            .queue("q", Map.of("x-max-length", 1L, "x-overflow", "reject-publish"))
            .open()) {
      Sender sender = broker.sender(0);
      sender.sendAndConfirm("", "q", "a");
      sender.sendAndConfirm("", "q", "b");
      assertThat(sender.outcomes)
          .containsEntry("a", "ACCEPTED")
          .containsEntry("b", "REJECTED by q maxlen");
      assertThat(sender.publisher.parked()).isZero();
    }
  }

  @Test
  void redeliversToOthersWhatALostConsumerHeld() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      broker.sender(0).sendAndConfirm("", "q", "a");
      Receiver first = broker.receiver(1, "q");
      first.take();
      first.subscription.close(true);
      first.loop.endTick();
      Checkout again = broker.receiver(0, "q").take();
      assertThat(again.isRedelivered()).isTrue();
      assertThat(again.deliveryCount()).isEqualTo(1);
    }
  }

  @Test
  void tellsConsumersWhenTheirQueueIsDeleted() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      Receiver receiver = broker.receiver(1, "q");
      broker.host().by(Actor.BROKER).deleteQueue("q");
      broker.runUntil("closed", () -> receiver.closed != null);
      assertThat(receiver.closed.error()).isEqualTo(BrokerError.RESOURCE_DELETED);
      assertThat(broker.host().queue("q")).isEmpty();
    }
  }

  @Test
  void refusesOthersAtAnExclusiveQueue() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      var declared =
          broker
              .host()
              .by(Actor.BROKER)
              .declareQueue(new QueueDeclaration("mine", false, false, 99, Map.of()))
              .toCompletableFuture();
      broker.runUntil("declared", declared::isDone);
      Receiver other = broker.receiver(0, "mine");
      assertThat(other.refused.error()).isEqualTo(BrokerError.RESOURCE_LOCKED);
    }
  }

  @Test
  void onlyItsOwnerUnbindsAnExclusiveQueue() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      TopologyEditor editor = broker.host().by(Actor.BROKER);
      var declared =
          editor
              .declareQueue(new QueueDeclaration("mine", false, false, 99, Map.of()))
              .toCompletableFuture();
      broker.runUntil("declared", declared::isDone);
      Binding binding = new Binding("amq.direct", new Destination.QueueName("mine"), "k", Map.of());
      var bound = editor.bind(binding, 99).toCompletableFuture();
      broker.runUntil("bound", bound::isDone);
      var refused = editor.unbind(binding, 98).toCompletableFuture();
      broker.runUntil("refused", refused::isDone);
      assertThat(refused).isCompletedExceptionally();
      var unbound = editor.unbind(binding, 99).toCompletableFuture();
      broker.runUntil("unbound", unbound::isDone);
      assertThat(unbound).isCompletedWithValue(true);
    }
  }

  @Test
  void drainsByReturningUnusedCredit() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      broker.sender(0).sendAndConfirm("", "q", "a");
      broker.runUntil(
          "enqueued",
          () -> broker.broker.management().queue("/", "q").orElseThrow().figures().ready() == 1);
      Receiver receiver = broker.receiver(1, "q");
      receiver.subscription.addCredit(10);
      receiver.subscription.drain();
      receiver.loop.endTick();
      broker.runUntil("drained", () -> receiver.drained == 1);
      assertThat(receiver.bodies()).containsExactly("a");
    }
  }

  @Test
  void refusesAnInequivalentDeclaration() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      var answer =
          broker
              .host()
              .by(Actor.BROKER)
              .declareQueue(QueueDeclaration.durable("q", Map.of("x-max-length", 5L)))
              .toCompletableFuture();
      broker.runUntil("answered", answer::isDone);
      assertThat(answer).isCompletedExceptionally();
    }
  }

  @Test
  void startsAgainAfterItWasKilledWithAnExclusiveQueueBound() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory).exchange("x", ExchangeType.DIRECT).open()) {
      var declared =
          broker
              .host()
              .by(Actor.BROKER)
              .declareQueue(new QueueDeclaration("mine", true, false, 7, Map.of()))
              .toCompletableFuture();
      broker.runUntil("declared", declared::isDone);
      var bound =
          broker
              .host()
              .by(Actor.BROKER)
              .bind(Binding.toQueue("x", "mine", "k"), 7)
              .toCompletableFuture();
      broker.runUntil("bound", bound::isDone);
      broker.sender(0).sendAndConfirm("x", "k", "a");
      // Nobody says that connection 7 has ended.
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThat(broker.host().queue("mine")).isEmpty();
      assertThat(broker.host().topology().bindingsFrom("x")).isEmpty();
      assertThat(broker.broker.recovery().liveMessages()).isZero();
    }
  }

  @Test
  void forgetsADeletedQueueAndWhatFollowedFromThatOverARestart() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory)
            .exchange("x", ExchangeType.DIRECT)
            .queue("q")
            .bind("x", "q", "k")
            .open()) {
      broker.sender(0).sendAndConfirm("x", "k", "a");
      var deleted = broker.host().by(Actor.BROKER).deleteQueue("q").toCompletableFuture();
      broker.runUntil("deleted", deleted::isDone);
      assertThat(broker.host().topology().bindingsFrom("x")).isEmpty();
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThat(broker.host().queue("q")).isEmpty();
      assertThat(broker.host().topology().exchange("x")).isNotNull();
      assertThat(broker.broker.recovery().liveMessages()).isZero();
    }
  }

  @Test
  void marksWhatMayHaveBeenDeliveredBeforeACrash() {
    BrokerFixture crashed = BrokerFixture.in(directory).queue("q").open();
    crashed.sender(0).sendAndConfirm("", "q", "a");
    Receiver seen = crashed.receiver(0, "q");
    assertThat(seen.take().isRedelivered()).isFalse();
    Path copy = crashed.copyOfDirectory();
    crashed.close();
    try (BrokerFixture broker = BrokerFixture.in(copy).open()) {
      assertThat(broker.broker.recovery().cleanShutdown()).isFalse();
      Checkout again = broker.receiver(1, "q").take();
      assertThat(again.isRedelivered()).isTrue();
      assertThat(BrokerFixture.body(again.message())).isEqualTo("a");
    }
  }

  @Test
  void deliversABacklogFarBeyondThePayloadBudgetInOrder() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory).payloadBytesMax(256 << 10).queue("q").open()) {
      Sender sender = broker.sender(0);
      String padding = "x".repeat(500);
      int count = 5000;
      for (int i = 0; i < count; i++) {
        sender.send(BrokerFixture.message("", "q", i + " " + padding, true), "m" + i);
        if (sender.publisher.room() == 0) {
          broker.runUntil("room", () -> sender.publisher.room() > 500);
        }
      }
      broker.runUntil("confirmed", () -> sender.outcomes.size() == count);
      Receiver receiver = broker.receiver(1, "q");
      receiver.credit(count);
      broker.runUntil("delivered", () -> receiver.deliveries.size() == count);
      for (int i = 0; i < count; i++) {
        assertThat(BrokerFixture.body(receiver.deliveries.get(i).message())).startsWith(i + " ");
      }
      assertThat(broker.broker.journalStatistics().messagesRead()).isPositive();
    }
  }

  @Test
  void forgetsTheFiguresOfADeletedExchange() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      Sender sender = broker.sender(0);
      declareAndSend(broker, sender);
      declareAndSend(broker, sender);
      assertThat(figures(broker)).containsExactly(1L);
      var gone = broker.host().by(Actor.BROKER).deleteExchange("x");
      broker.runUntil("deleted", () -> gone.toCompletableFuture().isDone());
      declare(broker);
      assertThat(figures(broker)).containsExactly(0L);
    }
  }

  private static void declare(BrokerFixture broker) {
    var done =
        broker
            .host()
            .by(Actor.BROKER)
            .declareExchange(ExchangeDefinition.durable("x", ExchangeType.DIRECT));
    broker.runUntil("declared", () -> done.toCompletableFuture().isDone());
  }

  /** One message through an exchange that is made anew for it. */
  private static void declareAndSend(BrokerFixture broker, Sender sender) {
    var gone = broker.host().by(Actor.BROKER).deleteExchange("x");
    broker.runUntil("deleted", () -> gone.toCompletableFuture().isDone());
    declare(broker);
    sender.send("x", "k", "unroutable");
  }

  private static List<Long> figures(BrokerFixture broker) {
    return broker.broker.management().exchanges("/").stream()
        .filter(exchange -> exchange.name().equals("x"))
        .map(Management.ExchangeInfo::publishedIn)
        .toList();
  }

  @Test
  void goesOnWithOtherQueuesWhenADefectIsFoundInOne() {
    // Odd identifiers: the first and the third queue are on the same loop.
    try (BrokerFixture broker =
        BrokerFixture.in(directory).queue("a").queue("b").queue("c").open()) {
      Receiver bad =
          broker.receiver(
              0,
              Subscription.Request.of("a", 7, "tag")
                  .withFilter(
                      (message, nowMs) -> {
                        throw new IllegalStateException("a defect");
                      }));
      bad.credit(1);
      Receiver good = broker.receiver(0, "c");
      broker.sender(1).sendAndConfirm("", "a", "bad");
      broker.sender(1).sendAndConfirm("", "c", "good");
      assertThat(BrokerFixture.body(good.take().message())).isEqualTo("good");
      assertThat(bad.deliveries).isEmpty();
    }
  }

  @Test
  void answersAPurgeWhenTheJournalHasBeenToldOfEachMessage() {
    int count = 20_000;
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      Sender sender = broker.sender(0);
      for (int i = 0; i < count; i++) {
        broker.runUntil("room", () -> sender.publisher.room() > 0);
        sender.send("", "q", "m" + i);
      }
      broker.runUntil("confirmed", () -> sender.outcomes.size() == count);
      var purged = broker.host().by(Actor.BROKER).purge("q").toCompletableFuture();
      broker.runUntil("purged", purged::isDone);
      assertThat(purged).isCompletedWithValue((long) count);
    }
    try (BrokerFixture again = BrokerFixture.in(directory).queue("q").open()) {
      assertThat(again.broker.recovery().liveMessages()).isZero();
    }
  }
}
