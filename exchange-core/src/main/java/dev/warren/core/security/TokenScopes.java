package dev.warren.core.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a token allows, in RabbitMQ's words (contract §14): {@code
 * configure|write|read:VHOST/NAME[/ROUTING-KEY]}, each part with {@code *} for any characters and
 * otherwise percent-encoded, and {@code tag:TAG}. Immutable.
 */
public final class TokenScopes {
  private static final String TAG = "tag:";
  private static final String DEFAULT_EXCHANGE = "amq.default";
  private static final int LENGTH_MAX = 4096;

  private final List<Scope> scopes;
  private final Set<String> tags;

  private record Scope(
      Permission permission, Wildcard virtualHost, Wildcard name, Wildcard routingKey) {

    boolean isFor(Permission wanted, String host, String resource) {
      return permission == wanted && virtualHost.matches(host) && name.matches(resource);
    }
  }

  private TokenScopes(List<Scope> scopes, Set<String> tags) {
    this.scopes = List.copyOf(scopes);
    this.tags = Set.copyOf(tags);
  }

  /**
   * Reads scopes. Those without the prefix are meant for somebody else, and those which cannot be
   * understood allow nothing: both are passed over.
   *
   * @param prefix what all that count begin with, such as {@code warren.}; may be empty
   */
  public static TokenScopes parse(Collection<String> texts, String prefix) {
    List<Scope> scopes = new ArrayList<>();
    Set<String> tags = new HashSet<>();
    for (String text : texts) {
      if (!text.startsWith(prefix) || text.length() > LENGTH_MAX) {
        continue;
      }
      String scope = text.substring(prefix.length());
      if (scope.startsWith(TAG)) {
        tags.add(scope.substring(TAG.length()));
      } else {
        parse(scope).ifPresent(scopes::add);
      }
    }
    return new TokenScopes(scopes, tags);
  }

  private static Optional<Scope> parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    Optional<Permission> permission = permission(text.substring(0, colon));
    String[] parts = text.substring(colon + 1).split("/", -1);
    if (permission.isEmpty() || parts.length < 2 || parts.length > 3) {
      return Optional.empty();
    }
    Optional<Wildcard> virtualHost = Wildcard.decode(parts[0]);
    Optional<Wildcard> name = Wildcard.decode(parts[1]);
    Optional<Wildcard> key =
        parts.length == 3 ? Wildcard.decode(parts[2]) : Optional.of(Wildcard.ANYTHING);
    if (virtualHost.isEmpty() || name.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Scope(permission.get(), virtualHost.get(), name.get(), key.get()));
  }

  private static Optional<Permission> permission(String word) {
    for (Permission permission : Permission.values()) {
      if (permission.text().equals(word)) {
        return Optional.of(permission);
      }
    }
    return Optional.empty();
  }

  /** The tags. */
  public Set<String> tags() {
    return tags;
  }

  boolean mayEnter(String virtualHost) {
    return scopes.stream().anyMatch(scope -> scope.virtualHost().matches(virtualHost));
  }

  boolean may(Permission permission, String virtualHost, String name) {
    String resource = resource(name);
    for (Scope scope : scopes) {
      if (scope.isFor(permission, virtualHost, resource)) {
        return true;
      }
    }
    return false;
  }

  boolean mayUseKey(Permission permission, String virtualHost, String exchange, String key) {
    String resource = resource(exchange);
    for (Scope scope : scopes) {
      if (scope.isFor(permission, virtualHost, resource) && scope.routingKey().matches(key)) {
        return true;
      }
    }
    return false;
  }

  boolean hasKeyRules(String virtualHost, String exchange) {
    String resource = resource(exchange);
    for (Scope scope : scopes) {
      if (scope.isFor(scope.permission(), virtualHost, resource)
          && !scope.routingKey().matchesEverything()) {
        return true;
      }
    }
    return false;
  }

  private static String resource(String name) {
    return name.isEmpty() ? DEFAULT_EXCHANGE : name;
  }
}
