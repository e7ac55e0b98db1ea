package dev.warren.server.interop;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a client says until it has a link, octet by octet, to be sent in any pieces. */
final class HandshakeOctets {
  static final byte[] SASL = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
  static final byte[] AMQP = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
  private static final byte[] NULL = {0x40};
  private static final byte[] ZERO = {0x43};
  private static final byte[] FALSE = {0x42};
  private static final byte[] WINDOW = {0x70, 0, 0, 8, 0};
  private static final int SASL_TYPE = 1;

  private HandshakeOctets() {}

  /** Logs in as guest. */
  static byte[] login() {
    return login("\0guest\0guest");
  }

  /** Says this to the mechanism PLAIN. */
  static byte[] login(String response) {
    return join(SASL, frame(SASL_TYPE, 0x41, text(0xb3, "PLAIN"), text(0xb0, response)), AMQP);
  }

  static byte[] open(String container) {
    return open(container, "vhost:/");
  }

  static byte[] open(String container, String hostname) {
    return frame(0, 0x10, text(0xb1, container), text(0xb1, hostname));
  }

  static byte[] begin() {
    return frame(0, 0x11, NULL, ZERO, WINDOW, WINDOW);
  }

  /** A publisher of a queue. */
  static byte[] attach(String name, String queue) {
    byte[] source = described(0x28, list());
    byte[] target = described(0x29, list(text(0xb1, "/queues/" + queue)));
    return frame(
        0, 0x12, text(0xb1, name), ZERO, FALSE, NULL, NULL, source, target, NULL, NULL, ZERO);
  }

  static byte[] close() {
    return frame(0, 0x18);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] frame(int type, int descriptor, byte[]... fields) {
    byte[] body = described(descriptor, list(fields));
    return ByteBuffer.allocate(8 + body.length)
        .putInt(8 + body.length)
        .put((byte) 2)
        .put((byte) type)
        .putShort((short) 0)
        .put(body)
        .array();
  }

  private static byte[] described(int descriptor, byte[] value) {
    return join(new byte[] {0, 0x53, (byte) descriptor}, value);
  }

  private static byte[] list(byte[]... items) {
    byte[] all = join(items);
    return ByteBuffer.allocate(9 + all.length)
        .put((byte) 0xd0)
        .putInt(4 + all.length)
        .putInt(items.length)
        .put(all)
        .array();
  }

  private static byte[] text(int code, String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(5 + octets.length)
        .put((byte) code)
        .putInt(octets.length)
        .put(octets)
        .array();
  }
}
