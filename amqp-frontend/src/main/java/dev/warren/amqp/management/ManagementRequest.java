package dev.warren.amqp.management;

import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.AmqpWriter.Encoded;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Sections;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came (contract §4.2). Immutable.
 *
 * @param messageId encoded, since the response repeats it with the type it had; null's encoding if
 *     there was none
 * @param to path and query
 * @param subject the method
 * @param replyTo must be {@code $me}
 * @param body the value of the body, or null
 */
public record ManagementRequest(
    Encoded messageId,
    @Nullable Object to,
    @Nullable Object subject,
    @Nullable Object replyTo,
    @Nullable Object body) {
  private static final int NULL = 0x40;
  private static final int LIST_0 = 0x45;
  private static final int LIST_8 = 0xc0;
  private static final int LIST_32 = 0xd0;
  private static final int FIELDS_READ = 5;

  /**
   * Reads an encoded message.
   *
   * @throws MalformedMessageException if it is none
   */
  public static ManagementRequest decode(byte[] bytes, int offset, int length) {
    AmqpReader reader = new AmqpReader(bytes, offset, length);
    Encoded messageId = new Encoded(new byte[] {NULL});
    @Nullable Object[] fields = new Object[FIELDS_READ];
    Object body = null;
    while (reader.hasRemaining()) {
      int section = (int) reader.readDescriptor();
      if (section == Sections.PROPERTIES) {
        messageId = readProperties(reader, bytes, fields);
      } else if (section == Sections.VALUE || section == Sections.DATA) {
        body = reader.readValue();
      } else {
        reader.skipValue();
      }
    }
    return new ManagementRequest(messageId, fields[2], fields[3], fields[4], body);
  }

  private static Encoded readProperties(
      AmqpReader reader, byte[] bytes, @Nullable Object[] fields) {
    int at = reader.position();
    int count;
    switch (reader.peek()) {
      case LIST_0 -> {
        reader.skipValue();
        return new Encoded(new byte[] {NULL});
      }
      case LIST_8 -> {
        reader.position(at + 3);
        count = bytes[at + 2] & 0xff;
      }
      case LIST_32 -> {
        reader.position(at + 9);
        // More than 13 fields are no properties section; the octet below is enough for those.
        count = bytes[at + 8] & 0xff;
      }
      default -> throw new MalformedMessageException("properties must be a list", at);
    }
    Encoded messageId = new Encoded(new byte[] {NULL});
    for (int i = 0; i < count; i++) {
      int start = reader.position();
      if (i == 0) {
        reader.skipValue();
        messageId = new Encoded(Arrays.copyOfRange(bytes, start, reader.position()));
      } else if (i < FIELDS_READ) {
        fields[i] = reader.readValue();
      } else {
        reader.skipValue();
      }
    }
    return messageId;
  }
}
