package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;

/** Section 2.8: the types the performatives are made of, and the conditions of errors. */
class DefinitionsTest extends Conformance {
  private static final String QUEUE = "/queues/q2";

  @Spec(section = "2.8.1", says = "the answer to a sender has the role receiver")
  void role() throws IOException {
    peer.begin().attachSender(0, QUEUE);

    assertThat(peer.next(Attach.class).getRole()).isEqualTo(Role.RECEIVER);
  }

  @Spec(section = "2.8.4", says = "a handle is a number of the peer's choice, with gaps")
  void handlesWithGaps() throws IOException {
    peer.begin().attachSender(15, QUEUE).attachSender(3, QUEUE);

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Spec(section = "2.8.7", says = "a delivery-tag may have 32 octets")
  void longestTag() throws IOException {
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setDeliveryTag(PerformativesTest.tag(32));
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.transfer(transfer, RawPeer.message("tagged"));

    assertThat(peer.next(Disposition.class).getState()).hasToString("Accepted{}");
  }

  @Spec(section = "2.8.7", says = "a delivery-tag of no octets is a tag")
  void emptyTag() throws IOException {
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setDeliveryTag(PerformativesTest.tag(0));
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.transfer(transfer, RawPeer.message("untagged"));

    assertThat(peer.next(Disposition.class).getState()).hasToString("Accepted{}");
  }

  @Spec(section = "2.8.8", says = "a delivery-tag of more than 32 octets is refused")
  void tagTooLong() throws IOException {
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setDeliveryTag(PerformativesTest.tag(33));
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.transfer(transfer, RawPeer.message("overtagged"));

    Object body = peer.readFrame().body();
    while (body instanceof Flow) {
      body = peer.readFrame().body();
    }
    assertThat(body).isInstanceOfAny(Detach.class, End.class, Close.class);
  }

  @Spec(section = "2.8.10", says = "delivery-counts wrap from the highest number to zero")
  void deliveryCountWraps() throws IOException {
    Attach attach = LinksAttach.sender("wrap", 0, QUEUE);
    attach.setInitialDeliveryCount(UnsignedInteger.MAX_VALUE);
    peer.begin().send(0, attach);
    assertThat(peer.next(Flow.class).getDeliveryCount()).isEqualTo(UnsignedInteger.MAX_VALUE);
    for (int i = 0; i < 7; i++) {
      peer.transfer(RawPeer.transfer(0, i), RawPeer.message("m"));
    }

    Flow more = peer.next(Flow.class);
    assertThat(more.getDeliveryCount().longValue()).isBetween(4L, 6L);
    assertThat(more.getLinkCredit().intValue()).isPositive();
  }

  @Spec(section = "2.8.10", says = "a receiver's credit works across the wrap of its numbers")
  void receiverCreditWraps() throws IOException {
    // A delivery-count from before the start is 2^32 - 1: of two credits from there one is left.
    publish(QUEUE, "one");
    peer.begin().attachReceiver(0, QUEUE).credit(0, -1, 2, false, false);

    assertThat(peer.next(Transfer.class)).isNotNull();
    peer.credit(0, -1, 2, false, true);
    Flow state = peer.next(Flow.class);
    assertThat(state.getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Spec(section = "2.8.14", says = "an error has a condition and a text that names what is wrong")
  void errorsSayWhatIsWrong() throws IOException {
    peer.begin().attachSender(0, "/queues/missing");

    Detach detach = peer.next(Detach.class);
    assertThat(condition(detach.getError())).isEqualTo("amqp:not-found");
    assertThat(detach.getError().getDescription()).contains("missing");
  }

  @Spec(section = "2.8.15", says = "a fault of the whole connection has a connection condition")
  void connectionCondition() throws IOException {
    peer.begin().send(new byte[] {0, 0, 0, 1, 2, 0, 0, 0});

    assertThat(condition(peer.next(Close.class).getError())).startsWith("amqp:connection:");
  }

  @Spec(section = "2.8.16", says = "a fault of a session has a session condition")
  void sessionCondition() throws IOException {
    peer.begin().credit(9, 0, 1, false, false);

    assertThat(condition(peer.next(End.class).getError())).startsWith("amqp:session:");
  }

  @Spec(section = "2.8.17", says = "a fault of a link has a link condition")
  void linkCondition() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.flood(100);

    assertThat(condition(peer.next(Detach.class).getError())).startsWith("amqp:link:");
  }

  @Spec(section = "2.8.18", says = "the standard port and lengths are told in the open's limits")
  void limitsAreTold() throws IOException {
    peer.login().open(new org.apache.qpid.proton.amqp.transport.Open());

    var open = peer.next(org.apache.qpid.proton.amqp.transport.Open.class);
    assertThat(open.getMaxFrameSize().longValue()).isGreaterThanOrEqualTo(512);
    assertThat(open.getOfferedCapabilities()).contains(Symbol.valueOf("ANONYMOUS-RELAY"));
  }
}
