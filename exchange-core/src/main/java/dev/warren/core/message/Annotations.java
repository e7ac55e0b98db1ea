package dev.warren.core.message;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Message-annotations sections as the broker writes them (contract §5.2). Stateless.
 *
 * <p>A stored section is complete: the publisher's annotations and the broker's. Only what changes
 * with each delivery ({@code x-delivery-count}, {@code x-acquired-count}) is added when sending.
 */
public final class Annotations {
  /** The exchange published to. */
  public static final String EXCHANGE = "x-exchange";

  /** The routing key used. */
  public static final String ROUTING_KEY = "x-routing-key";

  /** Further routing keys. */
  public static final String CC = "x-cc";

  /** Failed deliveries. */
  public static final String DELIVERY_COUNT = "x-delivery-count";

  /** Times acquired. */
  public static final String ACQUIRED_COUNT = "x-acquired-count";

  private static final int DESCRIPTOR_BYTES = 3;
  private static final Set<String> PER_DELIVERY = Set.of(DELIVERY_COUNT, ACQUIRED_COUNT);
  private static final ByteSlice EMPTY_MAP = ByteSlice.of(new byte[] {(byte) 0xc1, 1, 0});

  private Annotations() {}

  /** The section of a message whose publisher sent no annotations. */
  public static byte[] of(Envelope envelope) {
    return section(brokers(envelope));
  }

  /**
   * The section of a message with the publisher's annotations, which must not speak for the broker:
   * what it says of exchange, key and counts is replaced. The others keep their bytes.
   *
   * @param publishers the encoded map of the publisher's section
   * @throws MalformedMessageException if that is not a map with symbols or strings as keys
   */
  public static byte[] of(Envelope envelope, ByteSlice publishers) {
    return rewritten(publishers, PER_DELIVERY, brokers(envelope));
  }

  private static Map<String, Object> brokers(Envelope envelope) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(EXCHANGE, envelope.exchange());
    map.put(ROUTING_KEY, envelope.routingKey());
    return map;
  }

  /** A section of exactly these annotations. */
  public static byte[] section(Map<String, Object> annotations) {
    return rewritten(EMPTY_MAP, Set.of(), annotations);
  }

  /** The message with those of the given annotations that begin with {@code x-} merged in. */
  public static Message merged(Message message, Map<String, Object> changes) {
    Map<String, Object> kept = new LinkedHashMap<>(changes);
    kept.keySet().removeIf(name -> !name.startsWith("x-"));
    return message.republished(
        message.envelope(),
        message.header(),
        changed(message.annotations(), Set.of(), kept),
        message.receivedAtMs());
  }

  /**
   * A stored section with some entries taken out and others set.
   *
   * @param section a section made by this class, or empty
   */
  public static byte[] changed(byte[] section, Set<String> without, Map<String, Object> set) {
    ByteSlice map =
        section.length == 0
            ? EMPTY_MAP
            : new ByteSlice(section, DESCRIPTOR_BYTES, section.length - DESCRIPTOR_BYTES);
    return rewritten(map, without, set);
  }

  private static byte[] rewritten(ByteSlice map, Set<String> without, Map<String, Object> set) {
    AmqpReader reader = new AmqpReader(map.array(), map.offset(), map.length());
    int count = reader.readMapHeader();
    AmqpWriter writer = new AmqpWriter(map.length() + 64);
    writer.writeSectionDescriptor(Sections.MESSAGE_ANNOTATIONS);
    int start = writer.beginCompound(0xd1, 0);
    int kept = 0;
    for (int i = 0; i < count; i += 2) {
      int from = reader.position();
      Object key = reader.readValue();
      if (!(key instanceof Symbol || key instanceof String)) {
        throw new MalformedMessageException("an annotation key must be a symbol", from);
      }
      reader.skipValue();
      String name = key.toString();
      if (!without.contains(name) && !set.containsKey(name)) {
        writer.writeEncoded(map.array(), from, reader.position() - from);
        kept++;
      }
    }
    for (Map.Entry<String, Object> entry : set.entrySet()) {
      writer.writeSymbol(entry.getKey()).writeValue(entry.getValue());
    }
    writer.endCompound(start, (kept + set.size()) * 2);
    return writer.toByteArray();
  }

  /**
   * Writes the stored section with the counts of a redelivery added.
   *
   * @param section a section made by this class, or empty
   */
  public static void writeWithCounts(
      AmqpWriter to, byte[] section, int deliveryCount, int acquiredCount) {
    to.writeSectionDescriptor(Sections.MESSAGE_ANNOTATIONS);
    int elements = 0;
    int entriesAt = section.length;
    if (section.length > 0) {
      // What this class writes is always a map32: constructor, length, count, then the entries.
      int map = DESCRIPTOR_BYTES;
      elements = readInt(section, map + 5);
      entriesAt = map + 9;
    }
    int start = to.beginCompound(0xd1, elements + 4);
    to.writeEncoded(section, entriesAt, section.length - entriesAt);
    to.writeSymbol(DELIVERY_COUNT).writeLong(deliveryCount);
    to.writeSymbol(ACQUIRED_COUNT).writeLong(acquiredCount);
    to.endCompound(start);
  }

  private static int readInt(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }
}
