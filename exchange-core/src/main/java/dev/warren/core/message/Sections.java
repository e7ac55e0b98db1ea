package dev.warren.core.message;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sections of an encoded message (AMQP 1.0 §3.2), found without decoding what is not asked for.
 * Stateless.
 */
public final class Sections {
  /** Descriptor code of the header. */
  public static final int HEADER = 0x70;

  /** Descriptor code of the delivery annotations. */
  public static final int DELIVERY_ANNOTATIONS = 0x71;

  /** Descriptor code of the message annotations. */
  public static final int MESSAGE_ANNOTATIONS = 0x72;

  /** Descriptor code of the properties. */
  public static final int PROPERTIES = 0x73;

  /** Descriptor code of the application properties. */
  public static final int APPLICATION_PROPERTIES = 0x74;

  /** Descriptor code of a data section. */
  public static final int DATA = 0x75;

  /** Descriptor code of a sequence section. */
  public static final int SEQUENCE = 0x76;

  /** Descriptor code of the value section. */
  public static final int VALUE = 0x77;

  /** Descriptor code of the footer. */
  public static final int FOOTER = 0x78;

  /** Index of user-id in the properties section. */
  public static final int USER_ID = 1;

  /** Index of to in the properties section. */
  public static final int TO = 2;

  private Sections() {}

  static Map<String, Object> applicationProperties(byte[] bytes, int offset, int length) {
    AmqpReader reader = new AmqpReader(bytes, offset, length);
    return find(reader, APPLICATION_PROPERTIES) ? reader.readStringKeyedMap() : Map.of();
  }

  static Map<String, Object> annotations(byte[] section) {
    if (section.length == 0) {
      return Map.of();
    }
    AmqpReader reader = new AmqpReader(section, 0, section.length);
    reader.readDescriptor();
    return reader.readStringKeyedMap();
  }

  static @Nullable Object property(byte[] bytes, int offset, int length, int index) {
    AmqpReader reader = new AmqpReader(bytes, offset, length);
    if (!find(reader, PROPERTIES)) {
      return null;
    }
    int count = reader.readListHeader();
    if (index >= count) {
      return null;
    }
    for (int i = 0; i < index; i++) {
      reader.skipValue();
    }
    return reader.readValue();
  }

  static @Nullable Object applicationProperty(byte[] bytes, int offset, int length, byte[] name) {
    AmqpReader reader = new AmqpReader(bytes, offset, length);
    return find(reader, APPLICATION_PROPERTIES) ? entry(reader, name) : null;
  }

  static @Nullable Object annotation(byte[] section, byte[] name) {
    if (section.length == 0) {
      return null;
    }
    AmqpReader reader = new AmqpReader(section, 0, section.length);
    reader.readDescriptor();
    return entry(reader, name);
  }

  /** The value at this key of a map, or null. */
  private static @Nullable Object entry(AmqpReader map, byte[] key) {
    int count = map.readMapHeader();
    for (int i = 0; i < count; i += 2) {
      if (map.skipText(key)) {
        return map.readValue();
      }
      map.skipValue();
    }
    return null;
  }

  /** Moves to the value of the first such section; sections come in the order of their codes. */
  private static boolean find(AmqpReader reader, int code) {
    while (reader.hasRemaining()) {
      long descriptor = reader.readDescriptor();
      if (descriptor == code) {
        return true;
      }
      if (descriptor > code) {
        return false;
      }
      reader.skipValue();
    }
    return false;
  }
}
