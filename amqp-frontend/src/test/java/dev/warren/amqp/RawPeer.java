package dev.warren.amqp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.security.SaslFrameBody;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.jspecify.annotations.Nullable;

/**
 * A client that writes frames one by one and reads what comes back, with no rules of its own: it
 * can misbehave as it likes. Blocking; a read that takes 10 s fails the test.
 */
public final class RawPeer implements AutoCloseable {
  private static final int READ_LIMIT_MS = 10_000;
  static final byte[] SASL = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
  static final byte[] AMQP = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
  private static final UnsignedInteger MANY = UnsignedInteger.valueOf(10_000);

  private final Socket socket;
  private final DecoderImpl decoder = new DecoderImpl();
  private final EncoderImpl encoder = new EncoderImpl(decoder);
  private final DecoderImpl saslDecoder = new DecoderImpl();
  private final EncoderImpl saslEncoder = new EncoderImpl(saslDecoder);

  /** A frame with the rest of its body. */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  public record Frame(int channel, @Nullable Object body, byte[] payload) {}

  public RawPeer(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** A peer on a connection that was made otherwise; closes it with itself. */
  public RawPeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(READ_LIMIT_MS);
    socket.setTcpNoDelay(true);
    AMQPDefinedTypes.registerAllTypes(decoder, encoder);
    AMQPDefinedTypes.registerSecurityTypes(saslDecoder, saslEncoder);
  }

  /** The protocol header of this id, version 1.0.0. */
  public static byte[] header(int protocol) {
    return new byte[] {'A', 'M', 'Q', 'P', (byte) protocol, 1, 0, 0};
  }

  public RawPeer send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  public byte[] read(int length) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("end of stream after " + bytes.length + " octets");
    }
    return bytes;
  }

  /** Everything until the server closes. */
  public byte[] readAll() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    in.transferTo(all);
    return all.toByteArray();
  }

  public boolean isAtEnd() throws IOException {
    return socket.getInputStream().read() < 0;
  }

  public RawPeer sasl(String mechanism, byte[] response) throws IOException {
    send(SASL);
    read(8);
    readFrame();
    SaslInit init = new SaslInit();
    init.setMechanism(Symbol.valueOf(mechanism));
    init.setInitialResponse(new Binary(response));
    return send(frame(1, 0, init, new byte[0]));
  }

  public static byte[] plain(String user, String password) {
    return ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
  }

  /** Logs in, opens and begins on channel 0. */
  public RawPeer begin() throws IOException {
    login();
    open(new Open());
    next(Open.class);
    return beginSession();
  }

  /** Begins on channel 0. */
  public RawPeer beginSession() throws IOException {
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(MANY);
    begin.setOutgoingWindow(MANY);
    send(0, begin);
    next(Begin.class);
    return this;
  }

  public RawPeer login() throws IOException {
    return login("guest", "guest");
  }

  public RawPeer login(String user, String password) throws IOException {
    sasl("PLAIN", plain(user, password));
    readFrame();
    send(AMQP);
    read(8);
    return this;
  }

  public RawPeer open(Open open) throws IOException {
    open.setContainerId("raw");
    return send(0, open);
  }

  public RawPeer send(int channel, Object body) throws IOException {
    return send(frame(0, channel, body, new byte[0]));
  }

  public RawPeer attachSender(int handle, @Nullable String address) throws IOException {
    Target target = new Target();
    target.setAddress(address);
    Attach attach = attach(handle, Role.SENDER);
    attach.setTarget(target);
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    return send(0, attach);
  }

  public RawPeer attachReceiver(int handle, String address) throws IOException {
    Source source = new Source();
    source.setAddress(address);
    Attach attach = attach(handle, Role.RECEIVER);
    attach.setSource(source);
    return send(0, attach);
  }

  public static Attach attach(int handle, Role role) {
    Attach attach = new Attach();
    attach.setName("link-" + handle + role);
    attach.setHandle(UnsignedInteger.valueOf(handle));
    attach.setRole(role);
    attach.setSource(new Source());
    attach.setTarget(new Target());
    return attach;
  }

  public RawPeer credit(int handle, int deliveryCount, int credit, boolean drain, boolean echo)
      throws IOException {
    Flow flow = new Flow();
    flow.setNextIncomingId(UnsignedInteger.ONE);
    flow.setIncomingWindow(MANY);
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(MANY);
    flow.setHandle(UnsignedInteger.valueOf(handle));
    flow.setDeliveryCount(UnsignedInteger.valueOf(deliveryCount));
    flow.setLinkCredit(UnsignedInteger.valueOf(credit));
    flow.setDrain(drain);
    flow.setEcho(echo);
    return send(0, flow);
  }

  public static Transfer transfer(int handle, int id) {
    Transfer transfer = new Transfer();
    transfer.setHandle(UnsignedInteger.valueOf(handle));
    transfer.setDeliveryId(UnsignedInteger.valueOf(id));
    transfer.setDeliveryTag(new Binary(new byte[] {(byte) id}));
    transfer.setMessageFormat(UnsignedInteger.ZERO);
    return transfer;
  }

  public RawPeer transfer(Transfer transfer, byte[] payload) throws IOException {
    return send(frame(0, 0, transfer, payload));
  }

  /**
   * Many messages on the link with handle 0, beginning with delivery 0, in one write: one by one,
   * the credit that comes back with each settlement might suffice for all.
   */
  public RawPeer flood(int messages) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < messages; i++) {
      all.writeBytes(frame(0, 0, transfer(0, i), message("flood")));
    }
    return send(all.toByteArray());
  }

  /** A message with this body as data and nothing else. */
  public static byte[] message(String body) {
    byte[] text = body.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length);
    bytes.put(new byte[] {0, 0x53, 0x75, (byte) 0xb0}).putInt(text.length).put(text);
    return bytes.array();
  }

  public byte[] frame(int type, int channel, Object body, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(64 * 1024);
    out.position(8);
    EncoderImpl used = body instanceof SaslFrameBody ? saslEncoder : encoder;
    used.setByteBuffer(out);
    used.writeObject(body);
    out.put(payload);
    int length = out.position();
    out.putInt(0, length).put(4, (byte) 2).put(5, (byte) type).putShort(6, (short) channel);
    byte[] frame = new byte[length];
    out.flip().get(frame);
    return frame;
  }

  public Frame readFrame() throws IOException {
    ByteBuffer header = ByteBuffer.wrap(read(8));
    int size = header.getInt(0);
    ByteBuffer body = ByteBuffer.wrap(read(size - 8));
    DecoderImpl used = header.get(5) == 1 ? saslDecoder : decoder;
    Object performative = null;
    if (body.hasRemaining()) {
      used.setByteBuffer(body);
      performative = used.readObject();
    }
    byte[] payload = new byte[body.remaining()];
    body.get(payload);
    return new Frame(header.getShort(6), performative, payload);
  }

  /** The next performative of this kind; others are passed over. */
  public <T> T next(Class<T> kind) throws IOException {
    return kind.cast(Objects.requireNonNull(nextFrame(kind).body()));
  }

  public Frame nextFrame(Class<?> kind) throws IOException {
    List<Object> passed = new ArrayList<>();
    while (true) {
      Frame frame;
      try {
        frame = readFrame();
      } catch (IOException e) {
        throw new IOException("no " + kind.getSimpleName() + " but " + passed, e);
      }
      if (kind.isInstance(frame.body())) {
        return frame;
      }
      passed.add(String.valueOf(frame.body()));
    }
  }

  public static UnsignedShort ushort(int value) {
    return UnsignedShort.valueOf((short) value);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
