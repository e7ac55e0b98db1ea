package dev.warren.core.security;

import java.util.Set;

/**
 * What a token that was found good says. Immutable.
 *
 * @param name of the user
 * @param tags RabbitMQ's tags
 * @param scopes what it allows
 * @param expiresAtMs when it ends, in milliseconds since the epoch
 */
public record TokenClaims(String name, Set<String> tags, TokenScopes scopes, long expiresAtMs) {
  /** Copies the tags. */
  public TokenClaims {
    tags = Set.copyOf(tags);
  }
}
