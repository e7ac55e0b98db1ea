package dev.warren.amqp;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.Annotations;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.queue.Checkout;
import java.nio.ByteBuffer;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Sender;

/**
 * Writes a message as a consumer gets it: a new header, the annotations, and the bare message as it
 * came (contract §5.1, §5.2). Stateless.
 */
final class DeliveryEncoder {
  private static final int OVERHEAD_BYTES_MAX = 96;
  private static final int NULL = 0x40;
  private static final int TRUE = 0x41;
  private static final int FALSE = 0x42;
  private static final byte[] DURABLE_FIRST = firstHeader(MessageHeader.DURABLE);
  private static final byte[] TRANSIENT_FIRST = firstHeader(MessageHeader.TRANSIENT);

  private DeliveryEncoder() {}

  /**
   * The message of this checkout; the writer's array is exactly for this delivery.
   *
   * @param again whether it was sent before to the same consumer
   */
  static AmqpWriter encode(Checkout checkout, boolean again) {
    Message message = checkout.message();
    return whole(front(checkout, again, message.bareLength()), message);
  }

  /** What precedes the bare message. */
  static AmqpWriter encodeFront(Checkout checkout, boolean again) {
    return front(checkout, again, 0);
  }

  /** The message for its first consumer ever. */
  static AmqpWriter encodeFirst(Message message) {
    return whole(front(message, true, 0, 0, message.bareLength()), message);
  }

  private static AmqpWriter whole(AmqpWriter front, Message message) {
    return front.writeEncoded(message.bareArray(), message.bareOffset(), message.bareLength());
  }

  private static AmqpWriter front(Checkout checkout, boolean again, int room) {
    int deliveryCount = checkout.deliveryCount();
    boolean first = !again && !checkout.isRedelivered() && deliveryCount == 0;
    return front(checkout.message(), first, deliveryCount, checkout.acquiredCount(), room);
  }

  private static AmqpWriter front(
      Message message, boolean first, int deliveryCount, int acquiredCount, int room) {
    byte[] annotations = message.annotations();
    AmqpWriter writer = new AmqpWriter(OVERHEAD_BYTES_MAX + annotations.length + room);
    MessageHeader header = message.header();
    if (first && header.priority() == MessageHeader.ABSENT && !header.hasTtl()) {
      byte[] usual = header.durable() ? DURABLE_FIRST : TRANSIENT_FIRST;
      writer.writeEncoded(usual, 0, usual.length);
    } else {
      writeHeader(writer, header, first, deliveryCount);
    }
    if (!first || acquiredCount > 0) {
      Annotations.writeWithCounts(writer, annotations, deliveryCount, acquiredCount);
    } else {
      writer.writeEncoded(annotations, 0, annotations.length);
    }
    return writer;
  }

  private static byte[] firstHeader(MessageHeader header) {
    AmqpWriter writer = new AmqpWriter();
    writeHeader(writer, header, true, 0);
    return writer.toByteArray();
  }

  /** [2.6.12] A delivery-tag; unique on a link with fewer than 2^32 unsettled deliveries. */
  static byte[] tag(int number) {
    return new byte[] {
      (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
    };
  }

  /** [3.2.1] durable, priority, ttl, first-acquirer, delivery-count. */
  private static void writeHeader(
      AmqpWriter writer, MessageHeader header, boolean first, int deliveryCount) {
    writer.writeSectionDescriptor(Sections.HEADER).writeRaw(0xc0);
    int sizeAt = writer.length();
    writer.writeRaw(0).writeRaw(5);
    writer.writeRaw(header.durable() ? TRUE : FALSE);
    if (header.priority() == MessageHeader.ABSENT) {
      writer.writeRaw(NULL);
    } else {
      writer.writeRaw(0x50).writeRaw(header.priority());
    }
    if (header.hasTtl()) {
      writer.writeUint(header.ttlMs());
    } else {
      writer.writeRaw(NULL);
    }
    writer.writeRaw(first ? TRUE : FALSE);
    writer.writeUint(deliveryCount);
    writer.array()[sizeAt] = (byte) (writer.length() - sizeAt - 1);
  }

  /** Sends {@link #encode}. */
  static void sendWhole(Sender sender, Checkout checkout, boolean again) {
    send(sender, encode(checkout, again));
  }

  /** Sends {@link #encodeFront}. */
  static void sendFront(Sender sender, Checkout checkout, boolean again) {
    send(sender, encodeFront(checkout, again));
  }

  /** Sends the bare message from where it is stored. */
  static void sendBare(Sender sender, Message message) {
    send(sender, ByteBuffer.wrap(message.bareArray(), message.bareOffset(), message.bareLength()));
  }

  private static void send(Sender sender, AmqpWriter encoded) {
    send(sender, ByteBuffer.wrap(encoded.array(), 0, encoded.length()));
  }

  private static void send(Sender sender, ByteBuffer octets) {
    sender.sendNoCopy(ReadableBuffer.ByteBufferReader.wrap(octets));
  }
}
