package dev.warren.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * [2.7.4] A flow with echo on a link that we have not attached yet, because what it reads from is
 * still being opened: the answer waits, or it could not say anything of the link.
 */
@SuppressWarnings("NullAway.Init")
class EchoBeforeAttachTest implements EngineHandler {
  private static final byte[] NOTHING = {};
  private static final UnsignedInteger HANDLE = UnsignedInteger.valueOf(3);

  private final AmqpEngine engine =
      new AmqpEngine(new AmqpEngine.Limits(4096, 7, 15, 30_000), new String[] {"ANONYMOUS"}, this);
  private final List<Object> sent = new ArrayList<>();
  private final DecoderImpl decoder = new DecoderImpl();
  private RawPeer frames;
  private @Nullable Link link;

  @BeforeEach
  void start() throws IOException {
    frames = new RawPeer(new Socket());
    AMQPDefinedTypes.registerAllTypes(decoder, new EncoderImpl(decoder));
    SaslInit init = new SaslInit();
    init.setMechanism(Symbol.valueOf("ANONYMOUS"));
    Open open = new Open();
    open.setContainerId("c");
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(UnsignedInteger.ONE);
    begin.setOutgoingWindow(UnsignedInteger.ONE);
    engine.input(ByteBuffer.wrap(RawPeer.header(3)));
    engine.input(ByteBuffer.wrap(frames.frame(1, 0, init, NOTHING)));
    engine.input(ByteBuffer.wrap(RawPeer.header(0)));
    receive(open);
    receive(begin);
    takeOutput();
    Attach attach = RawPeer.attach(3, Role.RECEIVER);
    attach.setSource(new Source());
    receive(attach);
  }

  @AfterEach
  void stop() throws IOException {
    frames.close();
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

  private void receive(FrameBody body) {
    engine.input(ByteBuffer.wrap(frames.frame(0, 0, body, NOTHING)));
  }

  /** Takes the frames that are due. */
  private void write() {
    ByteBuffer left = ByteBuffer.wrap(takeOutput());
    while (left.hasRemaining()) {
      int size = left.getInt(left.position());
      decoder.setByteBuffer(left.slice(left.position() + 8, size - 8));
      sent.add(decoder.readObject());
      left.position(left.position() + size);
    }
  }

  private byte[] takeOutput() {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (ByteBuffer head = engine.head(); head.hasRemaining(); head = engine.head()) {
      byte[] some = new byte[head.remaining()];
      head.duplicate().get(some);
      octets.writeBytes(some);
      engine.pop(some.length);
    }
    return octets.toByteArray();
  }

  // ---- a server that agrees to everything but leaves attaches for later ----

  @Override
  public void onSaslResponse(String chosen, boolean hasResponse, byte[] response) {
    engine.saslSucceed();
  }

  @Override
  public void onOpen() {
    engine.connection().open();
  }

  @Override
  public void onBegin(Session session) {
    session.open();
  }

  @Override
  public void onAttach(Link attached) {
    link = attached;
  }

  @Override
  public void onClose() {}

  @Override
  public void onFailure(String reason) {}

  @Override
  public void onEnd(Session session) {}

  @Override
  public void onDetach(Link detached, boolean closed) {}

  @Override
  public void onFlow(Link flowed) {}

  @Override
  public void onDelivery(Delivery delivery) {}

  @Override
  public void onViolation(Session session, ProtocolViolation violation, String description) {}
}
