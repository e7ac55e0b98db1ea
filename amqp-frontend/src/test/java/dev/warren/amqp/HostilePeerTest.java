package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.time.BrokerClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.security.SaslOutcome;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that leave things out, close their window or go quiet. */
@SuppressWarnings("NullAway.Init")
class HostilePeerTest {
  private static final long JUMP_NANOS = 31_000_000_000L;

  @TempDir Path directory;
  private final AtomicBoolean fast = new AtomicBoolean();
  private final AtomicLong jumped = new AtomicLong();
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    BrokerClock system = BrokerClock.system();
    harness =
        BrokerHarness.start(
            directory,
            BrokerHarness.options(),
            new BrokerClock() {
              @Override
              public long epochMs() {
                return system.epochMs();
              }

              @Override
              public long nanoTime() {
                return system.nanoTime()
                    + (fast.get() ? jumped.addAndGet(JUMP_NANOS) : jumped.get());
              }
            });
    peer = new RawPeer(harness.server.port());
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  @Test
  void aSenderThatGivesNoDeliveryCountStartsAtZero() throws IOException {
    Attach attach = RawPeer.attach(0, Role.SENDER);
    Target target = new Target();
    target.setAddress("/queues/q");
    attach.setTarget(target);
    peer.begin().send(0, attach);

    assertThat(peer.next(Flow.class).getDeliveryCount().intValue()).isZero();
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("one"));
    assertThat(peer.next(Disposition.class).getState()).hasToString("Accepted{}");
  }

  @Test
  void onlyTheFirstGuessOfAPasswordCounts() throws IOException {
    peer.send(RawPeer.SASL).read(RawPeer.SASL.length);
    peer.readFrame();
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(peer.frame(1, 0, init("wrong"), new byte[0]));
    both.writeBytes(peer.frame(1, 0, init("guest"), new byte[0]));
    peer.send(both.toByteArray());

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.AUTH);
    assertThat(peer.isAtEnd()).isTrue();
  }

  private static SaslInit init(String password) {
    SaslInit init = new SaslInit();
    init.setMechanism(Symbol.valueOf("PLAIN"));
    init.setInitialResponse(new Binary(RawPeer.plain("guest", password)));
    return init;
  }

  @Test
  void anonymousLogsInAsTheUserMeantForIt() throws IOException {
    peer.sasl("ANONYMOUS", new byte[0]);

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.OK);
    peer.send(RawPeer.AMQP).read(8);
    peer.open(new Open());
    assertThat(peer.next(Open.class).getContainerId()).isEqualTo("warren@test");
    assertThat(harness.broker.connections().all().iterator().next().details().user())
        .isEqualTo("guest");
  }

  @Test
  void theUserIdIsFoundUnderAWideDescriptorToo() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {0, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0x73});
    message.writeBytes(new byte[] {(byte) 0xc0, 9, 2, 0x40, (byte) 0xa0, 5});
    message.writeBytes("other".getBytes(StandardCharsets.UTF_8));
    message.writeBytes(RawPeer.message("forged"));
    peer.transfer(RawPeer.transfer(0, 0), message.toByteArray());

    assertThat(peer.next(Detach.class).getError().getCondition().toString())
        .isEqualTo("amqp:unauthorized-access");
  }

  @Test
  void anEmptyAddressInAMessageIsMalformed() throws IOException {
    peer.begin().attachSender(0, null);
    peer.next(Flow.class);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {0, 0x53, 0x73, (byte) 0xc0, 5, 3, 0x40, 0x40, (byte) 0xa1, 0});
    message.writeBytes(RawPeer.message("nowhere"));
    peer.transfer(RawPeer.transfer(0, 0), message.toByteArray());

    Rejected outcome = (Rejected) peer.next(Disposition.class).getState();
    assertThat(outcome.getError().getCondition().toString()).isEqualTo("amqp:precondition-failed");
  }

  @Test
  void messagesBegunOnManyLinksAreBounded() throws IOException {
    peer.begin();
    for (int i = 0; i < 5; i++) {
      peer.attachSender(i, "/queues/q");
      peer.next(Flow.class);
      for (int part = 0; part < 3; part++) {
        Transfer transfer = RawPeer.transfer(i, i);
        transfer.setMore(true);
        peer.transfer(transfer, new byte[3000]);
      }
    }

    assertThat(peer.next(Close.class).getError().getCondition().toString())
        .isEqualTo("amqp:resource-limit-exceeded");
  }

  @Test
  void drainWaitsForTheSessionWindow() throws IOException {
    fill(20, 100);
    window(1, 5);
    peer.attachReceiver(1, "/queues/q");
    peer.next(Attach.class);
    peer.send(0, flow(1, 5, 100, true));
    for (int i = 0; i < 5; i++) {
      assertThat(bodyOfTransferOrFlow()).isInstanceOf(Transfer.class);
    }
    window(6, 1000);
    for (int i = 5; i < 20; i++) {
      assertThat(bodyOfTransferOrFlow()).isInstanceOf(Transfer.class);
    }

    Flow drained = peer.next(Flow.class);
    assertThat(drained.getDeliveryCount().intValue()).isEqualTo(100);
  }

  @Test
  void whatADetachedLinkLeftUnsentDoesNotStallTheNext() throws IOException {
    fill(150, 3000);
    window(1, 1);
    peer.attachReceiver(1, "/queues/q");
    peer.send(0, flow(1, 1, 150, false));
    peer.next(Transfer.class);
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.ONE);
    detach.setClosed(true);
    peer.send(0, detach);
    peer.next(Detach.class);
    window(2, 10_000);
    peer.attachReceiver(2, "/queues/q");
    Flow credit = flow(2, 10_000, 150, false);
    credit.setHandle(UnsignedInteger.valueOf(2));
    peer.send(0, credit);

    for (int i = 0; i < 150; i++) {
      peer.next(Transfer.class);
    }
  }

  @Test
  void aQuietConnectionGetsAnEmptyFrameAndThenIsClosed() throws IOException {
    peer.login();
    Open open = new Open();
    open.setIdleTimeOut(UnsignedInteger.valueOf(60_000));
    peer.open(open);
    peer.next(Open.class);
    fast.set(true);

    assertThat(peer.readFrame().body()).isNull();
    assertThat(peer.next(Close.class).getError().getCondition().toString())
        .isEqualTo("amqp:resource-limit-exceeded");
    assertThat(peer.isAtEnd()).isTrue();
  }

  private void fill(int messages, int bytes) throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    for (int i = 0; i < messages; i++) {
      peer.transfer(RawPeer.transfer(0, i), RawPeer.message("x".repeat(bytes)));
      peer.next(Disposition.class);
    }
  }

  private void window(int nextIncomingId, int window) throws IOException {
    Flow flow = flow(nextIncomingId, window, 0, false);
    flow.setHandle(null);
    flow.setDeliveryCount(null);
    flow.setLinkCredit(null);
    peer.send(0, flow);
  }

  private static Flow flow(int nextIncomingId, int window, int credit, boolean drain) {
    Flow flow = new Flow();
    flow.setNextIncomingId(UnsignedInteger.valueOf(nextIncomingId));
    flow.setIncomingWindow(UnsignedInteger.valueOf(window));
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(UnsignedInteger.valueOf(1000));
    flow.setHandle(UnsignedInteger.ONE);
    flow.setDeliveryCount(UnsignedInteger.ZERO);
    flow.setLinkCredit(UnsignedInteger.valueOf(credit));
    flow.setDrain(drain);
    return flow;
  }

  private Object bodyOfTransferOrFlow() throws IOException {
    Object body = peer.readFrame().body();
    while (!(body instanceof Transfer || body instanceof Flow)) {
      body = peer.readFrame().body();
    }
    return Objects.requireNonNull(body);
  }
}
