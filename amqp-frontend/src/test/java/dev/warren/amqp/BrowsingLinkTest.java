package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links whose source asks for copies (AMQP 1.0 §3.5.4, distribution-mode). */
@SuppressWarnings("NullAway.Init")
class BrowsingLinkTest {
  private static final Symbol COPY = Symbol.valueOf("copy");
  private static final int MESSAGES = 3;

  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void publish() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    peer = new RawPeer(harness.server.port());
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    for (int id = 0; id < MESSAGES; id++) {
      peer.transfer(RawPeer.transfer(0, id), RawPeer.message("m" + id));
      assertThat(peer.next(Disposition.class).getState()).isInstanceOf(Accepted.class);
    }
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  private Attach browse(int handle) throws IOException {
    Source source = new Source();
    source.setAddress("/queues/q");
    source.setDistributionMode(COPY);
    Attach attach = RawPeer.attach(handle, Role.RECEIVER);
    attach.setSource(source);
    peer.send(0, attach);
    return peer.next(Attach.class);
  }

  /** Receives what there is, with the drain that tells the end; returns how many. */
  private int receiveAll(int handle) throws IOException {
    peer.credit(handle, 0, 10, true, false);
    int count = 0;
    while (true) {
      Object body = peer.nextFrame(Object.class).body();
      if (body instanceof Transfer) {
        count++;
      } else if (body instanceof Flow flow && flow.getHandle() != null) {
        assertThat(flow.getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
        return count;
      }
    }
  }

  @Test
  void theReplyNamesTheModeInForce() throws IOException {
    assertThat(mode(browse(1))).isEqualTo("copy");
    peer.attachReceiver(2, "/queues/q");
    assertThat(mode(peer.next(Attach.class))).isEqualTo("move");
  }

  private static String mode(Attach reply) {
    return ((Source) reply.getSource()).getDistributionMode().toString();
  }

  @Test
  void copiesLeaveTheQueueAsItWas() throws IOException {
    browse(1);
    assertThat(receiveAll(1)).isEqualTo(MESSAGES);
    Disposition disposition = new Disposition();
    disposition.setRole(Role.RECEIVER);
    disposition.setFirst(UnsignedInteger.ZERO);
    disposition.setLast(UnsignedInteger.valueOf(MESSAGES - 1));
    disposition.setState(Accepted.getInstance());
    disposition.setSettled(true);
    peer.send(0, disposition);
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.ONE);
    detach.setClosed(true);
    peer.send(0, detach);
    peer.next(Detach.class);

    peer.attachReceiver(2, "/queues/q");
    peer.next(Attach.class);
    assertThat(receiveAll(2)).isEqualTo(MESSAGES);
  }

  @Test
  void eachBrowserSeesAll() throws IOException {
    browse(1);
    browse(2);
    assertThat(receiveAll(1)).isEqualTo(MESSAGES);
    assertThat(receiveAll(2)).isEqualTo(MESSAGES);
  }
}
