package dev.warren.amqp.engine;

import dev.warren.amqp.RawPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An engine with a session begun, whose server agrees to all but leaves attaches for later. */
@SuppressWarnings("NullAway.Init")
abstract class BegunEngine implements EngineHandler {
  static final byte[] NOTHING = {};

  final AmqpEngine engine =
      new AmqpEngine(
          new AmqpEngine.Limits(131_072, 7, 15, 30_000), new String[] {"ANONYMOUS"}, this);
  final List<Object> sent = new ArrayList<>();
  final DecoderImpl decoder = new DecoderImpl();
  RawPeer frames;
  @Nullable Session session;
  @Nullable Link link;
  @Nullable Delivery delivery;

  /** As the peer sends it; before the session is begun. */
  void change(Open open, Begin begin) {}

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
    change(open, begin);
    engine.input(ByteBuffer.wrap(RawPeer.header(3)));
    engine.input(ByteBuffer.wrap(frames.frame(1, 0, init, NOTHING)));
    engine.input(ByteBuffer.wrap(RawPeer.header(0)));
    receive(open);
    receive(begin);
    takeOutput();
  }

  @AfterEach
  void stop() throws IOException {
    frames.close();
  }

  void receive(FrameBody body) {
    engine.input(ByteBuffer.wrap(frames.frame(0, 0, body, NOTHING)));
  }

  /** Takes the frames that are due. */
  void write() {
    ByteBuffer left = ByteBuffer.wrap(takeOutput());
    while (left.hasRemaining()) {
      int size = left.getInt(left.position());
      decoder.setByteBuffer(left.slice(left.position() + 8, size - 8));
      sent.add(decoder.readObject());
      left.position(left.position() + size);
    }
  }

  byte[] takeOutput() {
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
  public void onBegin(Session begun) {
    session = begun;
    begun.open();
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
  public void onDelivery(Delivery delivered) {
    delivery = delivered;
  }

  @Override
  public void onViolation(Session session, ProtocolViolation violation, String description) {}
}
