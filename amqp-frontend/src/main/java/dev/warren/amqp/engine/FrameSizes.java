package dev.warren.amqp.engine;

import java.nio.ByteBuffer;

/**
 * Finds the frame that is larger than allowed among the octets of a client, before proton-j takes
 * room for it. Told of a largest frame proton-j would do that itself, but then each connection had
 * two buffers of that size. Owned by the engine.
 */
final class FrameSizes {
  private static final int SIZE_OCTETS = 4;

  private final int max;
  private int sizeOctets;
  private long size;

  /** Octets to come before the next frame; at first those of the protocol header. */
  private long left = ProtocolHeader.LENGTH;

  private boolean exceeded;

  FrameSizes(int max) {
    this.max = max;
  }

  /** How many of these octets are before such a frame: all, if there is none. */
  int before(ByteBuffer in) {
    int at = in.position();
    int start = at;
    while (at < in.limit() && !exceeded) {
      if (left > 0) {
        int skipped = (int) Math.min(left, in.limit() - at);
        left -= skipped;
        at += skipped;
      } else {
        start = sizeOctets == 0 ? at : start;
        size = size << 8 | (in.get(at) & 0xff);
        at++;
        sizeOctets++;
        endSize();
      }
    }
    return (exceeded ? start : at) - in.position();
  }

  private void endSize() {
    if (sizeOctets == SIZE_OCTETS) {
      exceeded = size > max;
      // One that is too small proton-j refuses.
      left = Math.max(0, size - SIZE_OCTETS);
      sizeOctets = 0;
      size = exceeded ? size : 0;
    }
  }

  /** Whether there was one; then nothing after it is of use. */
  boolean isExceeded() {
    return exceeded;
  }

  /** What is wrong with it. */
  String description() {
    return "a frame of " + size + " octets, but " + max + " are allowed";
  }
}
