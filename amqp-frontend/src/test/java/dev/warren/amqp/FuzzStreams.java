package dev.warren.amqp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.DeleteOnClose;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.security.SaslFrameBody;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.apache.qpid.proton.message.Message;

/**
 * What well-behaved clients send, frame by frame: the seeds of the fuzzer. The first four elements
 * of each stream are the handshake; what a client would read in between is not waited for.
 */
final class FuzzStreams {
  private static final UnsignedInteger MANY = UnsignedInteger.valueOf(10_000);
  private final DecoderImpl decoder = new DecoderImpl();
  private final EncoderImpl encoder = new EncoderImpl(decoder);
  private final DecoderImpl saslDecoder = new DecoderImpl();
  private final EncoderImpl saslEncoder = new EncoderImpl(saslDecoder);
  private final List<List<byte[]>> all = new ArrayList<>();

  FuzzStreams() {
    AMQPDefinedTypes.registerAllTypes(decoder, encoder);
    AMQPDefinedTypes.registerSecurityTypes(saslDecoder, saslEncoder);
    all.add(publishing());
    all.add(consuming());
    all.add(largeMessages());
    all.add(sessions());
    all.add(management());
    all.add(transactions());
    all.add(dynamicNodes());
    all.add(filters());
  }

  List<List<byte[]>> all() {
    return all;
  }

  private List<byte[]> start() {
    List<byte[]> frames = new ArrayList<>();
    frames.add(RawPeer.SASL);
    SaslInit init = new SaslInit();
    init.setMechanism(Symbol.valueOf("PLAIN"));
    init.setInitialResponse(new Binary(RawPeer.plain("guest", "guest")));
    frames.add(frame(1, 0, init, new byte[0]));
    frames.add(RawPeer.AMQP);
    Open open = new Open();
    open.setContainerId("fuzz");
    open.setMaxFrameSize(UnsignedInteger.valueOf(2048));
    open.setIdleTimeOut(UnsignedInteger.valueOf(30_000));
    open.setProperties(Map.of(Symbol.valueOf("product"), "fuzzer"));
    frames.add(frame(0, 0, open, new byte[0]));
    frames.add(begin(0));
    return frames;
  }

  private byte[] begin(int channel) {
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(MANY);
    begin.setOutgoingWindow(MANY);
    return frame(0, channel, begin, new byte[0]);
  }

  private List<byte[]> end(List<byte[]> frames) {
    frames.add(frame(0, 0, new End(), new byte[0]));
    frames.add(frame(0, 0, new Close(), new byte[0]));
    return frames;
  }

  private List<byte[]> publishing() {
    List<byte[]> frames = start();
    frames.add(sender(0, 0, "/exchanges/x/k"));
    for (int i = 0; i < 3; i++) {
      frames.add(transfer(0, RawPeer.transfer(0, i), message("to x " + i, null)));
    }
    frames.add(sender(0, 1, null));
    frames.add(transfer(0, RawPeer.transfer(1, 3), message("anywhere", "/queues/dead")));
    frames.add(sender(0, 2, "q2"));
    Transfer settled = RawPeer.transfer(2, 4);
    settled.setSettled(true);
    frames.add(transfer(0, settled, message("settled", null)));
    frames.add(detach(0, 0, true));
    return end(frames);
  }

  private List<byte[]> consuming() {
    List<byte[]> frames = start();
    frames.add(sender(0, 0, "/queues/dead"));
    for (int i = 0; i < 5; i++) {
      frames.add(transfer(0, RawPeer.transfer(0, i), message("to consume " + i, null)));
    }
    frames.add(receiver(0, 1, "/queues/dead"));
    frames.add(credit(0, 1, 10, false));
    Rejected rejected = new Rejected();
    Modified modified = new Modified();
    modified.setDeliveryFailed(true);
    modified.setMessageAnnotations(Map.of(Symbol.valueOf("x-why"), "fuzz"));
    frames.add(disposition(0, 0, 0, Accepted.getInstance()));
    frames.add(disposition(0, 1, 1, rejected));
    frames.add(disposition(0, 2, 2, Released.getInstance()));
    frames.add(disposition(0, 3, 4, modified));
    frames.add(credit(0, 1, 5, true));
    frames.add(detach(0, 1, false));
    return end(frames);
  }

