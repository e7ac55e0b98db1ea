package dev.warren.core.message;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link Message} as bytes in the journal. Stateless. All integers big-endian:
 *
 * <pre>
 *  u8   flags: bit 0 durable
 *  i16  priority, -1 if absent
 *  i64  time to live in ms, -1 if absent
 *  i64  received at, ms since the epoch
 *  u16  exchange length, UTF-8 bytes
 *  u16  number of routing keys (at least 1), for each: u16 length, UTF-8 bytes
 *  i32  annotations length, the encoded section
 *       the rest: the bare message and footer
 * </pre>
 */
public final class MessageCodec {
  private static final int FIXED_BYTES = 1 + 2 + 8 + 8 + 2 + 2 + 4;
  private static final int DURABLE = 1;

  private MessageCodec() {}

  /** Bytes {@link #encode} will write. */
  public static int encodedBytes(Message message) {
    Envelope envelope = message.envelope();
    int bytes = FIXED_BYTES + utf8Bytes(envelope.exchange()) + message.sizeBytes();
    for (int i = 0; i < envelope.keyCount(); i++) {
      bytes += 2 + utf8Bytes(envelope.key(i));
    }
    return bytes;
  }

  /**
   * Writes the message at the buffer's position.
   *
   * @throws java.nio.BufferOverflowException if there is not enough room
   */
  public static void encode(Message message, ByteBuffer to) {
    Envelope envelope = message.envelope();
    MessageHeader header = message.header();
    to.put((byte) (header.durable() ? DURABLE : 0));
    to.putShort((short) header.priority());
    to.putLong(header.ttlMs());
    to.putLong(message.receivedAtMs());
    putString(to, envelope.exchange());
    to.putShort((short) envelope.keyCount());
    for (int i = 0; i < envelope.keyCount(); i++) {
      putString(to, envelope.key(i));
    }
    to.putInt(message.annotations().length);
    to.put(message.annotations());
    to.put(message.bareArray(), message.bareOffset(), message.bareLength());
  }

  /**
   * Reads a message back from the remaining bytes, which are copied.
   *
   * @throws MalformedMessageException if they are not an encoded message
   */
  public static Message decode(ByteBuffer from) {
    try {
      int flags = from.get();
      int priority = from.getShort();
      long ttlMs = from.getLong();
      long receivedAtMs = from.getLong();
      String exchange = getString(from);
      int keys = from.getShort() & 0xffff;
      String primary = getString(from);
      List<String> others = List.of();
      if (keys > 1) {
        others = new ArrayList<>(keys - 1);
        for (int i = 1; i < keys; i++) {
          others.add(getString(from));
        }
      }
      byte[] annotations = new byte[checkedLength(from.getInt(), from)];
      from.get(annotations);
      byte[] bare = new byte[from.remaining()];
      from.get(bare);
      return new Message(
          new Envelope(exchange, primary, others),
          MessageHeader.of((flags & DURABLE) != 0, priority, ttlMs),
          annotations,
          ByteSlice.of(bare),
          receivedAtMs);
    } catch (BufferUnderflowException e) {
      throw new MalformedMessageException("an encoded message ends too early", from.position());
    }
  }

  private static void putString(ByteBuffer to, String text) {
    if (isAscii(text)) {
      to.putShort((short) text.length());
      for (int i = 0; i < text.length(); i++) {
        to.put((byte) text.charAt(i));
      }
    } else {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      to.putShort((short) bytes.length);
      to.put(bytes);
    }
  }

  private static int utf8Bytes(String text) {
    return isAscii(text) ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static String getString(ByteBuffer from) {
    byte[] bytes = new byte[checkedLength(from.getShort() & 0xffff, from)];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int checkedLength(int length, ByteBuffer from) {
    if (length < 0 || length > from.remaining()) {
      throw new MalformedMessageException("a length of " + length, from.position());
    }
    return length;
  }
}
