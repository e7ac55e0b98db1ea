package dev.warren.core.message;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message as the broker keeps it. Immutable and thread-safe.
 *
 * <p>The bare message (AMQP 1.0 §3.2: properties, application-properties, body) and the footer stay
 * exactly the bytes the publisher sent. The header is kept as values and written anew for each
 * delivery; the message annotations are kept encoded, with the broker's own already merged in.
 */
public final class Message {
  /** The publisher of a message of which it is not known. */
  public static final long UNKNOWN_PUBLISHER = 0;

  /** What {@link #groupHash} says of a message that is in no group. */
  public static final long NO_GROUP = 0;

  private final Envelope envelope;
  private final MessageHeader header;
  private final byte[] annotations;
  private final byte[] bytes;
  private final int bareOffset;
  private final int bareLength;
  private final long receivedAtMs;
  private final long publisherId;

  /** Parsed on first use; a race only parses twice, and the map is immutable. */
  private @Nullable Map<String, Object> applicationProperties;

  private @Nullable Map<String, Object> annotationMap;

  /** Creates a message of which it is not known who published it. */
  public Message(
      Envelope envelope,
      MessageHeader header,
      byte[] annotations,
      ByteSlice bare,
      long receivedAtMs) {
    this(envelope, header, annotations, bare, receivedAtMs, UNKNOWN_PUBLISHER);
  }

  /**
   * Creates a message.
   *
   * @param envelope exchange and routing keys
   * @param header values of the header section
   * @param annotations the encoded message-annotations section, or an empty array
   * @param bare the bytes which hold the bare message and footer; not copied, must not change
   * @param receivedAtMs when the broker took it, in milliseconds since the epoch
   * @param publisherId the connection which published it, or {@link #UNKNOWN_PUBLISHER}
   */
  public Message(
      Envelope envelope,
      MessageHeader header,
      byte[] annotations,
      ByteSlice bare,
      long receivedAtMs,
      long publisherId) {
    this.envelope = envelope;
    this.header = header;
    this.annotations = annotations;
    this.bytes = bare.array();
    this.bareOffset = bare.offset();
    this.bareLength = bare.length();
    this.receivedAtMs = receivedAtMs;
    this.publisherId = publisherId;
  }

  /** Exchange and routing keys it was published with. */
  public Envelope envelope() {
    return envelope;
  }

  /** Durable, priority and time to live. */
  public MessageHeader header() {
    return header;
  }

  /** When the broker took it, in milliseconds since the epoch. */
  public long receivedAtMs() {
    return receivedAtMs;
  }

  /**
   * The connection which published it, or {@link #UNKNOWN_PUBLISHER}. Known only while the message
   * is in memory: it is not stored, so that a message read back from disk is nobody's own. Not part
   * of what makes two messages equal.
   */
  public long publisherId() {
    return publisherId;
  }

  /** The encoded message-annotations section; empty if there is none. Must not be changed. */
  public byte[] annotations() {
    return annotations;
  }

  /** The array which holds the bare message. Must not be changed. */
  public byte[] bareArray() {
    return bytes;
  }

  /** Where the bare message begins in {@link #bareArray()}. */
  public int bareOffset() {
    return bareOffset;
  }

  /** Length of the bare message and footer in bytes. */
  public int bareLength() {
    return bareLength;
  }

  /** Bytes this message counts for in limits and statistics: annotations, bare message, footer. */
  public int sizeBytes() {
    return annotations.length + bareLength;
  }

  /**
   * The application-properties section as values (see {@link AmqpReader} for the Java types), for
   * headers exchanges. Decoded on first use.
   *
   * @throws MalformedMessageException if the section is malformed
   */
  public Map<String, Object> applicationProperties() {
    Map<String, Object> parsed = applicationProperties;
    if (parsed == null) {
      parsed = Sections.applicationProperties(bytes, bareOffset, bareLength);
      applicationProperties = parsed;
    }
    return parsed;
  }

  /**
   * The message annotations as values, keyed by the symbol's name.
   *
   * @throws MalformedMessageException if the section is malformed
   */
  public Map<String, Object> annotationMap() {
    Map<String, Object> parsed = annotationMap;
    if (parsed == null) {
      parsed = Sections.annotations(annotations);
      annotationMap = parsed;
    }
    return parsed;
  }

  /**
   * One field of the properties section (AMQP 1.0 §3.2.4: 0 message-id, 1 user-id, 2 to, 3 subject,
   * …), or null if absent. Only that field is decoded, at each call.
   *
   * @throws MalformedMessageException if the section is malformed
   */
  public @Nullable Object property(int index) {
    return Sections.property(bytes, bareOffset, bareLength, index);
  }

  /**
   * One application property, or null if absent. Only that value is decoded, at each call.
   *
   * @param utf8Name its name, encoded as UTF-8
   * @throws MalformedMessageException if what comes before it in the section is malformed
   */
  public @Nullable Object applicationProperty(byte[] utf8Name) {
    return Sections.applicationProperty(bytes, bareOffset, bareLength, utf8Name);
  }

  /**
   * One message annotation, or null if absent. Only that value is decoded, at each call.
   *
   * @param utf8Name its name, encoded as UTF-8
   * @throws MalformedMessageException if what comes before it in the section is malformed
   */
  public @Nullable Object annotation(byte[] utf8Name) {
    return Sections.annotation(annotations, utf8Name);
  }

  /**
   * A hash of the group-id (AMQP 1.0 §3.2.4), or {@link #NO_GROUP} if the message has none, an
   * empty one, or malformed properties. Costs next to nothing where the properties end before that
   * field.
   */
  public long groupHash() {
    return GroupId.hash(bytes, bareOffset, bareLength);
  }

  /**
   * Gives up what was decoded on first use, which takes several times the room of its bytes: for
   * those who ask about many messages that they leave where they are.
   */
  public void forgetDecoded() {
    applicationProperties = null;
    annotationMap = null;
  }

  /** A copy with other annotations, header and envelope, the same bare message and publisher. */
  public Message republished(
      Envelope to, MessageHeader newHeader, byte[] newAnnotations, long nowMs) {
    return new Message(
        to,
        newHeader,
        newAnnotations,
        new ByteSlice(bytes, bareOffset, bareLength),
        nowMs,
        publisherId);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Message m
        && envelope.equals(m.envelope)
        && header.equals(m.header)
        && receivedAtMs == m.receivedAtMs
        && Arrays.equals(annotations, m.annotations)
        && Arrays.equals(
            bytes,
            bareOffset,
            bareOffset + bareLength,
            m.bytes,
            m.bareOffset,
            m.bareOffset + m.bareLength);
  }

  @Override
  public int hashCode() {
    return envelope.hashCode() * 31 + bareLength;
  }

  @Override
  public String toString() {
    return "Message[" + envelope + ", " + header + ", " + bareLength + " bytes]";
  }
}