  private List<byte[]> largeMessages() {
    List<byte[]> frames = start();
    frames.add(sender(0, 0, "/queues/q"));
    for (int message = 0; message < 2; message++) {
      byte[] whole = RawPeer.message("x".repeat(5000));
      for (int from = 0; from < whole.length; from += 1500) {
        int to = Math.min(whole.length, from + 1500);
        Transfer part = RawPeer.transfer(0, message);
        part.setMore(to < whole.length);
        frames.add(transfer(0, part, java.util.Arrays.copyOfRange(whole, from, to)));
      }
    }
    Transfer begun = RawPeer.transfer(0, 2);
    begun.setMore(true);
    frames.add(transfer(0, begun, RawPeer.message("to be aborted")));
    Transfer aborted = RawPeer.transfer(0, 2);
    aborted.setAborted(true);
    frames.add(transfer(0, aborted, new byte[0]));
    frames.add(receiver(0, 1, "/queues/q"));
    frames.add(credit(0, 1, 3, false));
    return end(frames);
  }

  private List<byte[]> sessions() {
    List<byte[]> frames = start();
    frames.add(begin(3));
    frames.add(sender(0, 0, "/queues/q"));
    frames.add(sender(3, 0, "/queues/q2"));
    frames.add(transfer(3, RawPeer.transfer(0, 0), message("on three", null)));
    Flow window = new Flow();
    window.setNextIncomingId(UnsignedInteger.ONE);
    window.setIncomingWindow(UnsignedInteger.ONE);
    window.setNextOutgoingId(UnsignedInteger.ONE);
    window.setOutgoingWindow(MANY);
    window.setEcho(true);
    frames.add(frame(0, 3, window, new byte[0]));
    frames.add(receiver(3, 1, "/queues/q2"));
    frames.add(credit(3, 1, 4, false));
    frames.add(frame(0, 3, new End(), new byte[0]));
    frames.add(begin(3));
    frames.add(detach(0, 0, true));
    frames.add(sender(0, 0, "/queues/q"));
    return end(frames);
  }

  private List<byte[]> management() {
    List<byte[]> frames = start();
    Attach out = RawPeer.attach(0, Role.SENDER);
    Attach in = RawPeer.attach(1, Role.RECEIVER);
    Target target = new Target();
    target.setAddress("/management");
    Source source = new Source();
    source.setAddress("/management");
    for (Attach end : List.of(out, in)) {
      end.setName("pair");
      end.setSource(end == in ? source : new Source());
      end.setTarget(end == out ? target : new Target());
      end.setProperties(Map.of(Symbol.valueOf("paired"), Boolean.TRUE));
    }
    out.setInitialDeliveryCount(UnsignedInteger.ZERO);
    frames.add(frame(0, 0, out, new byte[0]));
    frames.add(frame(0, 0, in, new byte[0]));
    frames.add(credit(0, 1, 20, false));
    Map<String, Object> queue = new HashMap<>();
    queue.put("durable", false);
    queue.put("exclusive", true);
    queue.put("auto_delete", false);
    queue.put("arguments", Map.of("x-max-length", UnsignedLong.valueOf(5)));
    Map<String, Object> binding = new HashMap<>();
    binding.put("source", "x");
    binding.put("destination_queue", "mine");
    binding.put("binding_key", "z");
    binding.put("arguments", Map.of());
    String[][] requests = {
      {"PUT", "/queues/mine"},
      {"GET", "/queues/mine"},
      {"POST", "/bindings"},
      {"GET", "/bindings?src=x&dstq=mine&key=z"},
      {"DELETE", "/queues/mine/messages"},
      {"DELETE", "/bindings/src=x;dstq=mine;key=z;args="},
      {"DELETE", "/queues/mine"},
    };
    for (int i = 0; i < requests.length; i++) {
      Message request = Proton.message();
      request.setMessageId(UnsignedLong.valueOf(i));
      request.setSubject(requests[i][0]);
      request.setAddress(requests[i][1]);
      request.setReplyTo("$me");
      boolean hasBody = i == 0 || i == 2;
      request.setBody(new AmqpValue(i == 0 ? queue : hasBody ? binding : null));
      frames.add(transfer(0, RawPeer.transfer(0, i), bytes(request)));
    }
    frames.add(disposition(0, 0, requests.length, Accepted.getInstance()));
    return end(frames);
  }

