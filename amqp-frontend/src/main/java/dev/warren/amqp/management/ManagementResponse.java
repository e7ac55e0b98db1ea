package dev.warren.amqp.management;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.AmqpWriter.Encoded;
import dev.warren.core.message.Sections;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request (contract §4.3). Immutable.
 *
 * @param status as in HTTP
 * @param body a map, a list, null, or on error a text; values that must have a certain AMQP type
 *     are {@link Encoded}
 */
public record ManagementResponse(int status, @Nullable Object body) {
  private static final int LIST_32 = 0xd0;
  private static final int PROPERTIES_WRITTEN = 6;
  private static final Map<String, String> HTTP_1_1 = Map.of("http:response", "1.1");

  static ManagementResponse ok(Object body) {
    return new ManagementResponse(200, body);
  }

  static ManagementResponse noContent() {
    return new ManagementResponse(204, null);
  }

  static ManagementResponse error(int status, String explanation) {
    return new ManagementResponse(status, explanation);
  }

  /** A value that must be an unsigned long on the wire. */
  static Encoded ulong(long value) {
    return new Encoded(new AmqpWriter(9).writeUlong(value).toByteArray());
  }

  /** A value that must be an unsigned int on the wire. */
  static Encoded uint(long value) {
    return new Encoded(new AmqpWriter(5).writeUint(value).toByteArray());
  }

  /** A value that must be an array of strings on the wire. */
  static Encoded strings(Collection<String> values) {
    return new Encoded(new AmqpWriter().writeStringArray(values).toByteArray());
  }

  /** The message, for the request with this message-id. */
  public byte[] encode(Encoded messageId) {
    AmqpWriter writer = new AmqpWriter(256);
    writer.writeSectionDescriptor(Sections.PROPERTIES);
    // message-id, user-id, to, subject, reply-to, correlation-id
    int properties = writer.beginCompound(LIST_32, PROPERTIES_WRITTEN);
    writer.writeValue(null).writeValue(null).writeValue(null);
    writer.writeString(Integer.toString(status)).writeValue(null).writeValue(messageId);
    writer.endCompound(properties);
    writer.writeSectionDescriptor(Sections.APPLICATION_PROPERTIES).writeValue(HTTP_1_1);
    return writer.writeSectionDescriptor(Sections.VALUE).writeValue(body).toByteArray();
  }
}
