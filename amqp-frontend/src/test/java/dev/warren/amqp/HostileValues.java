package dev.warren.amqp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** AMQP values octet by octet, also such as no encoder would write. */
final class HostileValues {
  static final byte[] NULL = {0x40};
  static final byte[] EMPTY_LIST = {0x45};
  private static final int LIST = 0xd0;
  private static final int MAP = 0xd1;
  private static final int ARRAY = 0xf0;
  private static final int SYMBOL = 0xb3;
  private static final int LEVEL_BYTES = 9;

  private HostileValues() {}

  static byte[] uint(int value) {
    return ByteBuffer.allocate(5).put((byte) 0x70).putInt(value).array();
  }

  static byte[] text(String text) {
    return sized(0xb1, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] symbol(String text) {
    return sized(SYMBOL, text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] binary(int length) {
    return sized(0xb0, new byte[length]);
  }

  static byte[] list(byte[]... items) {
    return compound(LIST, items.length, join(items));
  }

  /** Names and values by turns. */
  static byte[] map(byte[]... items) {
    return compound(MAP, items.length, join(items));
  }

  /** A map of so many symbols to nothing. */
  static byte[] largeMap(int entries) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < entries; i++) {
      all.writeBytes(shortSymbol(i));
      all.writeBytes(NULL);
    }
    return compound(MAP, 2 * entries, all.toByteArray());
  }

  /** A map of so many tags of deliveries to nothing. */
  static byte[] largeUnsettled(int entries) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < entries; i++) {
      all.writeBytes(new byte[] {(byte) 0xa0, 3, (byte) (i >> 16), (byte) (i >> 8), (byte) i});
      all.writeBytes(NULL);
    }
    return compound(MAP, 2 * entries, all.toByteArray());
  }

  /** An array of so many different symbols. */
  static byte[] symbols(int count) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(0xa3);
    for (int i = 0; i < count; i++) {
      byte[] symbol = shortSymbol(i);
      all.write(symbol, 1, symbol.length - 1);
    }
    return compound(ARRAY, count, all.toByteArray());
  }

  private static byte[] shortSymbol(int number) {
    byte[] name = Integer.toString(number, Character.MAX_RADIX).getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(2 + name.length)
        .put((byte) 0xa3)
        .put((byte) name.length)
        .put(name)
        .array();
  }

  /** An array which says that it has so many values that take no octet at all. */
  static byte[] zeroWidthArray(int count, int constructor) {
    return compound(ARRAY, count, new byte[] {(byte) constructor});
  }

  /** A list which says that it has so many values, and has none. */
  static byte[] emptyListOf(int count) {
    return compound(LIST, count, new byte[0]);
  }

  /** Lists in lists. */
  static byte[] nested(int depth) {
    ByteBuffer out = ByteBuffer.allocate(depth * LEVEL_BYTES + 1);
    for (int left = depth; left > 0; left--) {
      out.put((byte) LIST).putInt(left * LEVEL_BYTES + 1 - 5).putInt(1);
    }
    return out.put(EMPTY_LIST).array();
  }

  /** Arrays in arrays: each but the innermost holds one. */
  static byte[] nestedArrays(int depth) {
    ByteBuffer out = ByteBuffer.allocate(depth * LEVEL_BYTES + 1);
    out.put((byte) ARRAY);
    for (int left = depth; left > 0; left--) {
      int code = left > 1 ? ARRAY : 0x45;
      out.putInt(left * LEVEL_BYTES - 4).putInt(1).put((byte) code);
    }
    return out.array();
  }

  /** A value whose descriptor is a value whose descriptor is a value and so on. */
  static byte[] nestedDescriptors(int depth) {
    return new byte[depth];
  }

  /** A value with a descriptor, which is a value with a descriptor and so on. */
  static byte[] nestedDescribed(int depth) {
    ByteBuffer out = ByteBuffer.allocate(depth * 3 + 1);
    for (int i = 0; i < depth; i++) {
      out.put(new byte[] {0, 0x53, 0x7f});
    }
    return out.put(EMPTY_LIST).array();
  }

  static byte[] described(int descriptor, byte[] value) {
    return join(new byte[] {0, 0x53, (byte) descriptor}, value);
  }

  /** A frame of this type on channel 0. */
  static byte[] frame(int type, byte[] body) {
    return join(
        ByteBuffer.allocate(8).putInt(8 + body.length).put((byte) 2).put((byte) type).array(),
        body);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] sized(int code, byte[] octets) {
    return ByteBuffer.allocate(5 + octets.length)
        .put((byte) code)
        .putInt(octets.length)
        .put(octets)
        .array();
  }

  private static byte[] compound(int code, int count, byte[] octets) {
    return ByteBuffer.allocate(LEVEL_BYTES + octets.length)
        .put((byte) code)
        .putInt(4 + octets.length)
        .putInt(count)
        .put(octets)
        .array();
  }
}
