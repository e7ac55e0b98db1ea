package dev.warren.amqp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Text to {@link Address} (contract §3, version 2 addresses). Immutable.
 *
 * <p>A path is split at its slashes first; then each segment is percent-decoded once. A plus stays
 * a plus.
 */
final class AddressParser {
  /** Longest name of an exchange, a queue or a routing key, in bytes of UTF-8. */
  static final int NAME_BYTES_MAX = 255;

  private static final String EXCHANGES = "/exchanges/";
  private static final String QUEUES = "/queues/";
  private static final String MANAGEMENT = "/management";

  private final boolean bareQueueNames;

  /**
   * Creates the parser.
   *
   * @param bareQueueNames whether text without a leading slash is the name of a queue
   */
  AddressParser(boolean bareQueueNames) {
    this.bareQueueNames = bareQueueNames;
  }

  /** The address in the target of a link; null is the anonymous terminus. */
  Address target(@Nullable String text) {
    return text == null ? Address.ANONYMOUS : parse(text);
  }

  /** The address in the source of a link: a queue or the management node. */
  Address source(@Nullable String text) {
    if (text == null) {
      return new Address.Malformed("a source needs an address");
    }
    Address address = parse(text);
    return address instanceof Address.Exchange
        ? malformed("a source must be a queue", text)
        : address;
  }

  /** The address in a message's {@code to} field: a queue or an exchange. */
  Address to(@Nullable Object to) {
    if (!(to instanceof String text)) {
      return new Address.Malformed("the message needs an address in properties.to");
    }
    Address address = parse(text);
    return address instanceof Address.Management ? malformed("no such target", text) : address;
  }

  private Address parse(String text) {
    if (text.startsWith(EXCHANGES)) {
      return exchange(text);
    }
    if (text.startsWith(QUEUES)) {
      return queue(text, decode(text.substring(QUEUES.length())));
    }
    if (text.equals(MANAGEMENT)) {
      return Address.MANAGEMENT;
    }
    if (!text.startsWith("/") && bareQueueNames) {
      return queue(text, text);
    }
    return malformed("expected /queues/:queue or /exchanges/:exchange/:routing-key", text);
  }

  private static Address exchange(String text) {
    int slash = text.indexOf('/', EXCHANGES.length());
    int end = slash < 0 ? text.length() : slash;
    String exchange = decode(text.substring(EXCHANGES.length(), end));
    String key = slash < 0 ? "" : text.substring(slash + 1);
    if (key.indexOf('/') >= 0) {
      return malformed("more than two segments after /exchanges", text);
    }
    String routingKey = decode(key);
    if (exchange == null || routingKey == null) {
      return malformed("bad percent-encoding", text);
    }
    if (exchange.isEmpty() || exchange.equals("amq.default")) {
      return malformed("the default exchange is reached through /queues only", text);
    }
    if (isTooLong(exchange) || isTooLong(routingKey)) {
      return new Address.Malformed("a name is longer than 255 bytes");
    }
    return new Address.Exchange(exchange, routingKey);
  }

  private static Address queue(String text, @Nullable String name) {
    if (name == null) {
      return malformed("bad percent-encoding", text);
    }
    if (name.isEmpty()) {
      return malformed("empty queue name", text);
    }
    return isTooLong(name)
        ? new Address.Malformed("a name is longer than 255 bytes")
        : new Address.Queue(name);
  }

  private static boolean isTooLong(String name) {
    return name.length() > NAME_BYTES_MAX
        || name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX;
  }

  private static Address.Malformed malformed(String why, String text) {
    String shown = text.length() > NAME_BYTES_MAX ? text.substring(0, NAME_BYTES_MAX) : text;
    return new Address.Malformed("malformed address '" + shown + "': " + why);
  }

  /** The decoded segment, or null if the encoding is bad or does not yield UTF-8. */
  private static @Nullable String decode(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    byte[] in = segment.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] != '%') {
        out.put(in[i]);
        continue;
      }
      int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        return null;
      }
      out.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
