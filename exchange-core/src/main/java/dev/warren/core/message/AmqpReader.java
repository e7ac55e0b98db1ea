package dev.warren.core.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads AMQP 1.0 values (part 1, types) from a range of an array. Not thread-safe.
 *
 * <p>Java types: every integer is a {@link Long} (a ulong beyond its range a {@link BigInteger}),
 * float and double a {@link Double}, timestamp an {@link Instant}, binary a read-only {@link
 * ByteBuffer}, char an {@link Integer} code point, decimals their bytes as binary; string, {@link
 * Symbol}, boolean, {@link UUID}, {@link List} and {@link Map} as such. A described value is read
 * as {@link Described}. Nesting is limited to {@value #DEPTH_MAX} levels.
 *
 * <p>Every method throws {@link MalformedMessageException} when the bytes are not what they should
 * be, and never reads outside its range.
 */
public final class AmqpReader {
  /** Levels of lists, maps, arrays and descriptors within each other. */
  public static final int DEPTH_MAX = 32;

  /** Array elements that take no bytes (null, true, zero, empty list), in all that is read. */
  private static final int EMPTY_ELEMENTS_MAX = 65_536;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int at;
  private int depth;
  private long emptyElementsLeft = EMPTY_ELEMENTS_MAX;

  /** A value with a descriptor (AMQP 1.0 §1.5). */
  public record Described(Object descriptor, @Nullable Object value) {}

  /** Reads {@code length} bytes of {@code bytes} from {@code offset}. */
  public AmqpReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  /** Whether bytes are left. */
  public boolean hasRemaining() {
    return at < end;
  }

  /** Index in the array of the next byte. */
  public int position() {
    return at;
  }

  /** Continues at another index of the array. */
  public void position(int index) {
    if (index < 0 || index > end) {
      throw malformed("position out of range");
    }
    at = index;
  }

  /** The next byte, without advancing. */
  public int peek() {
    need(1);
    return bytes[at] & 0xff;
  }

  /** Reads one value with its constructor. */
  public @Nullable Object readValue() {
    return readValue(readConstructor());
  }

  /** Reads one value which must be a map, as {@link #readValue} does. */
  public Map<String, Object> readStringKeyedMap() {
    Object value = readValue();
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw malformed("a map was expected");
    }
    Map<String, Object> result = new LinkedHashMap<>(map.size() * 2);
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object key = entry.getKey();
      if (key instanceof String || key instanceof Symbol) {
        result.put(key.toString(), entry.getValue());
      } else {
        throw malformed("a map key must be a string or symbol");
      }
    }
    return Collections.unmodifiableMap(result);
  }

  /** The descriptor code of a section or other described type, or -1 for one not numeric. */
  public long readDescriptor() {
    if (readConstructor() != 0) {
      throw malformed("a described value was expected");
    }
    Object descriptor = readValue();
    return descriptor instanceof Long code ? code : -1;
  }

  /**
   * Reads the constructor, length and count of a map, so that its keys and values can be read one
   * by one.
   *
   * @return how many keys and values follow, together
   */
  public int readMapHeader() {
    int constructor = readConstructor();
    if (constructor == 0x40) {
      return 0;
    }
    if (constructor != 0xc1 && constructor != 0xd1) {
      throw malformed("a map was expected");
    }
    boolean small = constructor == 0xc1;
    need(small ? readByte() : readLength32());
    int count = readCount(small, end);
    if (count % 2 != 0) {
      throw malformed("a map needs an even number of elements");
    }
    return count;
  }

  /**
   * The same for a list.
   *
   * @return how many elements follow
   */
  public int readListHeader() {
    int constructor = readConstructor();
    if (constructor == 0x40 || constructor == 0x45) {
      return 0;
    }
    if (constructor != 0xc0 && constructor != 0xd0) {
      throw malformed("a list was expected");
    }
    boolean small = constructor == 0xc0;
    need(small ? readByte() : readLength32());
    return readCount(small, end);
  }

  /** Skips a string or symbol, and tells whether it has exactly these bytes. */
  public boolean skipText(byte[] expected) {
    int constructor = readConstructor();
    int length =
        switch (constructor) {
          case 0xa1, 0xa3 -> readByte();
          case 0xb1, 0xb3 -> readLength32();
          default -> throw malformed("a string or symbol was expected");
        };
    int from = at;
    skip(length);
    return Arrays.equals(bytes, from, at, expected, 0, expected.length);
  }

  /** Skips one value without building it; checks only its lengths. */
  public void skipValue() {
    int constructor = readConstructor();
    while (constructor == 0) {
      enter();
      skipValue();
      depth--;
      constructor = readConstructor();
    }
    skip(bodyLength(constructor));
  }

  private int bodyLength(int constructor) {
    return switch (constructor >>> 4) {
      case 0x4 -> 0;
      case 0x5 -> 1;
      case 0x6 -> 2;
      case 0x7 -> 4;
      case 0x8 -> 8;
      case 0x9 -> 16;
      case 0xa, 0xc, 0xe -> readByte();
      case 0xb, 0xd, 0xf -> readLength32();
      default -> throw malformed("unknown constructor 0x" + Integer.toHexString(constructor));
    };
  }

  private int readConstructor() {
    return readByte();
  }

  private @Nullable Object readValue(int constructor) {
    return switch (constructor) {
      case 0x00 -> readDescribed();
      case 0x40 -> null;
      case 0x41 -> true;
      case 0x42 -> false;
      case 0x43, 0x44 -> 0L;
      case 0x45 -> List.of();
      case 0x50, 0x52, 0x53 -> (long) readByte();
      case 0x51, 0x54, 0x55 -> (long) (byte) readByte();
      case 0x56 -> readByte() != 0;
      case 0x60 -> (long) (readShort() & 0xffff);
      case 0x61 -> (long) readShort();
      case 0x70 -> readInt() & 0xffffffffL;
      case 0x71 -> (long) readInt();
      case 0x72 -> (double) Float.intBitsToFloat(readInt());
      case 0x73 -> readInt();
      case 0x80 -> unsigned(readLong());
      case 0x81 -> readLong();
      case 0x82 -> Double.longBitsToDouble(readLong());
      case 0x83 -> Instant.ofEpochMilli(readLong());
      case 0x74 -> readBinary(4);
      case 0x84 -> readBinary(8);
      case 0x94 -> readBinary(16);
      case 0x98 -> new UUID(readLong(), readLong());
      case 0xa0 -> readBinary(readByte());
      case 0xb0 -> readBinary(readLength32());
      case 0xa1 -> readString(readByte());
      case 0xb1 -> readString(readLength32());
      case 0xa3 -> new Symbol(readAscii(readByte()));
      case 0xb3 -> new Symbol(readAscii(readLength32()));
      case 0xc0, 0xd0 -> readList(constructor == 0xc0);
      case 0xc1, 0xd1 -> readMap(constructor == 0xc1);
      case 0xe0, 0xf0 -> readArray(constructor == 0xe0);
      default -> throw malformed("unknown constructor 0x" + Integer.toHexString(constructor));
    };
  }

  private Described readDescribed() {
    enter();
    Object descriptor = readValue();
    if (descriptor == null) {
      throw malformed("a descriptor must not be null");
    }
    Object value = readValue();
    depth--;
    return new Described(descriptor, value);
  }

  private List<@Nullable Object> readList(boolean small) {
    int stop = enterCompound(small);
    int count = readCount(small, stop);
    List<@Nullable Object> list = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      list.add(readValue());
    }
    leaveCompound(stop);
    return Collections.unmodifiableList(list);
  }

  private Map<@Nullable Object, @Nullable Object> readMap(boolean small) {
    int stop = enterCompound(small);
    int count = readCount(small, stop);
    if (count % 2 != 0) {
      throw malformed("a map needs an even number of elements");
    }
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>(Math.min(count, 64));
    for (int i = 0; i < count; i += 2) {
      Object key = readValue();
      map.put(key, readValue());
    }
    leaveCompound(stop);
    return Collections.unmodifiableMap(map);
  }

  private List<@Nullable Object> readArray(boolean small) {
    int stop = enterCompound(small);
    int count = readCount(small, stop);
    int constructor = readConstructor();
    Object descriptor = null;
    if (constructor == 0) {
      descriptor = readValue();
      constructor = readConstructor();
    }
    if (constructor >>> 4 == 0x4) {
      // These elements take no bytes, so that the length of the input does not bound them.
      emptyElementsLeft -= count;
      if (emptyElementsLeft < 0) {
        throw malformed("more than " + EMPTY_ELEMENTS_MAX + " array elements of no bytes");
      }
    }
    List<@Nullable Object> list = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      Object value = readValue(constructor);
      list.add(descriptor == null ? value : new Described(descriptor, value));
    }
    leaveCompound(stop);
    return Collections.unmodifiableList(list);
  }

  private int enterCompound(boolean small) {
    enter();
    int length = small ? readByte() : readLength32();
    need(length);
    return at + length;
  }

  private int readCount(boolean small, int stop) {
    int count = small ? readByte() : readInt();
    // Each element takes at least one byte, but in an array of a zero-width type.
    if (count < 0 || at > stop) {
      throw malformed("element count out of range");
    }
    return count;
  }

  private void leaveCompound(int stop) {
    if (at != stop) {
      throw malformed("elements do not fill their compound value");
    }
    depth--;
  }

  private void enter() {
    if (++depth > DEPTH_MAX) {
      throw malformed("values nested deeper than " + DEPTH_MAX);
    }
  }

  private static Object unsigned(long value) {
    return value >= 0 ? (Object) value : new BigInteger(Long.toUnsignedString(value));
  }

  private ByteBuffer readBinary(int length) {
    need(length);
    ByteBuffer view = ByteBuffer.wrap(bytes, at, length).slice().asReadOnlyBuffer();
    at += length;
    return view;
  }

  private String readString(int length) {
    need(length);
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return text;
  }

  private String readAscii(int length) {
    need(length);
    String text = new String(bytes, at, length, StandardCharsets.US_ASCII);
    at += length;
    return text;
  }

  private void skip(int length) {
    need(length);
    at += length;
  }

  private int readByte() {
    need(1);
    return bytes[at++] & 0xff;
  }

  private short readShort() {
    need(2);
    short value = (short) SHORT.get(bytes, at);
    at += 2;
    return value;
  }

  private int readInt() {
    need(4);
    int value = (int) INT.get(bytes, at);
    at += 4;
    return value;
  }

  private int readLength32() {
    int length = readInt();
    if (length < 0) {
      throw malformed("a length beyond 2 GiB");
    }
    return length;
  }

  private long readLong() {
    need(8);
    long value = (long) LONG.get(bytes, at);
    at += 8;
    return value;
  }

  private void need(int length) {
    if (length < 0 || length > end - at) {
      throw malformed(length + " bytes needed, " + (end - at) + " left");
    }
  }

  private MalformedMessageException malformed(String what) {
    return new MalformedMessageException(what, at);
  }
}
