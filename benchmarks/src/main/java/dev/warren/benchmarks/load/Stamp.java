package dev.warren.benchmarks.load;

import java.nio.ByteBuffer;

/**
 * The first bytes of each body: which run, which sender, which number, and when.
 *
 * <pre>
 *  0        8        12       16              24
 *  +--------+--------+--------+---------------+
 *  | run    | sender | number | time, ns      |   big-endian
 *  +--------+--------+--------+---------------+
 * </pre>
 */
final class Stamp {

  /** Bytes of a stamp. */
  static final int LENGTH = 24;

  private Stamp() {}

  static void write(byte[] message, int at, long run, int sender, int number, long timeNs) {
    ByteBuffer.wrap(message)
        .putLong(at, run)
        .putInt(at + 8, sender)
        .putInt(at + 12, number)
        .putLong(at + 16, timeNs);
  }

  static long run(ByteBuffer message, int at) {
    return message.getLong(at);
  }

  static int sender(ByteBuffer message, int at) {
    return message.getInt(at + 8);
  }

  static int number(ByteBuffer message, int at) {
    return message.getInt(at + 12);
  }

  static long timeNs(ByteBuffer message, int at) {
    return message.getLong(at + 16);
  }
}
