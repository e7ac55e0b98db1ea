package dev.warren.core.message;

/** Finds the group-id in an encoded bare message (AMQP 1.0 §3.2.4) without decoding it. */
final class GroupId {
  /** Index of group-id in the properties section. */
  private static final int FIELD = 10;

  private GroupId() {}

  /** 64 bits of hash of the group-id, or {@link Message#NO_GROUP}. */
  static long hash(byte[] bytes, int offset, int length) {
    // All but the rarest messages are decided by their first few bytes.
    if (length > 11 && bytes[offset] == 0 && bytes[offset + 1] == 0x53) {
      if (bytes[offset + 2] != Sections.PROPERTIES) {
        return Message.NO_GROUP;
      }
      int list = bytes[offset + 3] & 0xff;
      // The count follows the length: one byte each in the small form, four in the other, of which
      // the lowest decides as long as the others are 0.
      if (list == 0x45
          || (list == 0xc0 && (bytes[offset + 5] & 0xff) <= FIELD)
          || (list == 0xd0
              && (bytes[offset + 8] | bytes[offset + 9] | bytes[offset + 10]) == 0
              && (bytes[offset + 11] & 0xff) <= FIELD)) {
        return Message.NO_GROUP;
      }
    }
    try {
      return search(new AmqpReader(bytes, offset, length), bytes);
    } catch (MalformedMessageException malformed) {
      return Message.NO_GROUP;
    }
  }

  private static long search(AmqpReader reader, byte[] bytes) {
    if (!reader.hasRemaining() || reader.readDescriptor() != Sections.PROPERTIES) {
      return Message.NO_GROUP;
    }
    int fields = reader.readListHeader();
    if (fields <= FIELD) {
      return Message.NO_GROUP;
    }
    for (int i = 0; i < FIELD; i++) {
      reader.skipValue();
    }
    int constructor = reader.peek();
    if (constructor != 0xa1 && constructor != 0xb1) {
      return Message.NO_GROUP;
    }
    int from = reader.position() + (constructor == 0xa1 ? 2 : 5);
    reader.skipValue();
    return from >= reader.position() ? Message.NO_GROUP : hashOf(bytes, from, reader.position());
  }

  /** FNV-1a, mixed so that all bits depend on all bytes. */
  private static long hashOf(byte[] bytes, int from, int to) {
    long hash = 0xcbf29ce484222325L;
    for (int i = from; i < to; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
    hash ^= hash >>> 29;
    return hash == Message.NO_GROUP ? 1 : hash;
  }
}
