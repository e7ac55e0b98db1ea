package dev.warren.amqp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a JMS subscription, and the queue behind it. Immutable.
 *
 * <p>Clients add to a shared subscription's name, to have a link name for each consumer and kind:
 * {@code |2}, {@code |global}, {@code |volatile1}, {@code |global-volatile3}.
 *
 * @param name as the application gave it
 * @param client the container id to which it belongs; null if it belongs to all
 * @param queue the queue's name, of at most 255 bytes
 */
record SubscriptionName(String name, @Nullable String client, String queue) {
  private static final Pattern LOOK_UP = Pattern.compile("(.+)\\|(global)?\\d*", Pattern.DOTALL);
  private static final int HASH_BYTES = 16;

  /** Of the attach of a consumer. */
  static SubscriptionName of(
      String link, @Nullable String client, boolean durable, boolean shared) {
    int bar = shared ? link.lastIndexOf('|') : -1;
    return of(bar > 0 ? link.substring(0, bar) : link, client, durable ? "durable" : "shared");
  }

  /** Of an attach that only has the link's name: only durable subscriptions are looked up. */
  static SubscriptionName ofLookUp(String link, String client) {
    Matcher shared = LOOK_UP.matcher(link);
    return shared.matches()
        ? of(shared.group(1), shared.group(2) == null ? client : null, "durable")
        : of(link, client, "durable");
  }

  private static SubscriptionName of(String name, @Nullable String client, String kind) {
    String prefix =
        "jms." + kind + (client == null ? "-global." : "." + escaped(client, true) + ".");
    return new SubscriptionName(name, client, fitting(prefix + escaped(name, false)));
  }

  /** Names must not run into each other, nor contain line breaks. */
  private static String escaped(String text, boolean dots) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '%' || (dots && c == '.')) {
        escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  /** The name itself, or if it is too long its beginning and a hash of the whole. */
  private static String fitting(String queue) {
    byte[] bytes = queue.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= AddressParser.NAME_BYTES_MAX) {
      return queue;
    }
    String hash = "~" + HexFormat.of().formatHex(digest(bytes), 0, HASH_BYTES);
    int kept = 0;
    int length = hash.length();
    while (kept < queue.length()) {
      int next = kept + Character.charCount(queue.codePointAt(kept));
      length += queue.substring(kept, next).getBytes(StandardCharsets.UTF_8).length;
      if (length > AddressParser.NAME_BYTES_MAX) {
        break;
      }
      kept = next;
    }
    return queue.substring(0, kept) + hash;
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
