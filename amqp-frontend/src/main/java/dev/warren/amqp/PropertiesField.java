package dev.warren.amqp;

import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Sections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a single field of a bare message's properties section (AMQP 1.0 §3.2.4) and skips the rest,
 * since it is done for every message. Stateless.
 */
final class PropertiesField {
  private static final int NULL = 0x40;

  private PropertiesField() {}

  /**
   * The field at this index, or null if it or the section is absent.
   *
   * @throws MalformedMessageException if the section is malformed
   */
  static @Nullable Object read(ByteSlice bare, int index) {
    byte[] bytes = bare.array();
    int at = bare.offset();
    int end = at + bare.length();
    // The section is always first in the bare message: 0x00 smallulong 0x73, then a list.
    if (bare.length() < 4 || bytes[at] != 0) {
      return null;
    }
    if (bytes[at + 1] != 0x53) {
      return readWide(bare, index);
    }
    if (bytes[at + 2] != Sections.PROPERTIES) {
      return null;
    }
    int countAt =
        switch (bytes[at + 3] & 0xff) {
          case 0xc0 -> at + 5;
          case 0xd0 -> at + 11;
          case 0x45 -> -1;
          default -> throw new MalformedMessageException("properties must be a list", at);
        };
    if (countAt < 0) {
      return null;
    }
    if (countAt >= end) {
      throw new MalformedMessageException("truncated properties", at);
    }
    // A list32 with more than 255 entries is none; its low octet is enough for 13 fields.
    if ((bytes[countAt] & 0xff) <= index) {
      return null;
    }
    AmqpReader reader = new AmqpReader(bytes, bare.offset(), bare.length());
    reader.position(countAt + 1);
    for (int i = 0; i < index; i++) {
      reader.skipValue();
    }
    return reader.peek() == NULL ? null : reader.readValue();
  }

  /** The same when the descriptor is written in another of its forms, which few clients do. */
  private static @Nullable Object readWide(ByteSlice bare, int index) {
    AmqpReader reader = new AmqpReader(bare.array(), bare.offset(), bare.length());
    if (reader.readDescriptor() != Sections.PROPERTIES) {
      return null;
    }
    if (!(reader.readValue() instanceof List<?> fields)) {
      throw new MalformedMessageException("properties must be a list", bare.offset());
    }
    return index < fields.size() ? fields.get(index) : null;
  }
}
