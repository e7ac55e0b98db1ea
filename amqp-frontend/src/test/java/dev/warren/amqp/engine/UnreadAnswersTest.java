package dev.warren.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer that asks and asks and does not read the answers. */
@SuppressWarnings("NullAway.Init")
class UnreadAnswersTest implements EngineHandler, NettyTransport.Owner {
  private static final byte[] NOTHING = {};

  private final AmqpEngine engine =
      new AmqpEngine(new AmqpEngine.Limits(4096, 7, 15, 30_000), new String[] {"ANONYMOUS"}, this);
  private final NettyTransport transport = new NettyTransport(engine, this);
  private EmbeddedChannel channel;
  private RawPeer frames;
  private @Nullable String failure;

  @BeforeEach
  void start() throws IOException {
    channel = new EmbeddedChannel(transport);
    frames = new RawPeer(new Socket());
    SaslInit init = new SaslInit();
    init.setMechanism(Symbol.valueOf("ANONYMOUS"));
    Open open = new Open();
    open.setContainerId("c");
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(UnsignedInteger.ONE);
    begin.setOutgoingWindow(UnsignedInteger.ONE);
    receive(RawPeer.header(3));
    receive(frames.frame(1, 0, init, NOTHING));
    receive(RawPeer.header(0));
    receive(frames.frame(0, 0, open, NOTHING));
    receive(frames.frame(0, 0, begin, NOTHING));
    transport.flush();
  }

  @AfterEach
  void stop() throws IOException {
    frames.close();
    channel.finishAndReleaseAll();
  }

  @Test
  void isListenedToAgainOnceItReads() throws IOException {
    byte[] asked = manyEchoes();
    setWritable(false);
    for (int told = 0; told <= NettyTransport.UNREAD_OCTETS_MAX; told += asked.length) {
      assertThat(channel.config().isAutoRead()).isTrue();
      receive(asked);
    }

    assertThat(failure).isNull();
    assertThat(channel.config().isAutoRead()).isFalse();
    setWritable(true);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void mayTellAnyAmountWhileItReads() throws IOException {
    byte[] asked = manyEchoes();
    for (int told = 0; told <= NettyTransport.UNREAD_OCTETS_MAX; told += asked.length) {
      receive(asked);
      transport.flush();
      channel.releaseOutbound();
    }
    setWritable(false);
    receive(asked);

    assertThat(channel.config().isAutoRead()).isTrue();
  }

  private byte[] manyEchoes() throws IOException {
    Flow flow = new Flow();
    flow.setIncomingWindow(UnsignedInteger.ONE);
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(UnsignedInteger.ONE);
    flow.setEcho(true);
    byte[] one = frames.frame(0, 0, flow, NOTHING);
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    while (many.size() < 64 * 1024) {
      many.writeBytes(one);
    }
    return many.toByteArray();
  }

  private void receive(byte[] octets) {
    channel.writeInbound(Unpooled.wrappedBuffer(octets));
  }

  private void setWritable(boolean writable) {
    Objects.requireNonNull(channel.unsafe().outboundBuffer())
        .setUserDefinedWritability(1, writable);
    channel.runPendingTasks();
  }

  // ---- a server that agrees to everything ----

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
  public void onClose() {}

  @Override
  public void onFailure(String reason) {
    failure = reason;
  }

  @Override
  public void onEnd(Session session) {}

  @Override
  public void onAttach(Link link) {}

  @Override
  public void onDetach(Link link, boolean closed) {}

  @Override
  public void onFlow(Link link) {}

  @Override
  public void onDelivery(Delivery delivery) {}

  @Override
  public void onViolation(Session session, ProtocolViolation violation, String description) {
    failure = description;
  }

  @Override
  public void onReceived(int octets) {}

  @Override
  public void onSent(int octets) {}

  @Override
  public void onReadComplete() {}

  @Override
  public void onWritabilityChanged(boolean writable) {}

  @Override
  public void onLost() {}
}
