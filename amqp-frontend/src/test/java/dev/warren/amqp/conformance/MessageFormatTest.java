package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.DeliveryAnnotations;
import org.apache.qpid.proton.amqp.messaging.Footer;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Properties;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.BeforeEach;

/** Section 3.2: what a message is made of, and what the broker may change in it. */
class MessageFormatTest extends Conformance {
  private static final String QUEUE = "/queues/q2";
  private static final AmqpValue BODY = new AmqpValue("body");

  @BeforeEach
  void begin() throws IOException {
    empty(QUEUE);
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
  }

  @Spec(section = "3.2.1", says = "a message sent durable is delivered durable")
  void durableIsKept() throws IOException {
    Header header = new Header();
    header.setDurable(true);

    assertThat(header(header).getDurable()).isTrue();
  }

  @Spec(section = "3.2.1", says = "a message without a header is not durable")
  void durableByDefaultFalse() throws IOException {
    byte[] message = through(Encoded.message(BODY));

    assertThat(
            !Encoded.has(message, Header.class)
                || !Boolean.TRUE.equals(Encoded.section(message, Header.class).getDurable()))
        .isTrue();
  }

  @Spec(section = "3.2.1", says = "the priority of a message is kept")
  void priorityIsKept() throws IOException {
    Header header = new Header();
    header.setPriority(UnsignedByte.valueOf((byte) 7));

    assertThat(header(header).getPriority()).isEqualTo(UnsignedByte.valueOf((byte) 7));
  }

  @Spec(section = "3.2.1", says = "the time to live of a message is kept")
  void ttlIsKept() throws IOException {
    Header header = new Header();
    header.setTtl(UnsignedInteger.valueOf(600_000));

    assertThat(header(header).getTtl()).isEqualTo(UnsignedInteger.valueOf(600_000));
  }

  @Spec(section = "3.2.1", says = "who gets a message first is told so")
  void firstAcquirer() throws IOException {
    assertThat(header(new Header()).getFirstAcquirer()).isTrue();
  }

  @Spec(section = "3.2.1", says = "who gets a message after another is not told to be the first")
  void secondAcquirer() throws IOException {
    publish(QUEUE, "twice");
    peer.attachReceiver(1, QUEUE).credit(1, 0, 1, false, false);
    peer.next(Transfer.class);
    Disposition back = SessionsTest.accepted(0);
    back.setState(org.apache.qpid.proton.amqp.messaging.Released.getInstance());
    peer.send(0, back).credit(1, 1, 1, false, false);

    Header header = Encoded.section(peer.nextFrame(Transfer.class).payload(), Header.class);
    assertThat(header.getFirstAcquirer()).isNotEqualTo(true);
  }

  @Spec(section = "3.2.1", says = "the delivery-count begins at zero whatever the publisher says")
  void deliveryCountOfThePublisher() throws IOException {
    Header header = new Header();
    header.setDeliveryCount(UnsignedInteger.valueOf(9));
    UnsignedInteger count = header(header).getDeliveryCount();

    assertThat(count == null ? 0 : count.intValue()).isZero();
  }

  @Spec(section = "3.2.1", says = "the delivery-count is the number of failed deliveries before")
  void deliveryCountRises() throws IOException {
    publish(QUEUE, "failing");
    peer.attachReceiver(1, QUEUE).credit(1, 0, 1, false, false);
    peer.next(Transfer.class);
    Modified failed = new Modified();
    failed.setDeliveryFailed(true);
    Disposition back = SessionsTest.accepted(0);
    back.setState(failed);
    peer.send(0, back).credit(1, 1, 1, false, false);

    Header header = Encoded.section(peer.nextFrame(Transfer.class).payload(), Header.class);
    assertThat(header.getDeliveryCount()).isEqualTo(UnsignedInteger.ONE);
  }

  @Spec(section = "3.2.2", says = "delivery-annotations end at the broker, which is the next hop")
  void deliveryAnnotationsAreDropped() throws IOException {
    byte[] message =
        through(Encoded.message(new DeliveryAnnotations(Map.of(Symbol.valueOf("x-hop"), 1)), BODY));

    assertThat(Encoded.has(message, DeliveryAnnotations.class)).isFalse();
  }

  @Spec(section = "3.2.3", says = "message-annotations are passed on")
  void messageAnnotationsAreKept() throws IOException {
    byte[] message =
        through(
            Encoded.message(
                new MessageAnnotations(Map.of(Symbol.valueOf("x-opt-colour"), "green")), BODY));

    Map<Symbol, Object> kept = Encoded.section(message, MessageAnnotations.class).getValue();
    assertThat(kept.get(Symbol.valueOf("x-opt-colour"))).isEqualTo("green");
  }

