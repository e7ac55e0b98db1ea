package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.broker.BrokerFixture.Receiver;
import dev.warren.core.broker.BrokerFixture.Sender;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.Annotations;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.ExchangeType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transactions on two loops over a real journal: the queues' owners are not always the caller's.
 */
@SuppressWarnings("NullAway") // a missing annotation shall fail the test
class TransactionTest {
  @TempDir Path directory;

  /** A transaction that remembers how it ended. */
  private static final class Work implements Transaction.Listener, Transaction.CommitListener {
    final BrokerFixture broker;
    final BrokerLoop loop;
    final Transaction transaction;
    final List<String> told = new ArrayList<>();
    BrokerError error;

    Work(BrokerFixture broker, int loop) {
      this.broker = broker;
      this.loop = broker.broker.loops().get(loop);
      transaction = broker.host().openTransaction(this.loop, "guest", this);
    }

    Publisher.Result publish(String queue, String body) {
      Publisher.Result result = transaction.publish(BrokerFixture.message("", queue, body, true));
      loop.endTick();
      return result;
    }

    Transaction.Settlement settle(Checkout checkout, Outcome outcome, boolean settled) {
      Transaction.Settlement settlement = transaction.settle(checkout, outcome, settled);
      loop.endTick();
      broker.runAll();
      return settlement;
    }

    Work commit() {
      transaction.commit(this);
      loop.endTick();
      broker.runUntil("the end of the transaction", () -> !told.isEmpty());
      broker.runAll();
      return this;
    }

    void rollback() {
      transaction.rollback();
      loop.endTick();
      broker.runAll();
    }

    @Override
    public void onTimedOut() {
      told.add("timed out");
    }

    @Override
    public void onCommitted() {
      told.add("committed");
    }

    @Override
    public void onFailed(BrokerException reason) {
      told.add(reason.text());
      error = reason.error();
    }
  }

  private BrokerFixture.Receiver all(BrokerFixture broker, String queue) {
    Receiver receiver = broker.receiver(0, queue);
    receiver.credit(100);
    broker.runAll();
    return receiver;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void handsNothingToQueuesBeforeTheCommit(int loop) {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").queue("b").open()) {
      Receiver a = all(broker, "a");
      Receiver b = all(broker, "b");
      Work work = new Work(broker, loop);
      assertThat(work.publish("a", "1")).isEqualTo(Publisher.Result.ACCEPTED);
      work.publish("b", "2");
      broker.runAll();
      assertThat(a.deliveries).isEmpty();
      assertThat(work.commit().told).containsExactly("committed");
      assertThat(a.bodies()).containsExactly("1");
      assertThat(b.bodies()).containsExactly("2");
    }
  }

