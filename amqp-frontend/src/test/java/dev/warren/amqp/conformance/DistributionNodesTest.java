package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.BeforeEach;

/** Section 3.3: the states of a message in a queue. */
class DistributionNodesTest extends Conformance {
  private static final String QUEUE = "/queues/q2";

  @BeforeEach
  void emptyQueue() throws IOException {
    empty(QUEUE);
  }

  @Spec(section = "3.3", says = "a message delivered to one receiver is not there for another")
  void acquired() throws IOException {
    publish(QUEUE, "mine");
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, 1, false, false);
    peer.next(Transfer.class);

    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "3.3", says = "an accepted message is gone")
  void archived() throws IOException {
    publish(QUEUE, "done");
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, 1, false, false);
    peer.next(Transfer.class);
    peer.send(0, SessionsTest.accepted(0)).credit(0, 1, 0, false, true);
    peer.next(Flow.class);

    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "3.3", says = "a released message is there for any receiver")
  void available() throws IOException {
    publish(QUEUE, "not me");
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, 1, false, false);
    peer.next(Transfer.class);
    Disposition released = SessionsTest.accepted(0);
    released.setState(Released.getInstance());
    peer.send(0, released).credit(0, 1, 0, false, true);
    peer.next(Flow.class);

    assertThat(empty(QUEUE)).isEqualTo(1);
  }

  @Spec(section = "3.3", says = "a message sent settled is gone with the sending")
  void archivedWhenSettled() throws IOException {
    publish(QUEUE, "fire and forget");
    var attach = LinksAttach.receiver("settled", 0, QUEUE);
    attach.setSndSettleMode(SenderSettleMode.SETTLED);
    peer.begin().send(0, attach).credit(0, 0, 1, false, false);
    peer.next(Transfer.class);

    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "3.3", says = "messages of one sender are delivered in the order they were sent")
  void order() throws IOException {
    for (int i = 0; i < 5; i++) {
      publish(QUEUE, "message " + i);
    }
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, 5, false, false);

    for (int i = 0; i < 5; i++) {
      byte[] payload = peer.nextFrame(Transfer.class).payload();
      assertThat(new String(payload, java.nio.charset.StandardCharsets.ISO_8859_1))
          .endsWith("message " + i);
    }
  }

  @Spec(section = "3.3", says = "a released message goes back to its place")
  void placeInTheOrder() throws IOException {
    publish(QUEUE, "first");
    publish(QUEUE, "second");
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, 1, false, false);
    peer.next(Transfer.class);
    Disposition released = SessionsTest.accepted(0);
    released.setState(Released.getInstance());
    peer.send(0, released).credit(0, 1, 1, false, false);

    byte[] payload = peer.nextFrame(Transfer.class).payload();
    assertThat(new String(payload, java.nio.charset.StandardCharsets.ISO_8859_1)).endsWith("first");
  }

  @Spec(section = "3.3", says = "receivers with equal rights get messages in turn")
  void inTurn() throws IOException {
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, 10, false, true);
    peer.next(Flow.class);
    try (RawPeer other = connected().begin()) {
      other.attachReceiver(0, QUEUE).credit(0, 0, 10, false, true);
      other.next(Flow.class);
      for (int i = 0; i < 4; i++) {
        publish(QUEUE, "shared");
      }

      peer.next(Transfer.class);
      peer.next(Transfer.class);
      assertThat(other.next(Transfer.class)).isNotNull();
      assertThat(other.next(Transfer.class)).isNotNull();
      peer.send(0, both());
      other.send(0, both()).credit(0, 2, 0, false, true);
      other.next(Flow.class);
    }
  }

  private static Disposition both() {
    Disposition both = SessionsTest.accepted(0);
    both.setLast(org.apache.qpid.proton.amqp.UnsignedInteger.ONE);
    return both;
  }
}
