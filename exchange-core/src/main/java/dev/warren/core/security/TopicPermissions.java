package dev.warren.core.security;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user may do with routing keys of one topic exchange (contract §14). The expressions may
 * hold {@code {username}} and {@code {vhost}}, and for users who logged in with a token the names
 * of its claims; what takes their place is taken literally. Immutable.
 *
 * @param write for the keys messages are published with
 * @param read for the keys of bindings
 */
public record TopicPermissions(String write, String read) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-zA-Z_][a-zA-Z0-9_.:-]*)}");

  /**
   * Checks both expressions.
   *
   * @throws IllegalArgumentException saying which is wrong, and why
   */
  public TopicPermissions {
    check(Permission.WRITE, write);
    check(Permission.READ, read);
  }

  private static void check(Permission permission, String text) {
    try {
      NamePattern.of(expanded(text, name -> "x"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(permission.text() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The pattern a key has to match. A placeholder without a variable matches nothing.
   *
   * @param permission write or read
   * @param variables name to value
   */
  public NamePattern pattern(Permission permission, Map<String, String> variables) {
    String text = permission == Permission.WRITE ? write : read;
    Matcher placeholders = PLACEHOLDER.matcher(text);
    while (placeholders.find()) {
      if (!variables.containsKey(placeholders.group(1))) {
        return NamePattern.NONE;
      }
    }
    try {
      return NamePattern.of(
          expanded(text, name -> Pattern.quote(variables.getOrDefault(name, ""))));
    } catch (IllegalArgumentException e) {
      // Too long with the variables in it.
      return NamePattern.NONE;
    }
  }

  private static String expanded(String text, UnaryOperator<String> value) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(value.apply(found.group(1))));
  }
}
