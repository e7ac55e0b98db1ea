package dev.warren.amqp.conformance;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;

/** Messages as octets, section by section, so that a test may put them in any order. */
final class Encoded {
  private static final int MESSAGE_BYTES_MAX = 16 * 1024;

  private Encoded() {}

  /** These sections in this order, whether or not that makes a message. */
  static byte[] message(Object... sections) {
    ByteBuffer out = ByteBuffer.allocate(MESSAGE_BYTES_MAX);
    EncoderImpl encoder = codec(new DecoderImpl());
    encoder.setByteBuffer(out);
    for (Object section : sections) {
      encoder.writeObject(section);
    }
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  /** The sections of a message. */
  static List<Section> sections(byte[] message) {
    DecoderImpl decoder = new DecoderImpl();
    codec(decoder);
    ByteBuffer in = ByteBuffer.wrap(message);
    decoder.setByteBuffer(in);
    List<Section> sections = new ArrayList<>();
    while (in.hasRemaining()) {
      sections.add((Section) decoder.readObject());
    }
    return sections;
  }

  /** The section of this kind. */
  static <T> T section(byte[] message, Class<T> kind) {
    return sections(message).stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind.getSimpleName()));
  }

  static boolean has(byte[] message, Class<?> kind) {
    return sections(message).stream().anyMatch(kind::isInstance);
  }

  static Binary binary(String text) {
    return new Binary(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static EncoderImpl codec(DecoderImpl decoder) {
    EncoderImpl encoder = new EncoderImpl(decoder);
    AMQPDefinedTypes.registerAllTypes(decoder, encoder);
    return encoder;
  }
}
