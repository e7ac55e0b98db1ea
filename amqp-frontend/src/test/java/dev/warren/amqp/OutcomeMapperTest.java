package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.queue.Outcome;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.junit.jupiter.api.Test;

class OutcomeMapperTest {
  @Test
  void eachOutcomeOfAConsumerHasItsCounterpart() {
    assertThat(OutcomeMapper.fromConsumer(Accepted.getInstance())).isEqualTo(Outcome.ACCEPTED);
    assertThat(OutcomeMapper.fromConsumer(new Rejected())).isEqualTo(Outcome.REJECTED);
    assertThat(OutcomeMapper.fromConsumer(Released.getInstance())).isEqualTo(Outcome.RELEASED);
  }

  @Test
  void settledWithoutAnOutcomeMeansReleased() {
    assertThat(OutcomeMapper.fromConsumer(null)).isEqualTo(Outcome.RELEASED);
  }

  @Test
  void modifiedKeepsItsFlagsAndAnAbsentFlagIsFalse() {
    Modified modified = new Modified();
    assertThat(OutcomeMapper.fromConsumer(modified))
        .isEqualTo(new Outcome.Modified(false, false, Map.of()));

    modified.setDeliveryFailed(true);
    modified.setUndeliverableHere(true);
    assertThat(OutcomeMapper.fromConsumer(modified))
        .isEqualTo(new Outcome.Modified(true, true, Map.of()));
  }

  @Test
  void modifiedAnnotationsBecomeValuesTheCoreCanWrite() {
    Modified modified = new Modified();
    modified.setMessageAnnotations(
        Map.of(
            Symbol.valueOf("x-uint"), UnsignedInteger.valueOf(7),
            Symbol.valueOf("x-ulong"), UnsignedLong.valueOf(9),
            Symbol.valueOf("x-symbol"), Symbol.valueOf("s"),
            Symbol.valueOf("x-binary"), new Binary(new byte[] {1}),
            Symbol.valueOf("x-list"), List.of("a", UnsignedInteger.ONE),
            Symbol.valueOf("x-map"), Map.of(Symbol.valueOf("k"), 1)));

    Outcome.Modified outcome = (Outcome.Modified) OutcomeMapper.fromConsumer(modified);

    assertThat(outcome).isNotNull();
    assertThat(outcome.annotations())
        .containsEntry("x-uint", 7L)
        .containsEntry("x-ulong", 9L)
        .containsEntry("x-symbol", new dev.warren.core.message.Symbol("s"))
        .containsEntry("x-list", List.of("a", 1L))
        .containsEntry("x-map", Map.of(new dev.warren.core.message.Symbol("k"), 1));
    assertThat(new AmqpWriter().writeValue(outcome.annotations()).length()).isPositive();
  }

  @Test
  void whatIsNoOutcomeIsToldApart() {
    assertThat(OutcomeMapper.fromConsumer(new TransactionalState())).isNull();
    assertThat(OutcomeMapper.fromConsumer(new Received())).isNull();
  }

  @Test
  void aRefusalByAFullQueueSaysWhichAndWhy() {
    ErrorCondition error = AmqpErrors.queueRefused("q", "maxlen");

    assertThat(error.getCondition().toString()).isEqualTo("amqp:resource-limit-exceeded");
    assertThat(error.getDescription()).isEqualTo("queue 'q' exceeded maximum length");
    assertThat(error.getInfo().toString()).contains("queue=q", "reason=maxlen");
    assertThat(OutcomeMapper.rejected(error))
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.getError()).isEqualTo(error));
  }
}
