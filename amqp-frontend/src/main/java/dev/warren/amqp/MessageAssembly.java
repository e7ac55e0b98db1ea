package dev.warren.amqp;

import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Sections;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Puts together a message that comes in several frames. Owned by its link, used again for each
 * message.
 *
 * <p>The array of the whole message is made once its length is known from the length of its body,
 * and a quarter of it is there: so a message takes a quarter more than its length at most, and a
 * peer cannot make the broker hold more than four times what it has sent.
 */
final class MessageAssembly {
  private static final int UNKNOWN = -1;
  private static final int SHARE = 4;

  /** Sections before the body are looked for in so many octets. */
  private static final int FRONT_BYTES_MAX = 64 * 1024;

  private final ArrayDeque<byte[]> frames = new ArrayDeque<>();
  private byte @Nullable [] whole;
  private int length;
  private int expected = UNKNOWN;

  /** Octets so far. */
  int length() {
    return length;
  }

  /** Octets held, some of them for what is still to come. */
  int heldBytes() {
    byte[] array = whole;
    return array == null ? length : array.length;
  }

  /** Adds what has come of the message. */
  void add(ReadableBuffer data, int bytesMax) {
    int added = data.remaining();
    byte[] array = whole;
    if (array != null) {
      if (array.length - length < added) {
        array = Arrays.copyOf(array, grown(array.length, added, bytesMax));
        whole = array;
      }
      data.get(array, length, added);
    } else if (added > 0) {
      byte[] frame = new byte[added];
      data.get(frame, 0, added);
      frames.add(frame);
    }
    length += added;
    if (whole == null) {
      gather(bytesMax);
    }
  }

  private int grown(int present, int added, int bytesMax) {
    long wanted = Math.max((long) length + added, present + (long) present / 2);
    return (int) Math.max((long) length + added, Math.min(wanted, bytesMax));
  }

  private void gather(int bytesMax) {
    if (expected == UNKNOWN && frames.size() == 1) {
      expected = expectedLength(frames.getFirst());
    }
    if (expected != UNKNOWN && expected <= bytesMax && length >= expected / SHARE) {
      gatherInto(new byte[Math.max(expected, length)]);
    }
  }

  private void gatherInto(byte[] array) {
    int at = 0;
    for (byte[] frame = frames.poll(); frame != null; frame = frames.poll()) {
      System.arraycopy(frame, 0, array, at, frame.length);
      at += frame.length;
    }
    whole = array;
  }

  /** The message, now that it is complete; this is empty again. */
  ByteSlice finish() {
    byte[] array = whole;
    if (array == null) {
      array = new byte[length];
      gatherInto(array);
    }
    ByteSlice message = new ByteSlice(array, 0, length);
    clear();
    return message;
  }

  /** Drops what is here. */
  void clear() {
    frames.clear();
    whole = null;
    length = 0;
    expected = UNKNOWN;
  }

  /** The length of a message whose body is one section, or unknown. */
  private static int expectedLength(byte[] front) {
    try {
      AmqpReader reader = new AmqpReader(front, 0, Math.min(front.length, FRONT_BYTES_MAX));
      while (reader.hasRemaining()) {
        long section = reader.readDescriptor();
        if (section >= Sections.DATA && section <= Sections.VALUE) {
          return bodyEnd(front, reader.position());
        }
        reader.skipValue();
      }
    } catch (MalformedMessageException e) {
      // Cut off by the end of the frame, or malformed; if so, it is found out in the end.
    }
    return UNKNOWN;
  }

  /** Where a value with a length of four octets ends. */
  private static int bodyEnd(byte[] front, int at) {
    int code = at < front.length ? front[at] & 0xff : 0;
    boolean isLong = code == 0xb0 || code == 0xb1 || code == 0xd0 || code == 0xd1;
    if (!isLong || at + 5 > front.length) {
      return UNKNOWN;
    }
    long end = at + 5L + (ByteBuffer.wrap(front, at + 1, 4).getInt() & 0xffff_ffffL);
    return end > Integer.MAX_VALUE ? UNKNOWN : (int) end;
  }
}