  private List<byte[]> transactions() {
    List<byte[]> frames = start();
    Attach control = RawPeer.attach(0, Role.SENDER);
    Coordinator coordinator = new Coordinator();
    coordinator.setCapabilities(Symbol.valueOf("amqp:local-transactions"));
    control.setTarget(coordinator);
    control.setInitialDeliveryCount(UnsignedInteger.ZERO);
    frames.add(frame(0, 0, control, new byte[0]));
    frames.add(sender(0, 1, "/queues/q"));
    for (int i = 0; i < 2; i++) {
      Binary id = new Binary(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) i});
      Message declare = Proton.message();
      declare.setBody(new AmqpValue(new Declare()));
      frames.add(transfer(0, RawPeer.transfer(0, 4 * i), bytes(declare)));
      TransactionalState state = new TransactionalState();
      state.setTxnId(id);
      Transfer transfer = RawPeer.transfer(1, 4 * i + 1);
      transfer.setState(state);
      frames.add(transfer(0, transfer, message("in a transaction", null)));
      Discharge discharge = new Discharge();
      discharge.setTxnId(id);
      discharge.setFail(i == 1);
      Message ending = Proton.message();
      ending.setBody(new AmqpValue(discharge));
      frames.add(transfer(0, RawPeer.transfer(0, 4 * i + 2), bytes(ending)));
    }
    return end(frames);
  }

  private List<byte[]> dynamicNodes() {
    List<byte[]> frames = start();
    Attach dynamic = RawPeer.attach(0, Role.RECEIVER);
    Source source = new Source();
    source.setDynamic(true);
    source.setDynamicNodeProperties(
        Map.of(Symbol.valueOf("lifetime-policy"), DeleteOnClose.getInstance()));
    source.setCapabilities(Symbol.valueOf("temporary-queue"));
    dynamic.setSource(source);
    frames.add(frame(0, 0, dynamic, new byte[0]));
    frames.add(credit(0, 0, 3, false));
    Attach reply = RawPeer.attach(1, Role.RECEIVER);
    Source direct = new Source();
    direct.setDynamic(true);
    direct.setCapabilities(Symbol.valueOf("rabbitmq:volatile-queue"));
    reply.setSource(direct);
    frames.add(frame(0, 0, reply, new byte[0]));
    frames.add(credit(0, 1, 3, false));
    Attach subscriber = RawPeer.attach(2, Role.RECEIVER);
    Source topic = new Source();
    topic.setAddress("/exchanges/topics/a.b");
    topic.setCapabilities(Symbol.valueOf("topic"));
    subscriber.setSource(topic);
    frames.add(frame(0, 0, subscriber, new byte[0]));
    frames.add(credit(0, 2, 3, false));
    frames.add(sender(0, 3, "/exchanges/topics/a.b"));
    frames.add(transfer(0, RawPeer.transfer(3, 0), message("to the topic", null)));
    frames.add(detach(0, 0, true));
    return end(frames);
  }

  private List<byte[]> filters() {
    List<byte[]> frames = start();
    frames.add(sender(0, 0, "/queues/q"));
    frames.add(transfer(0, RawPeer.transfer(0, 0), message("filtered", null)));
    Attach attach = RawPeer.attach(1, Role.RECEIVER);
    attach.setRcvSettleMode(ReceiverSettleMode.SECOND);
    Source source = new Source();
    source.setAddress("/queues/q");
    source.setDistributionMode(Symbol.valueOf("copy"));
    Map<Symbol, Object> filter = new HashMap<>();
    filter.put(
        Symbol.valueOf("selector"),
        described("apache.org:selector-filter:string", "n > 1 AND s LIKE 'a%' OR n IS NULL"));
    filter.put(
        Symbol.valueOf("sql-filter"),
        described("amqp:sql-filter", "properties.subject = 'a' AND n BETWEEN 1 AND 3"));
    source.setFilter(filter);
    attach.setSource(source);
    frames.add(frame(0, 0, attach, new byte[0]));
    frames.add(credit(0, 1, 10, false));
    frames.add(disposition(0, 0, 0, Accepted.getInstance()));
    return end(frames);
  }

  static DescribedType described(String descriptor, Object value) {
    return new DescribedType() {
      @Override
      public Object getDescriptor() {
        return Symbol.valueOf(descriptor);
      }

      @Override
      public Object getDescribed() {
        return value;
      }
    };
  }

  private byte[] sender(
      int channel, int handle, @org.jspecify.annotations.Nullable String address) {
    Attach attach = RawPeer.attach(handle, Role.SENDER);
    Target target = new Target();
    target.setAddress(address);
    attach.setTarget(target);
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    return frame(0, channel, attach, new byte[0]);
  }

  private byte[] receiver(int channel, int handle, String address) {
    Attach attach = RawPeer.attach(handle, Role.RECEIVER);
    Source source = new Source();
    source.setAddress(address);
    attach.setSource(source);
    return frame(0, channel, attach, new byte[0]);
  }

  private byte[] detach(int channel, int handle, boolean closed) {
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(handle));
    detach.setClosed(closed);
    return frame(0, channel, detach, new byte[0]);
  }

  private byte[] credit(int channel, int handle, int credit, boolean drain) {
    Flow flow = new Flow();
    flow.setNextIncomingId(UnsignedInteger.ONE);
    flow.setIncomingWindow(MANY);
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(MANY);
    flow.setHandle(UnsignedInteger.valueOf(handle));
    flow.setDeliveryCount(UnsignedInteger.ZERO);
    flow.setLinkCredit(UnsignedInteger.valueOf(credit));
    flow.setDrain(drain);
    return frame(0, channel, flow, new byte[0]);
  }

  private byte[] disposition(int channel, int first, int last, DeliveryState state) {
    Disposition disposition = new Disposition();
    disposition.setRole(Role.RECEIVER);
    disposition.setFirst(UnsignedInteger.valueOf(first));
    disposition.setLast(UnsignedInteger.valueOf(last));
    disposition.setSettled(true);
    disposition.setState(state);
    return frame(0, channel, disposition, new byte[0]);
  }

  private byte[] transfer(int channel, Transfer transfer, byte[] payload) {
    return frame(0, channel, transfer, payload);
  }

  private static byte[] message(String body, @org.jspecify.annotations.Nullable String to) {
    Message message = Proton.message();
    message.setAddress(to);
    message.setSubject("a");
    message.setTtl(60_000);
    message.setApplicationProperties(new ApplicationProperties(Map.of("n", 2, "s", "abc")));
    message.setBody(new AmqpValue(body));
    return bytes(message);
  }

  private static byte[] bytes(Message message) {
    byte[] buffer = new byte[2048];
    int length = message.encode(buffer, 0, buffer.length);
    return java.util.Arrays.copyOf(buffer, length);
  }

  private byte[] frame(int type, int channel, Object body, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(16 * 1024);
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
}
