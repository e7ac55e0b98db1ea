package dev.warren.core.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits an encoded message as it came from a publisher into what the broker keeps of it. Only the
 * header, the message annotations and the lengths of the other sections are looked at; body and
 * properties are not decoded. Owned by one thread; used again for each message.
 */
public final class MessageParser {
  private static final int ROUTING_KEYS_MAX = 1024;
  private static final long TTL_MS_MAX = 0xffff_ffffL;

  private MessageHeader header = MessageHeader.TRANSIENT;
  private @Nullable ByteSlice publisherAnnotations;
  private ByteSlice bare = ByteSlice.of(new byte[0]);

  /**
   * Looks at one complete encoded message; the accessors tell what it holds.
   *
   * @param bytes the message; kept, must not change
   * @throws MalformedMessageException if its sections are malformed or out of order, or no body is
   *     there
   */
  public void parse(byte[] bytes, int offset, int length) {
    header = MessageHeader.TRANSIENT;
    publisherAnnotations = null;
    AmqpReader reader = new AmqpReader(bytes, offset, length);
    int bareAt = offset;
    long last = 0;
    boolean body = false;
    while (reader.hasRemaining()) {
      int sectionAt = reader.position();
      long code = sectionCode(reader);
      boolean mayRepeat = code == Sections.DATA || code == Sections.SEQUENCE;
      boolean anotherBody = body && code != last && code != Sections.FOOTER;
      if (code < last || (code == last && !mayRepeat) || anotherBody) {
        throw new MalformedMessageException(
            "section 0x" + Long.toHexString(code) + " out of order", sectionAt);
      }
      last = code;
      if (code == Sections.HEADER) {
        header = readHeader(reader);
      } else if (code == Sections.MESSAGE_ANNOTATIONS) {
        int mapAt = reader.position();
        reader.skipValue();
        publisherAnnotations = new ByteSlice(bytes, mapAt, reader.position() - mapAt);
      } else {
        reader.skipValue();
        body |= code >= Sections.DATA && code <= Sections.VALUE;
      }
      if (code <= Sections.MESSAGE_ANNOTATIONS) {
        bareAt = reader.position();
      }
    }
    if (!body) {
      throw new MalformedMessageException("a message without a body", offset + length);
    }
    bare = new ByteSlice(bytes, bareAt, offset + length - bareAt);
  }

  private static long sectionCode(AmqpReader reader) {
    int at = reader.position();
    long code = reader.readDescriptor();
    if (code < Sections.HEADER || code > Sections.FOOTER) {
      throw new MalformedMessageException("a message section was expected", at);
    }
    return code;
  }

  private static MessageHeader readHeader(AmqpReader reader) {
    int at = reader.position();
    if (!(reader.readValue() instanceof List<?> fields)) {
      throw new MalformedMessageException("the header must be a list", at);
    }
    boolean durable = field(fields, 0) instanceof Boolean b && b;
    int priority = field(fields, 1) instanceof Long p ? (int) (p & 0xff) : MessageHeader.ABSENT;
    return MessageHeader.of(durable, priority, ttlMs(field(fields, 2), at));
  }

  /** A number beyond the range of a uint would be another one when it is written again. */
  private static long ttlMs(@Nullable Object field, int at) {
    if (field == null) {
      return MessageHeader.ABSENT;
    }
    if (field instanceof Long ttlMs && ttlMs >= 0 && ttlMs <= TTL_MS_MAX) {
      return ttlMs;
    }
    throw new MalformedMessageException("the ttl of the header must be a uint", at);
  }

  private static @Nullable Object field(List<?> fields, int index) {
    return index < fields.size() ? fields.get(index) : null;
  }

  /** Durable, priority, time to live; an absent header means {@link MessageHeader#TRANSIENT}. */
  public MessageHeader header() {
    return header;
  }

  /** The bare message and footer. */
  public ByteSlice bare() {
    return bare;
  }

  /**
   * The further routing keys in the annotation {@code x-cc} (contract §5.2).
   *
   * @return the keys, or null if the annotation is not a list of at most 1,024 strings
   * @throws MalformedMessageException if the annotations are not a map
   */
  public @Nullable List<String> ccKeys() {
    ByteSlice own = publisherAnnotations;
    if (own == null) {
      return List.of();
    }
    Object value =
        new AmqpReader(own.array(), own.offset(), own.length())
            .readStringKeyedMap()
            .get(Annotations.CC);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list) || list.size() > ROUTING_KEYS_MAX) {
      return null;
    }
    for (Object key : list) {
      if (!(key instanceof String s) || s.length() > 255) {
        return null;
      }
    }
    return list.stream().map(String.class::cast).toList();
  }

  /**
   * Builds the message for where it was published to.
   *
   * @param plainAnnotations the annotations to use when the publisher sent none, computed once per
   *     envelope by {@link Annotations#of(Envelope)}
   * @param publisherId the connection which publishes it
   */
  public Message message(Envelope envelope, byte[] plainAnnotations, long nowMs, long publisherId) {
    ByteSlice own = publisherAnnotations;
    byte[] annotations = own == null ? plainAnnotations : Annotations.of(envelope, own);
    return new Message(envelope, header, annotations, bare, nowMs, publisherId);
  }

  /** The same when it is not known which connection publishes it. */
  public Message message(Envelope envelope, byte[] plainAnnotations, long nowMs) {
    return message(envelope, plainAnnotations, nowMs, Message.UNKNOWN_PUBLISHER);
  }
}
