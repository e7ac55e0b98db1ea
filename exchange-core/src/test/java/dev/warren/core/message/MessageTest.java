package dev.warren.core.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway") // a missing value shall fail the test
class MessageTest {
  private static final Envelope ENVELOPE = Envelope.of("x", "k");

  private static AmqpWriter section(AmqpWriter to, int code, Object value) {
    return to.writeSectionDescriptor(code).writeValue(value);
  }

  private static AmqpWriter body(AmqpWriter to) {
    return section(to, Sections.DATA, new byte[] {1, 2, 3});
  }

  private static MessageParser parse(AmqpWriter encoded) {
    MessageParser parser = new MessageParser();
    byte[] bytes = encoded.toByteArray();
    parser.parse(bytes, 0, bytes.length);
    return parser;
  }

  private static Message message(AmqpWriter encoded) {
    return parse(encoded).message(ENVELOPE, Annotations.of(ENVELOPE), 5);
  }

  @Test
  void takesAnAbsentHeaderForTransient() {
    assertThat(message(body(new AmqpWriter())).header()).isEqualTo(MessageHeader.TRANSIENT);
  }

  @Test
  void keepsDurablePriorityAndTtlOfTheHeader() {
    AmqpWriter encoded = new AmqpWriter();
    section(encoded, Sections.HEADER, List.of(true, 7, 1000));
    assertThat(message(body(encoded)).header()).isEqualTo(new MessageHeader(true, 7, 1000));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, 1L << 32, Long.MAX_VALUE})
  void refusesATtlThatIsNoUint(long ttl) {
    AmqpWriter encoded = new AmqpWriter();
    section(encoded, Sections.HEADER, List.of(true, 7, ttl));
    assertThatThrownBy(() -> parse(body(encoded)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("ttl");
  }

  @Test
  void keepsTheLargestTtl() {
    AmqpWriter encoded = new AmqpWriter();
    section(encoded, Sections.HEADER, List.of(true, 7, 0xffff_ffffL));
    assertThat(message(body(encoded)).header().ttlMs()).isEqualTo(0xffff_ffffL);
  }

  @Test
  void keepsTheBareMessageByteForByte() {
    AmqpWriter bare = new AmqpWriter();
    section(bare, Sections.PROPERTIES, List.of("id", new byte[] {9}, "/queues/q"));
    section(bare, Sections.APPLICATION_PROPERTIES, Map.of("colour", "red"));
    body(bare);
    section(bare, Sections.FOOTER, Map.of());
    AmqpWriter encoded = new AmqpWriter();
    section(encoded, Sections.HEADER, List.of(true));
    section(encoded, Sections.DELIVERY_ANNOTATIONS, Map.of(new Symbol("d"), 1));
    section(encoded, Sections.MESSAGE_ANNOTATIONS, Map.of(new Symbol("x-a"), "b"));
    encoded.writeEncoded(bare.array(), 0, bare.length());

    Message message = message(encoded);

    byte[] kept = new byte[message.bareLength()];
    System.arraycopy(message.bareArray(), message.bareOffset(), kept, 0, kept.length);
    assertThat(kept).isEqualTo(bare.toByteArray());
    assertThat(message.applicationProperties()).isEqualTo(Map.of("colour", "red"));
    assertThat(message.property(Sections.TO)).isEqualTo("/queues/q");
    assertThat(message.property(12)).isNull();
    assertThat(message.annotationMap())
        .isEqualTo(Map.of("x-a", "b", "x-exchange", "x", "x-routing-key", "k"));
  }

  @Test
  void doesNotLetThePublisherSpeakForTheBroker() {
    Map<Object, Object> own = new LinkedHashMap<>();
    own.put(new Symbol("x-exchange"), "forged");
    own.put(new Symbol("x-delivery-count"), 9);
    own.put(new Symbol("kept"), 1);
    AmqpWriter encoded = section(new AmqpWriter(), Sections.MESSAGE_ANNOTATIONS, own);
    assertThat(message(body(encoded)).annotationMap())
        .isEqualTo(Map.of("kept", 1L, "x-exchange", "x", "x-routing-key", "k"));
  }

  @Test
  void readsFurtherRoutingKeysAndRefusesWhatIsNoListOfStrings() {
    AmqpWriter good =
        section(
            new AmqpWriter(),
            Sections.MESSAGE_ANNOTATIONS,
            Map.of(new Symbol("x-cc"), List.of("a", "b")));
    assertThat(parse(body(good)).ccKeys()).containsExactly("a", "b");
    AmqpWriter bad =
        section(new AmqpWriter(), Sections.MESSAGE_ANNOTATIONS, Map.of(new Symbol("x-cc"), 1));
    assertThat(parse(body(bad)).ccKeys()).isNull();
    assertThat(parse(body(new AmqpWriter())).ccKeys()).isEmpty();
  }

  @Test
  void refusesSectionsOutOfOrderRepeatedUnknownOrMissing() {
    assertThatThrownBy(() -> parse(new AmqpWriter())).hasMessageContaining("without a body");
    AmqpWriter late = body(new AmqpWriter());
    section(late, Sections.HEADER, List.of(true));
    assertThatThrownBy(() -> parse(late)).hasMessageContaining("out of order");
    AmqpWriter twice = section(new AmqpWriter(), Sections.HEADER, List.of());
    section(twice, Sections.HEADER, List.of());
    assertThatThrownBy(() -> parse(twice)).hasMessageContaining("out of order");
    AmqpWriter unknown = section(new AmqpWriter(), 0x24, List.of());
    assertThatThrownBy(() -> parse(unknown)).hasMessageContaining("section was expected");
    assertThatThrownBy(() -> parse(new AmqpWriter().writeValue("no section")))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void acceptsSeveralDataSections() {
    assertThat(message(body(body(new AmqpWriter()))).bareLength()).isEqualTo(16);
  }

  @Test
  void survivesTheJournalUnchanged() {
    Message message = message(body(new AmqpWriter()));
    Message many =
        message.republished(
            new Envelope("é", "", List.of("b", "ü")),
            new MessageHeader(true, 3, 77),
            new byte[0],
            9);
    for (Message each : List.of(message, many)) {
      ByteBuffer buffer = ByteBuffer.allocate(MessageCodec.encodedBytes(each));
      MessageCodec.encode(each, buffer);
      assertThat(buffer.hasRemaining()).isFalse();
      assertThat(MessageCodec.decode(buffer.flip())).isEqualTo(each);
    }
  }

  @Test
  void refusesATruncatedJournalForm() {
    Message message = message(body(new AmqpWriter()));
    ByteBuffer buffer = ByteBuffer.allocate(MessageCodec.encodedBytes(message));
    MessageCodec.encode(message, buffer);
    for (int length = 0; length < 30; length++) {
      ByteBuffer part = buffer.duplicate().position(0).limit(length).slice();
      assertThatThrownBy(() -> MessageCodec.decode(part))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void addsCountsWhenSendingAndMergesOnlyXAnnotations() {
    byte[] section = Annotations.of(ENVELOPE);
    AmqpWriter out = new AmqpWriter();
    Annotations.writeWithCounts(out, section, 2, 3);
    assertThat(Sections.annotations(out.toByteArray()))
        .isEqualTo(
            Map.of(
                "x-exchange",
                "x",
                "x-routing-key",
                "k",
                "x-delivery-count",
                2L,
                "x-acquired-count",
                3L));
    Message changed =
        Annotations.merged(message(body(new AmqpWriter())), Map.of("x-why", "late", "plain", 1));
    assertThat(changed.annotationMap()).containsEntry("x-why", "late").doesNotContainKey("plain");
    assertThat(
            Sections.annotations(
                Annotations.changed(section, Set.of("x-exchange"), Map.of("x-n", 1))))
        .isEqualTo(Map.of("x-routing-key", "k", "x-n", 1L));
  }
}