  @Test
  void forgetsMessagesAtARollback() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").open()) {
      Receiver a = all(broker, "a");
      Work work = new Work(broker, 0);
      work.publish("a", "1");
      work.rollback();
      assertThat(a.deliveries).isEmpty();
      assertThat(work.told).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "0, false", "1, false"})
  void settlesAtTheCommit(int loop, boolean settled) {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").open()) {
      broker.sender(0).sendAndConfirm("", "a", "m");
      Receiver receiver = broker.receiver(loop, "a");
      Work work = new Work(broker, loop);
      work.settle(receiver.take(), Outcome.ACCEPTED, settled);
      assertThat(settledCount(broker)).isZero();
      assertThat(work.commit().told).containsExactly("committed");
      assertThat(settledCount(broker)).isOne();
    }
    try (BrokerFixture again = BrokerFixture.in(directory).queue("a").open()) {
      assertThat(again.broker.recovery().liveMessages()).isZero();
    }
  }

  private static long settledCount(BrokerFixture broker) {
    return broker.broker.management().queue("/", "a").orElseThrow().figures().settled();
  }

  @Test
  void requeuesAsFailedWhatWasSettledInARollback() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").open()) {
      broker.sender(0).sendAndConfirm("", "a", "m");
      Receiver receiver = broker.receiver(1, "a");
      Work work = new Work(broker, 1);
      work.settle(receiver.take(), Outcome.ACCEPTED, true);
      work.rollback();
      Checkout again = receiver.take();
      assertThat(again.deliveryCount()).isOne();
      assertThat(again.isRedelivered()).isTrue();
    }
  }

  @Test
  void leavesWithTheConsumerWhatWasNotSettledInARollback() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").open()) {
      broker.sender(0).sendAndConfirm("", "a", "m");
      Receiver receiver = broker.receiver(1, "a");
      Checkout checkout = receiver.take();
      Work work = new Work(broker, 1);
      work.settle(checkout, Outcome.ACCEPTED, false);
      work.rollback();
      receiver.credit(10);
      broker.runAll();
      assertThat(receiver.deliveries).hasSize(1);
      receiver.settle(checkout, Outcome.ACCEPTED);
      assertThat(settledCount(broker)).isOne();
    }
  }

  @Test
  void requeuesWhatWasNotSettledWhenItsConsumerHasLeft() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").open()) {
      broker.sender(0).sendAndConfirm("", "a", "m");
      Receiver receiver = broker.receiver(1, "a");
      Work work = new Work(broker, 1);
      work.settle(receiver.take(), Outcome.ACCEPTED, false);
      receiver.subscription.close(false);
      receiver.loop.endTick();
      broker.runAll();
      Receiver other = all(broker, "a");
      assertThat(other.deliveries).isEmpty();
      work.rollback();
      broker.runUntil("redelivered", () -> other.deliveries.size() == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void commitsWhatAConsumerSettledThatHasLeft(boolean lost) {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").open()) {
      broker.sender(0).sendAndConfirm("", "a", "m");
      Receiver receiver = broker.receiver(1, "a");
      Work work = new Work(broker, 1);
      work.settle(receiver.take(), Outcome.ACCEPTED, true);
      receiver.subscription.close(lost);
      receiver.loop.endTick();
      broker.runAll();
      assertThat(work.commit().told).containsExactly("committed");
      assertThat(all(broker, "a").deliveries).isEmpty();
      assertThat(settledCount(broker)).isOne();
    }
  }

  @Test
  void failsTheCommitWhenADeliveryHadGoneBack() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").queue("b").open()) {
      broker.sender(0).sendAndConfirm("", "a", "m");
      Receiver receiver = broker.receiver(1, "a");
      Checkout checkout = receiver.take();
      receiver.settle(checkout, Outcome.RELEASED);
      Work work = new Work(broker, 1);
      work.publish("b", "n");
      work.settle(checkout, Outcome.ACCEPTED, true);
      assertThat(work.commit().error).isEqualTo(BrokerError.PRECONDITION_FAILED);
      assertThat(all(broker, "b").deliveries).isEmpty();
      assertThat(all(broker, "a").bodies()).containsExactly("m");
    }
  }

  @Test
  void appliesEveryOutcomeAtTheCommit() {
    Map<String, Object> dead =
        Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a", dead).queue("dead").open()) {
      Sender sender = broker.sender(0);
      List.of("accepted", "rejected", "released", "modified")
          .forEach(body -> sender.sendAndConfirm("", "a", body));
      Receiver receiver = broker.receiver(1, "a");
      Work work = new Work(broker, 1);
      work.settle(receiver.take(), Outcome.ACCEPTED, true);
      work.settle(receiver.take(), Outcome.REJECTED, true);
      work.settle(receiver.take(), Outcome.RELEASED, true);
      work.settle(receiver.take(), new Outcome.Modified(true, false, Map.of()), true);
      Receiver deadReceiver = all(broker, "dead");
      assertThat(deadReceiver.deliveries).isEmpty();
      work.commit();
      broker.runUntil("dead letter", () -> deadReceiver.deliveries.size() == 1);
      assertThat(deadReceiver.bodies()).containsExactly("rejected");
      Receiver rest = all(broker, "a");
      broker.runUntil("requeued", () -> rest.deliveries.size() == 2);
      assertThat(rest.bodies()).containsExactly("released", "modified");
      assertThat(rest.deliveries).extracting(Checkout::deliveryCount).containsExactly(0, 1);
    }
  }

  @Test
  void leavesTheQueueAloneWhenABrowsersCopyIsSettled() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").queue("b").open()) {
      broker.sender(0).sendAndConfirm("", "a", "seen");
      Receiver browser =
          broker.receiver(
              0, Subscription.Request.of("a", 7, "tag").withMode(Subscription.Mode.COPY));
      Work work = new Work(broker, 0);
      Transaction.Settlement settlement = work.settle(browser.take(), Outcome.ACCEPTED, false);
      settlement.change(Outcome.REJECTED, true);
      work.publish("b", "out");
      assertThat(work.commit().told).containsExactly("committed");
      assertThat(all(broker, "b").bodies()).containsExactly("out");
      assertThat(all(broker, "a").bodies()).containsExactly("seen");
    }
  }

  @Test
  void goesByTheOutcomesThereWereWhenTheJournalWasTold() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").open()) {
      broker.sender(0).sendAndConfirm("", "a", "once");
      Receiver receiver = broker.receiver(1, "a");
      Work work = new Work(broker, 1);
      Transaction.Settlement settlement = work.settle(receiver.take(), Outcome.ACCEPTED, false);
      receiver.credit(5);
      work.transaction.commit(work);
      // Queue and transaction are on the same loop: at the end of the tick the journal is told.
      work.loop.endTick();
      assertThat(work.told).isEmpty();
      settlement.change(Outcome.RELEASED, true);
      broker.runUntil("the end of the transaction", () -> !work.told.isEmpty());
      broker.runAll();
      assertThat(work.told).containsExactly("committed");
      assertThat(receiver.bodies()).containsExactly("once");
    }
  }

  @Test
  void survivesACrashRightBehindTheCommit() {
    Path crashed;
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").queue("b").open()) {
      broker.sender(0).sendAndConfirm("", "a", "in");
      Receiver receiver = broker.receiver(1, "a");
      Work committed = new Work(broker, 1);
      committed.settle(receiver.take(), Outcome.ACCEPTED, true);
      committed.publish("b", "out");
      committed.commit();
      Work open = new Work(broker, 0);
      open.publish("b", "never");
      crashed = broker.copyOfDirectory();
    }
    try (BrokerFixture again = BrokerFixture.in(crashed).queue("a").queue("b").open()) {
      Receiver b = again.receiver(0, "b");
      assertThat(BrokerFixture.body(b.take().message())).isEqualTo("out");
      assertThat(again.broker.recovery().liveMessages()).isOne();
    }
  }

  @Test
  void keepsWhatIsNotDurableOutOfTheJournal() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").open()) {
      long before = broker.broker.journalStatistics().messagesWritten();
      Work work = new Work(broker, 0);
      work.transaction.publish(
          BrokerFixture.message("", "a", "transient", MessageHeader.TRANSIENT));
      assertThat(work.commit().told).containsExactly("committed");
      assertThat(all(broker, "a").bodies()).containsExactly("transient");
      assertThat(broker.broker.journalStatistics().messagesWritten()).isEqualTo(before);
    }
  }

  @Test
  void saysAtOnceWhatCannotBeRouted() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").open()) {
      Work work = new Work(broker, 0);
      assertThat(work.publish("nowhere", "1")).isEqualTo(Publisher.Result.RELEASED);
      assertThat(work.transaction.publish(BrokerFixture.message("none", "k", "2", true)))
          .isEqualTo(Publisher.Result.NO_EXCHANGE);
      work.publish("a", "3");
      assertThat(work.commit().told).containsExactly("committed");
      assertThat(all(broker, "a").bodies()).containsExactly("3");
    }
  }

  @Test
  void failsTheCommitWhenAMessageCannotBeRoutedAnyMore() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").queue("b").open()) {
      Work work = new Work(broker, 0);
      work.publish("a", "1");
      work.publish("b", "2");
      broker.host().by(Actor.BROKER).deleteQueue("a");
      broker.runUntil("deleted", () -> broker.host().queue("a").isEmpty());
      assertThat(work.commit().error).isEqualTo(BrokerError.PRECONDITION_FAILED);
      assertThat(all(broker, "b").deliveries).isEmpty();
    }
  }

  @Test
  void failsTheCommitWhenAMessageCannotBeReadByANewHeadersExchange() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory)
            .exchange("x", ExchangeType.FANOUT)
            .exchange("h", ExchangeType.HEADERS)
            .queue("a")
            .bind("x", "a", "")
            .open()) {
      Work work = new Work(broker, 0);
      Envelope envelope = Envelope.of("x", "");
      byte[] bare =
          new AmqpWriter()
              .writeSectionDescriptor(Sections.APPLICATION_PROPERTIES)
              .writeValue("no map")
              .toByteArray();
      work.transaction.publish(
          new Message(
              envelope, MessageHeader.DURABLE, Annotations.of(envelope), ByteSlice.of(bare), 0));
      bind(broker, new Binding("x", Destination.exchange("h"), "", Map.of()));
      bind(broker, new Binding("h", Destination.queue("a"), "", Map.of("colour", "red")));
      assertThat(work.commit().error).isEqualTo(BrokerError.PRECONDITION_FAILED);
    }
  }

  private static void bind(BrokerFixture broker, Binding binding) {
    var done = broker.host().by(Actor.BROKER).bind(binding).toCompletableFuture();
    broker.runUntil("bound", done::isDone);
  }

  @Test
  void failsTheCommitWhenAQueueIsFull() {
    Map<String, Object> small = Map.of("x-max-length", 2L, "x-overflow", "reject-publish");
    try (BrokerFixture broker =
        BrokerFixture.in(directory).queue("small", small).queue("b").open()) {
      Work work = new Work(broker, 0);
      work.publish("b", "0");
      List.of("1", "2", "3").forEach(body -> work.publish("small", body));
      work.commit();
      assertThat(work.error).isEqualTo(BrokerError.LIMIT_EXCEEDED);
      assertThat(work.told).containsExactly("queue 'small' exceeded maximum length");
      Work fits = new Work(broker, 1);
      List.of("1", "2").forEach(body -> fits.publish("small", body));
      assertThat(fits.commit().told).containsExactly("committed");
      assertThat(all(broker, "b").deliveries).isEmpty();
      assertThat(all(broker, "small").bodies()).containsExactly("1", "2");
    }
  }

  @Test
  void keepsTheJournalRightWhenAQueueIsDeletedWithHeldDeliveries() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("a").queue("b").open()) {
      Sender sender = broker.sender(0);
      sender.sendAndConfirm("", "a", "1");
      sender.sendAndConfirm("", "a", "2");
      Receiver receiver = broker.receiver(1, "a");
      Work committed = new Work(broker, 1);
      committed.settle(receiver.take(), Outcome.ACCEPTED, true);
      Work rolledBack = new Work(broker, 0);
      rolledBack.settle(receiver.take(), Outcome.ACCEPTED, true);
      broker.host().by(Actor.BROKER).deleteQueue("a");
      broker.runUntil("deleted", () -> receiver.closed != null);
      assertThat(committed.commit().told).containsExactly("committed");
      rolledBack.rollback();
      sender.sendAndConfirm("", "b", "barrier");
    }
    // A message settled twice would have ended the journal's writer.
    try (BrokerFixture again = BrokerFixture.in(directory).queue("b").open()) {
      assertThat(again.broker.recovery().liveMessages()).isOne();
    }
  }

  // ---- limits ----

  private BrokerFixture limited(TransactionLimits limits) {
    return BrokerFixture.in(directory).queue("a").transactions(limits).open();
  }

  @Test
  void canOnlyBeRolledBackWhenItHasTooManyOperations() {
    try (BrokerFixture broker = limited(new TransactionLimits(2, 1 << 20, 9, 9, 9, 60_000))) {
      Work work = new Work(broker, 0);
      work.publish("a", "1");
      work.publish("a", "2");
      assertThatThrownBy(() -> work.publish("a", "3"))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("exceeds 2 operations");
      assertThat(work.commit().error).isEqualTo(BrokerError.LIMIT_EXCEEDED);
      assertThat(all(broker, "a").deliveries).isEmpty();
    }
  }

  @Test
  void releasesADeliveryThatIsOneTooMany() {
    try (BrokerFixture broker = limited(new TransactionLimits(1, 1 << 20, 9, 9, 9, 60_000))) {
      broker.sender(0).sendAndConfirm("", "a", "m");
      Receiver receiver = broker.receiver(0, "a");
      Work work = new Work(broker, 0);
      work.publish("a", "1");
      assertThat(work.settle(receiver.take(), Outcome.ACCEPTED, true)).isNull();
      Checkout again = receiver.take();
      assertThat(again.deliveryCount()).isZero();
    }
  }

  @Test
  void annotationsOfASettlementCountAsMessagesDo() {
    try (BrokerFixture broker = limited(new TransactionLimits(100, 1000, 9, 9, 9, 60_000))) {
      broker.sender(0).sendAndConfirm("", "a", "1");
      Receiver receiver = broker.receiver(1, "a");
      Work work = new Work(broker, 1);
      Map<String, Object> much = Map.of("x-much", "x".repeat(1_000));
      Outcome.Modified modified = new Outcome.Modified(true, false, much);

      assertThat(work.settle(receiver.take(), modified, true)).isNull();
      assertThat(work.commit().error).isEqualTo(BrokerError.LIMIT_EXCEEDED);
    }
  }

  @Test
  void canOnlyBeRolledBackWhenItIsTooLarge() {
    try (BrokerFixture broker = limited(new TransactionLimits(100, 1000, 9, 9, 9, 60_000))) {
      Work work = new Work(broker, 0);
      work.publish("a", "1");
      assertThatThrownBy(() -> work.publish("a", "x".repeat(800)))
          .hasMessageContaining("exceeds 1000 bytes");
      assertThat(work.commit().error).isEqualTo(BrokerError.LIMIT_EXCEEDED);
    }
  }

  @Test
  void boundsTheOpenTransactionsOfTheNode() {
    try (BrokerFixture broker = limited(new TransactionLimits(100, 1000, 9, 9, 2, 60_000))) {
      Work first = new Work(broker, 0);
      new Work(broker, 1);
      assertThatThrownBy(() -> new Work(broker, 0))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("2 open transactions");
      first.rollback();
      new Work(broker, 0);
    }
  }

  @Test
  void isRolledBackWhenItTakesTooLong() {
    try (BrokerFixture broker = limited(new TransactionLimits(100, 1000, 9, 9, 9, 60_000))) {
      broker.sender(0).sendAndConfirm("", "a", "m");
      Receiver receiver = broker.receiver(0, "a");
      Work idle = new Work(broker, 1);
      Work work = new Work(broker, 0);
      work.settle(receiver.take(), Outcome.ACCEPTED, true);
      broker.clock.advanceMs(60_000);
      broker.runUntil("timed out", () -> !work.told.isEmpty());
      assertThat(work.told).containsExactly("timed out");
      assertThat(receiver.take().deliveryCount()).isOne();
      work.told.clear();
      assertThat(work.commit().error).isEqualTo(BrokerError.TRANSACTION_TIMEOUT);
      // Nothing was done in it, so that there is nothing to undo.
      idle.publish("a", "n");
      assertThat(idle.commit().told).containsExactly("committed");
    }
  }
}
