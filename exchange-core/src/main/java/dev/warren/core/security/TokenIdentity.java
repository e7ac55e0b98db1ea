package dev.warren.core.security;

import java.util.OptionalLong;
import java.util.Set;

/**
 * Somebody who has logged in by a token: it says all there is to know. A newer token may take its
 * place, which everybody who holds the identity sees at once. Thread-safe.
 */
public final class TokenIdentity implements Identity {
  private volatile TokenClaims claims;

  /** Whom the token names. */
  public TokenIdentity(TokenClaims claims) {
    this.claims = claims;
  }

  /**
   * Takes another token in place of the present one.
   *
   * @return false, and nothing has changed, if it is that of somebody else
   */
  public boolean renew(TokenClaims newer) {
    if (!newer.name().equals(claims.name())) {
      return false;
    }
    claims = newer;
    return true;
  }

  @Override
  public String name() {
    return claims.name();
  }

  @Override
  public Set<String> tags() {
    return claims.tags();
  }

  @Override
  public boolean exists() {
    return true;
  }

  @Override
  public boolean mayEnter(String virtualHost) {
    return claims.scopes().mayEnter(virtualHost);
  }

  @Override
  public boolean may(Permission permission, String virtualHost, String resource) {
    return claims.scopes().may(permission, virtualHost, resource);
  }

  @Override
  public boolean mayUseKey(Permission permission, String virtualHost, String exchange, String key) {
    return claims.scopes().mayUseKey(permission, virtualHost, exchange, key);
  }

  @Override
  public boolean hasKeyRules(String virtualHost, String exchange) {
    return claims.scopes().hasKeyRules(virtualHost, exchange);
  }

  @Override
  public OptionalLong expiresAtMs() {
    return OptionalLong.of(claims.expiresAtMs());
  }

  @Override
  public boolean isInternal() {
    return false;
  }

  @Override
  public String toString() {
    return claims.name();
  }
}
