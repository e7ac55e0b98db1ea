package dev.warren.management;

import dev.warren.core.filter.InvalidFilterException;
import dev.warren.core.filter.MessageFilter;
import dev.warren.core.filter.SqlFilter;
import dev.warren.core.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What somebody looks for in a queue: a filter of SQL (contract §6) and a text that properties,
 * application properties or body contain. Immutable.
 *
 * <p>The text is looked for in the encoded message, octet by octet; letters of ASCII match in
 * either case.
 */
final class MessageSearch {
  private static final int TEXT_LENGTH_MAX = 1000;

  private final MessageFilter filter;
  private final byte[] text;
  private final @Nullable Predicate<Message> also;
  private final Map<String, String> asked;

  private MessageSearch(
      MessageFilter filter,
      byte[] text,
      @Nullable Predicate<Message> also,
      Map<String, String> asked) {
    this.filter = filter;
    this.text = text;
    this.also = also;
    this.asked = asked;
  }

  /**
   * Reads the two.
   *
   * @throws ApiException 400 naming the one that is wrong
   */
  static MessageSearch of(Optional<String> filter, Optional<String> text) {
    String wanted = text.orElse("");
    if (wanted.length() > TEXT_LENGTH_MAX) {
      throw ApiException.badRequest(
          "text: it has %d characters, at most %d were expected"
              .formatted(wanted.length(), TEXT_LENGTH_MAX));
    }
    byte[] octets = wanted.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < octets.length; i++) {
      octets[i] = lower(octets[i]);
    }
    return new MessageSearch(
        filter.filter(sql -> !sql.isBlank()).map(MessageSearch::parse).orElse(MessageFilter.ALL),
        octets,
        null,
        asked(filter, text));
  }

  /** The same, of those messages only; what is asked of each must not take long. */
  MessageSearch and(Predicate<Message> wanted) {
    return new MessageSearch(filter, text, wanted, asked);
  }

  private static Map<String, String> asked(Optional<String> filter, Optional<String> text) {
    Map<String, String> asked = new LinkedHashMap<>();
    filter.filter(sql -> !sql.isBlank()).ifPresent(sql -> asked.put("filter", sql));
    text.filter(wanted -> !wanted.isEmpty()).ifPresent(wanted -> asked.put("text", wanted));
    return asked;
  }

  private static MessageFilter parse(String sql) {
    try {
      return SqlFilter.parse(sql);
    } catch (InvalidFilterException e) {
      throw ApiException.badRequest("filter: " + e.getMessage());
    }
  }

  /** What was asked for. */
  Map<String, String> described() {
    return asked;
  }

  /** Whether it matches every message. */
  boolean isForAll() {
    return filter == MessageFilter.ALL && text.length == 0 && also == null;
  }

  boolean matches(Message message, long nowMs) {
    if (text.length > 0 && !contains(message)) {
      return false;
    }
    if (filter != MessageFilter.ALL) {
      boolean matches = filter.matches(message, nowMs);
      message.forgetDecoded();
      if (!matches) {
        return false;
      }
    }
    return also == null || also.test(message);
  }

  private boolean contains(Message message) {
    byte[] in = message.bareArray();
    int last = message.bareOffset() + message.bareLength() - text.length;
    for (int at = message.bareOffset(); at <= last; at++) {
      int matched = 0;
      while (matched < text.length && lower(in[at + matched]) == text[matched]) {
        matched++;
      }
      if (matched == text.length) {
        return true;
      }
    }
    return false;
  }

  private static byte lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? (byte) (octet + ('a' - 'A')) : octet;
  }
}
