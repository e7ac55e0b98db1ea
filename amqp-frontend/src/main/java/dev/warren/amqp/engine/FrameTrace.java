package dev.warren.amqp.engine;

import java.util.HexFormat;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transport.EmptyFrame;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the frames of one connection to a logger of its own, {@code dev.warren.amqp.trace}: one
 * line for each, with its direction, channel, performative and fields. What applications put into
 * messages is left out (see {@link FrameText}), and the login is not seen here at all. Owned by the
 * engine's owner.
 */
public final class FrameTrace {
  private static final Logger LOG = LoggerFactory.getLogger("dev.warren.amqp.trace");

  private final String connection;
  private final int payloadBytesMax;

  /**
   * Creates the trace.
   *
   * @param connection what each line calls the connection
   * @param payloadBytesMax octets of each transfer's payload to show as hexadecimal digits; 0 shows
   *     their number only
   */
  public FrameTrace(String connection, int payloadBytesMax) {
    this.connection = connection;
    this.payloadBytesMax = payloadBytesMax;
  }

  /** Octets of a payload shown. */
  int payloadBytesMax() {
    return payloadBytesMax;
  }

  /** A frame has come. */
  void received(int channel, @Nullable Object body, @Nullable Binary payload) {
    if (payload == null) {
      log("in", channel, body, 0, "");
    } else {
      int shown = Math.min(payloadBytesMax, payload.getLength());
      int from = payload.getArrayOffset();
      String head = HexFormat.of().formatHex(payload.getArray(), from, from + shown);
      log("in", channel, body, payload.getLength(), head);
    }
  }

  /**
   * A frame goes.
   *
   * @param octets of payload in this frame
   * @param head the first of them, as many as are shown
   */
  void sent(int channel, @Nullable Object body, int octets, byte[] head) {
    int shown = Math.min(head.length, octets);
    log("out", channel, body, octets, HexFormat.of().formatHex(head, 0, shown));
  }

  private void log(
      String direction, int channel, @Nullable Object body, int octets, String payloadHead) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    StringBuilder line = new StringBuilder(160);
    if (body == null || body instanceof EmptyFrame) {
      line.append("empty");
    } else {
      FrameText.append(line, body);
    }
    if (octets > 0) {
      line.append(" payload-octets=").append(octets);
    }
    if (!payloadHead.isEmpty()) {
      line.append(" payload=").append(payloadHead);
    }
    LOG.info("frame {} channel={} {} connection=\"{}\"", direction, channel, line, connection);
  }
}
