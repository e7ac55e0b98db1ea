package dev.warren.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import java.util.Objects;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * [2.7.4] A flow with echo on a link that we have not attached yet, because what it reads from is
 * still being opened: the answer waits, or it could not say anything of the link.
 */
class EchoBeforeAttachTest extends BegunEngine {
  private static final UnsignedInteger HANDLE = UnsignedInteger.valueOf(3);

  @BeforeEach
  void attach() {
    Attach attach = RawPeer.attach(3, Role.RECEIVER);
    attach.setSource(new Source());
    receive(attach);
  }

  @Test
  void theAnswerComesAfterTheAttachAndTellsOfTheLink() throws IOException {
    receive(flow(5));
    write();
    assertThat(sent).isEmpty();

    Objects.requireNonNull(link).open();
    write();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(0)).isInstanceOf(Attach.class);
    Flow answer = (Flow) sent.get(1);
    assertThat(answer.getHandle()).isNotNull();
    assertThat(answer.getLinkCredit()).isEqualTo(UnsignedInteger.valueOf(5));
  }

  @Test
  void oneAnswerStandsForAllThatWaitAndTellsTheLatest() throws IOException {
    for (int credit = 1; credit <= 100; credit++) {
      receive(flow(credit));
      write();
    }
    Objects.requireNonNull(link).open();
    write();

    assertThat(sent).hasSize(2);
    Flow answer = (Flow) sent.get(1);
    assertThat(answer.getLinkCredit()).isEqualTo(UnsignedInteger.valueOf(100));
  }

  @Test
  void onceAttachedEachIsAnswered() throws IOException {
    receive(flow(1));
    Objects.requireNonNull(link).open();
    write();
    receive(flow(2));
    receive(flow(3));
    write();

    assertThat(sent.stream().filter(Flow.class::isInstance)).hasSize(3);
  }

  @Test
  void whatThePeerDetachedMeanwhileKeepsNoAnswerWaiting() throws IOException {
    receive(flow(5));
    Detach detach = new Detach();
    detach.setHandle(HANDLE);
    detach.setClosed(true);
    receive(detach);
    write();
    sent.clear();
    write();

    assertThat(sent).isEmpty();
  }

  private static Flow flow(int credit) {
    Flow flow = new Flow();
    flow.setIncomingWindow(UnsignedInteger.ONE);
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(UnsignedInteger.ONE);
    flow.setHandle(HANDLE);
    flow.setDeliveryCount(UnsignedInteger.ZERO);
    flow.setLinkCredit(UnsignedInteger.valueOf(credit));
    flow.setEcho(true);
    return flow;
  }
}
