package dev.warren.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.engine.Receiver;
import org.junit.jupiter.api.Test;

/** What a peer says of its sessions and deliveries that nobody asks for is not kept. */
class UnaskedStateTest extends BegunEngine {
  private static final int ENTRIES = 1_000;
  private static final int ENTRY_OCTETS = 48;

  @Override
  void change(Open open, Begin begin) {
    begin.setProperties(large());
    begin.setOfferedCapabilities(Symbol.valueOf("x"));
    begin.setDesiredCapabilities(Symbol.valueOf("y"));
  }

  private static Map<Symbol, Object> large() {
    Map<Symbol, Object> large = new HashMap<>();
    for (int i = 0; i < ENTRIES; i++) {
      large.put(Symbol.valueOf("key-" + i), i);
    }
    return large;
  }

  private static Modified modified() {
    Modified modified = new Modified();
    modified.setMessageAnnotations(large());
    return modified;
  }

  @Test
  void ofASessionNeitherPropertiesNorCapabilities() {
    assertThat(Objects.requireNonNull(session).getRemoteProperties()).isNull();
    assertThat(session.getRemoteOfferedCapabilities()).isNullOrEmpty();
    assertThat(session.getRemoteDesiredCapabilities()).isNullOrEmpty();
  }

  private DeliveryState stateKeptOf(DeliveryState told) {
    receive(RawPeer.attach(0, Role.SENDER));
    Receiver receiver = (Receiver) Objects.requireNonNull(link);
    receiver.open();
    receiver.flow(10);
    write();
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setState(told);
    engine.input(ByteBuffer.wrap(frames.frame(0, 0, transfer, RawPeer.message("m"))));
    return Objects.requireNonNull(delivery).getRemoteState();
  }

  @Test
  void ofADeliveryNoOutcomeItsSenderTells() {
    assertThat(stateKeptOf(modified())).isNull();
  }

  @Test
  void ofADeliveryInATransactionTheTransactionOnly() {
    TransactionalState work = new TransactionalState();
    work.setTxnId(new Binary(new byte[] {1}));
    work.setOutcome(Accepted.getInstance());
    TransactionalState kept = (TransactionalState) stateKeptOf(work);

    assertThat(kept.getTxnId()).isEqualTo(work.getTxnId());
    assertThat(kept.getOutcome()).isNull();
  }

  @Test
  void whatIsKeptOfALinkIsCountedWhereverItIs() {
    Attach byOutcome = RawPeer.attach(0, Role.SENDER);
    Source source = new Source();
    source.setDefaultOutcome(modified());
    byOutcome.setSource(source);
    Rejected rejected = new Rejected();
    ErrorCondition error = new ErrorCondition(Symbol.valueOf("x"), "y");
    error.setInfo(large());
    rejected.setError(error);
    Attach byUnsettled = RawPeer.attach(0, Role.SENDER);
    byUnsettled.setTarget(new Target());
    byUnsettled.setUnsettled(
        Map.of(new Binary(new byte[] {1}), modified(), new Binary(new byte[] {2}), rejected));

    assertThat(HeldSize.of(byOutcome)).isGreaterThan((long) ENTRIES * ENTRY_OCTETS);
    assertThat(HeldSize.of(byUnsettled)).isGreaterThan(2L * ENTRIES * ENTRY_OCTETS);
  }

  @Test
  void aHostnameNoVirtualHostCanHaveIsRefused() {
    Open open = new Open();
    open.setContainerId("c");
    open.setHostname("h".repeat(1025));

    assertThat(OpenBounds.isHostnameTooLong(open)).isTrue();
    open.setHostname("h".repeat(1024));
    assertThat(OpenBounds.isHostnameTooLong(open)).isFalse();
  }
}
