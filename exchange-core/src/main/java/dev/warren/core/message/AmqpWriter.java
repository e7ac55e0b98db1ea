package dev.warren.core.message;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes AMQP 1.0 values (part 1, types) to a growing array. Not thread-safe. The counterpart of
 * {@link AmqpReader}: what one writes the other reads back equal.
 */
public final class AmqpWriter {
  private byte[] bytes;
  private int length;

  /** A writer with a small array. */
  public AmqpWriter() {
    this(128);
  }

  /** A writer with an array of this many bytes to start with. */
  public AmqpWriter(int capacity) {
    bytes = new byte[capacity];
  }

  /** Bytes written so far. */
  public int length() {
    return length;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** The array written to, valid up to {@link #length()} until the next write. */
  public byte[] array() {
    return bytes;
  }

  /** Forgets what was written. */
  public void reset() {
    length = 0;
  }

  /**
   * Writes a value by its Java type: null, Boolean, Byte to Long (as a signed long), {@link
   * BigInteger} (ulong), Float and Double, String, {@link Symbol}, {@link Instant}, {@link UUID},
   * byte[] and {@link ByteBuffer} (binary), a Collection (list), a Map, {@link Encoded}, or {@link
   * AmqpReader.Described}.
   *
   * @throws IllegalArgumentException for any other type
   */
  public AmqpWriter writeValue(@Nullable Object value) {
    if (value == null) {
      put(0x40);
    } else if (value instanceof String s) {
      writeString(s);
    } else if (value instanceof Symbol s) {
      writeSymbol(s.name());
    } else if (value instanceof Boolean b) {
      put(b ? 0x41 : 0x42);
    } else if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      writeLong(((Number) value).longValue());
    } else {
      writeRareValue(value);
    }
    return this;
  }

  private void writeRareValue(Object value) {
    if (value instanceof BigInteger i) {
      put(0x80);
      putLong(i.longValue());
    } else if (value instanceof Double || value instanceof Float) {
      put(0x82);
      putLong(Double.doubleToRawLongBits(((Number) value).doubleValue()));
    } else if (value instanceof Instant i) {
      writeTimestamp(i.toEpochMilli());
    } else if (value instanceof UUID u) {
      put(0x98);
      putLong(u.getMostSignificantBits());
      putLong(u.getLeastSignificantBits());
    } else if (value instanceof byte[] b) {
      writeVariable(0xa0, b);
    } else if (value instanceof ByteBuffer b) {
      byte[] copy = new byte[b.remaining()];
      b.duplicate().get(copy);
      writeVariable(0xa0, copy);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(map);
    } else if (value instanceof Collection<?> list) {
      writeList(list);
    } else if (value instanceof Encoded e) {
      writeEncoded(e.bytes(), 0, e.bytes().length);
    } else if (value instanceof AmqpReader.Described d) {
      put(0x00);
      writeValue(d.descriptor());
      writeValue(d.value());
    } else {
      throw new IllegalArgumentException("no AMQP type for " + value.getClass().getName());
    }
  }

  /**
   * A value which is encoded already, constructor included.
   *
   * @param bytes the encoding; not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  public record Encoded(byte[] bytes) {}

  /** Writes a string. */
  public AmqpWriter writeString(String value) {
    writeVariable(0xa1, value.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Writes a symbol. */
  public AmqpWriter writeSymbol(String name) {
    writeVariable(0xa3, name.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  /** Writes a signed long. */
  public AmqpWriter writeLong(long value) {
    if (value >= -128 && value <= 127) {
      put(0x55);
      put((int) value);
    } else {
      put(0x81);
      putLong(value);
    }
    return this;
  }

  /** Writes an unsigned int. */
  public AmqpWriter writeUint(long value) {
    if (value == 0) {
      put(0x43);
    } else if (value > 0 && value < 256) {
      put(0x52);
      put((int) value);
    } else {
      put(0x70);
      putInt((int) value);
    }
    return this;
  }

  /** Writes an unsigned long. */
  public AmqpWriter writeUlong(long value) {
    if (value >= 0 && value < 256) {
      put(0x53);
      put((int) value);
    } else {
      put(0x80);
      putLong(value);
    }
    return this;
  }

  /** Writes a timestamp in milliseconds since the epoch. */
  public AmqpWriter writeTimestamp(long epochMs) {
    put(0x83);
    putLong(epochMs);
    return this;
  }

  /** Writes the constructor of a described section, such as 0x72 for message-annotations. */
  public AmqpWriter writeSectionDescriptor(int code) {
    put(0x00);
    put(0x53);
    put(code);
    return this;
  }

  /** Copies bytes which are encoded already. */
  public AmqpWriter writeEncoded(byte[] source, int offset, int count) {
    ensure(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  /** Writes an array of strings (str32). */
  public AmqpWriter writeStringArray(Collection<String> values) {
    int start = beginCompound(0xf0, values.size());
    put(0xb1);
    for (String value : values) {
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      putInt(text.length);
      writeEncoded(text, 0, text.length);
    }
    endCompound(start);
    return this;
  }

  /**
   * Begins a list (0xd0), map (0xd1) or array (0xf0) of a known number of elements (in a map, keys
   * and values both count); end it by {@link #endCompound} with what this returns.
   */
  public int beginCompound(int constructor, int elements) {
    put(constructor);
    return beginCompoundBody(elements);
  }

  /** The same without the constructor, for an element of an array. */
  public int beginCompoundBody(int elements) {
    int start = length;
    putInt(0);
    putInt(elements);
    return start;
  }

  /** Writes one raw byte, such as the constructor of an array's elements. */
  public AmqpWriter writeRaw(int value) {
    put(value);
    return this;
  }

  /** Fills in the length of the compound value which began at {@code start}. */
  public void endCompound(int start) {
    int size = length - start - 4;
    bytes[start] = (byte) (size >>> 24);
    bytes[start + 1] = (byte) (size >>> 16);
    bytes[start + 2] = (byte) (size >>> 8);
    bytes[start + 3] = (byte) size;
  }

  /** The same, and replaces the number of elements given at the beginning. */
  public void endCompound(int start, int elements) {
    endCompound(start);
    bytes[start + 4] = (byte) (elements >>> 24);
    bytes[start + 5] = (byte) (elements >>> 16);
    bytes[start + 6] = (byte) (elements >>> 8);
    bytes[start + 7] = (byte) elements;
  }

  private void writeMap(Map<?, ?> map) {
    int start = beginCompound(0xd1, map.size() * 2);
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      writeValue(entry.getKey());
      writeValue(entry.getValue());
    }
    endCompound(start);
  }

  private void writeList(Collection<?> list) {
    if (list.isEmpty()) {
      put(0x45);
      return;
    }
    int start = beginCompound(0xd0, list.size());
    for (Object value : list) {
      writeValue(value);
    }
    endCompound(start);
  }

  private void writeVariable(int smallConstructor, byte[] value) {
    if (value.length < 256) {
      put(smallConstructor);
      put(value.length);
    } else {
      put(smallConstructor + 0x10);
      putInt(value.length);
    }
    writeEncoded(value, 0, value.length);
  }

  private void put(int value) {
    ensure(1);
    bytes[length++] = (byte) value;
  }

  private void putInt(int value) {
    ensure(4);
    bytes[length++] = (byte) (value >>> 24);
    bytes[length++] = (byte) (value >>> 16);
    bytes[length++] = (byte) (value >>> 8);
    bytes[length++] = (byte) value;
  }

  private void putLong(long value) {
    putInt((int) (value >>> 32));
    putInt((int) value);
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
    }
  }
}
