package dev.warren.core.routing;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import java.util.List;

/**
 * Whether a message is routed by one binding (contract §7.2–§7.5), and why in words. The plain rule
 * of each type, beside the match tables that find all bindings at once. Stateless.
 */
final class BindingTest {
  private static final String ONE_WORD = "*";
  private static final String ANY_WORDS = "#";

  private BindingTest() {}

  /** What came of it. */
  record Result(boolean matched, String why) {}

  static Result of(Exchange exchange, Binding binding, Envelope keys, Message message) {
    return switch (exchange.definition().type()) {
      case FANOUT -> new Result(true, "a fanout exchange follows every binding");
      case HEADERS -> {
        HeadersMatch condition = HeadersMatch.of(binding.arguments());
        yield new Result(condition.matches(message), condition.why(message));
      }
      case DIRECT -> direct(binding.bindingKey(), keys);
      case TOPIC -> topic(binding.bindingKey(), keys);
    };
  }

  private static Result direct(String bindingKey, Envelope keys) {
    for (int i = 0; i < keys.keyCount(); i++) {
      if (keys.key(i).equals(bindingKey)) {
        return new Result(true, "the binding key is the " + nameOf(i));
      }
    }
    return new Result(
        false,
        keys.keyCount() == 1
            ? "the binding key is not the routing key '" + keys.key(0) + "'"
            : "the binding key is none of the " + keys.keyCount() + " routing keys");
  }

  private static String nameOf(int key) {
    return key == 0 ? "routing key" : "routing key " + key + " of CC";
  }

  private static Result topic(String pattern, Envelope keys) {
    List<String> expected = words(pattern);
    for (int i = 0; i < keys.keyCount(); i++) {
      if (matches(expected, words(keys.key(i)))) {
        return new Result(true, "the pattern matches the " + nameOf(i) + " '" + keys.key(i) + "'");
      }
    }
    return new Result(
        false,
        keys.keyCount() == 1
            ? difference(expected, words(keys.key(0)))
            : "the pattern matches none of the " + keys.keyCount() + " routing keys");
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split("\\.", -1));
  }

  /**
   * Goes through the pattern word by word and keeps, for each number of words of the key, whether
   * so many can be matched so far: the work is the product of both lengths.
   */
  private static boolean matches(List<String> pattern, List<String> key) {
    boolean[] reached = new boolean[key.size() + 1];
    reached[0] = true;
    for (String expected : pattern) {
      boolean[] next = new boolean[reached.length];
      if (expected.equals(ANY_WORDS)) {
        boolean any = false;
        for (int i = 0; i < reached.length; i++) {
          any |= reached[i];
          next[i] = any;
        }
      } else {
        for (int i = 1; i < reached.length; i++) {
          next[i] = reached[i - 1] && isMatch(expected, key.get(i - 1));
        }
      }
      reached = next;
    }
    return reached[key.size()];
  }

  private static boolean isMatch(String expected, String word) {
    return expected.equals(ONE_WORD) || expected.equals(word);
  }

  private static String difference(List<String> pattern, List<String> key) {
    for (int i = 0; i < pattern.size(); i++) {
      String expected = pattern.get(i);
      if (expected.equals(ANY_WORDS)) {
        return "what comes at or after # does not match the key";
      }
      if (i == key.size()) {
        break;
      }
      if (!isMatch(expected, key.get(i))) {
        return "word %d of the key is '%s', not '%s'".formatted(i + 1, key.get(i), expected);
      }
    }
    return "the key has %d words, %s%d were expected"
        .formatted(
            key.size(),
            pattern.contains(ANY_WORDS) ? "at least " : "",
            pattern.size() - (int) pattern.stream().filter(ANY_WORDS::equals).count());
  }
}
