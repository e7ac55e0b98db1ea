package dev.warren.amqp;

import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.Sections;
import dev.warren.core.message.Symbol;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of the coordinator: the body of its message (AMQP 1.0 §4.5.2, §4.5.3). Read
 * here because proton-j fails on global ids, which have no standard type.
 */
sealed interface CoordinatorRequest {
  /** Begin a transaction; {@code global} if it is part of a distributed one. */
  record Declare(boolean global) implements CoordinatorRequest {}

  /** End a transaction. */
  record Discharge(Binary txnId, boolean fail) implements CoordinatorRequest {}

  /** A message which is neither, or a discharge that names no transaction. */
  record Other() implements CoordinatorRequest {}

  /**
   * Reads a message.
   *
   * @throws dev.warren.core.message.MalformedMessageException if it cannot be decoded
   */
  static CoordinatorRequest read(ReadableBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes, 0, bytes.length);
    AmqpReader reader = new AmqpReader(bytes, 0, bytes.length);
    while (reader.hasRemaining()) {
      long section = reader.readDescriptor();
      Object value = reader.readValue();
      if (section == Sections.VALUE) {
        return value instanceof AmqpReader.Described request ? of(request) : new Other();
      }
    }
    return new Other();
  }

  private static CoordinatorRequest of(AmqpReader.Described request) {
    boolean declare = isNamed(request.descriptor(), 0x31, "amqp:declare:list");
    if (!declare && !isNamed(request.descriptor(), 0x32, "amqp:discharge:list")) {
      return new Other();
    }
    if (!(request.value() instanceof List<?> fields)) {
      return new Other();
    }
    if (declare) {
      return new Declare(field(fields, 0) != null);
    }
    if (!(field(fields, 0) instanceof ByteBuffer id)) {
      return new Other();
    }
    byte[] copy = new byte[id.remaining()];
    id.duplicate().get(copy);
    return new Discharge(new Binary(copy), Boolean.TRUE.equals(field(fields, 1)));
  }

  private static boolean isNamed(Object descriptor, long code, String symbol) {
    return descriptor instanceof Symbol named
        ? named.toString().equals(symbol)
        : descriptor.equals(code);
  }

  private static @Nullable Object field(List<?> fields, int index) {
    return index < fields.size() ? fields.get(index) : null;
  }
}
