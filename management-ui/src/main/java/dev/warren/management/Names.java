package dev.warren.management;

import java.nio.charset.StandardCharsets;

/** Names of users and virtual hosts, which clients choose. Stateless. */
final class Names {
  private static final int BYTES_MAX = 255;

  private Names() {}

  /**
   * The name, if it can be one.
   *
   * @param what it names, for the refusal
   * @throws ApiException 400 if it is empty, too long or has control characters
   */
  static String check(String what, String name) {
    boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= BYTES_MAX;
    if (name.isEmpty() || !fits || name.chars().anyMatch(Character::isISOControl)) {
      throw ApiException.badRequest(
          "%s name '%s': 1 to %d bytes without control characters were expected"
              .formatted(what, name, BYTES_MAX));
    }
    return name;
  }
}