  @Spec(section = "3.2.4", says = "the properties section is passed on octet by octet")
  void propertiesAreKept() throws IOException {
    Properties properties = new Properties();
    properties.setMessageId(UUID.fromString("00000000-0000-0001-0000-000000000002"));
    properties.setUserId(Encoded.binary("guest"));
    properties.setTo("/queues/elsewhere");
    properties.setSubject("subject");
    properties.setReplyTo("/queues/answers");
    properties.setCorrelationId(12L);
    properties.setContentType(Symbol.valueOf("text/plain"));
    properties.setContentEncoding(Symbol.valueOf("identity"));
    properties.setAbsoluteExpiryTime(java.util.Date.from(java.time.Instant.EPOCH));
    properties.setCreationTime(java.util.Date.from(java.time.Instant.EPOCH));
    properties.setGroupId("group");
    properties.setGroupSequence(UnsignedInteger.valueOf(3));
    properties.setReplyToGroupId("group of answers");

    assertBareMessageIsKept(properties, BODY);
  }

  @Spec(section = "3.2.5", says = "the application-properties are passed on octet by octet")
  void applicationPropertiesAreKept() throws IOException {
    assertBareMessageIsKept(
        new ApplicationProperties(Map.of("text", "a", "number", 1, "truth", true)), BODY);
  }

  @Spec(section = "3.2.6", says = "a body of one data section is passed on")
  void data() throws IOException {
    assertBareMessageIsKept(new Data(Encoded.binary("octets")));
  }

  @Spec(section = "3.2.6", says = "a body of several data sections is passed on with its seams")
  void severalData() throws IOException {
    assertBareMessageIsKept(new Data(Encoded.binary("oc")), new Data(Encoded.binary("tets")));
  }

  @Spec(section = "3.2.7", says = "a body of sequences is passed on")
  void sequences() throws IOException {
    assertBareMessageIsKept(new AmqpSequence(List.of(1, "two")), new AmqpSequence(List.of(3L)));
  }

  @Spec(section = "3.2.8", says = "a body of any value, null too, is passed on")
  void values() throws IOException {
    assertBareMessageIsKept(new AmqpValue(null));
    assertBareMessageIsKept(new AmqpValue(Map.of("key", List.of(1, 2))));
  }

  @Spec(section = "3.2.9", says = "the footer is passed on")
  void footer() throws IOException {
    assertBareMessageIsKept(BODY, new Footer(Map.of(Symbol.valueOf("x-opt-sum"), 1)));
  }

  @Spec(section = "3.2", says = "sections out of their order are no message")
  void outOfOrder() throws IOException {
    assertNoMessage(Encoded.message(BODY, new Properties()));
  }

  @Spec(section = "3.2", says = "a section that may stand once stands once")
  void twice() throws IOException {
    assertNoMessage(Encoded.message(new Properties(), new Properties(), BODY));
  }

  @Spec(section = "3.2", says = "body sections of two kinds are no message")
  void mixedBody() throws IOException {
    assertNoMessage(Encoded.message(new Data(Encoded.binary("a")), new AmqpValue("b")));
  }

  @Spec(section = "3.2", says = "two values are no message")
  void twoValues() throws IOException {
    assertNoMessage(Encoded.message(BODY, BODY));
  }

  @Spec(section = "3.2", says = "a message needs a body")
  void withoutBody() throws IOException {
    assertNoMessage(Encoded.message(new Properties()));
  }

  @Spec(section = "3.2", says = "a section cut short is no message")
  void cutShort() throws IOException {
    byte[] message = Encoded.message(new Data(Encoded.binary("some octets")));

    assertNoMessage(Arrays.copyOf(message, message.length - 3));
  }

  @Spec(section = "3.2", says = "octets that are no section are no message")
  void noSection() throws IOException {
    assertNoMessage(new byte[] {0x43});
  }

  @Spec(section = "3.2", says = "a described value that is no section is no message")
  void unknownSection() throws IOException {
    assertNoMessage(new byte[] {0, 0x53, 0x7f, 0x45});
  }

  private void assertNoMessage(byte[] octets) throws IOException {
    peer.transfer(RawPeer.transfer(0, 0), octets);

    assertThat(condition(peer.next(Detach.class).getError())).isEqualTo("amqp:decode-error");
  }

  private Header header(Header sent) throws IOException {
    return Encoded.section(through(Encoded.message(sent, BODY)), Header.class);
  }

  /** All but what the broker writes anew before it must be as it was sent. */
  private void assertBareMessageIsKept(Object... sections) throws IOException {
    byte[] sent = Encoded.message(sections);
    byte[] received = through(sent);

    assertThat(Arrays.copyOfRange(received, received.length - sent.length, received.length))
        .isEqualTo(sent);
  }

  /** What a receiver gets of a message. */
  private byte[] through(byte[] message) throws IOException {
    try (RawPeer other = connected().begin().attachSender(0, QUEUE)) {
      other.next(Flow.class);
      other.transfer(RawPeer.transfer(0, 0), message);
      assertThat(other.next(Disposition.class).getState()).hasToString("Accepted{}");
      other.attachReceiver(1, QUEUE).credit(1, 0, 1, false, false);
      byte[] received = other.nextFrame(Transfer.class).payload();
      other.send(0, SessionsTest.accepted(0)).credit(1, 1, 0, false, true);
      other.next(Flow.class);
      return received;
    }
  }
}
