package dev.warren.core.security;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** A user of the broker who has logged in. Thread-safe. */
public final class StoredIdentity implements Identity {
  /** Patterns remembered; then all are forgotten. */
  private static final int REMEMBERED_MAX = 64;

  private final String name;
  private final Supplier<AccessRules> rules;
  private final Map<KeyRule, NamePattern> patterns = new ConcurrentHashMap<>();

  /** What a pattern of routing keys is made of: other rules are another pattern. */
  private record KeyRule(TopicPermissions rule, Permission permission, String virtualHost) {}

  /**
   * The user of this name.
   *
   * @param rules gives the present ones
   */
  public StoredIdentity(String name, Supplier<AccessRules> rules) {
    this.name = name;
    this.rules = rules;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<String> tags() {
    return rules.get().user(name).map(User::tags).orElse(Set.of());
  }

  @Override
  public boolean exists() {
    return rules.get().user(name).isPresent();
  }

  @Override
  public boolean mayEnter(String virtualHost) {
    return rules.get().permissions(virtualHost, name).isPresent();
  }

  @Override
  public boolean may(Permission permission, String virtualHost, String resource) {
    return rules
        .get()
        .permissions(virtualHost, name)
        .map(allowed -> allowed.allow(permission, resource))
        .orElse(false);
  }

  @Override
  public boolean mayUseKey(Permission permission, String virtualHost, String exchange, String key) {
    return rules
        .get()
        .topicPermissions(virtualHost, name, exchange)
        .map(rule -> pattern(new KeyRule(rule, permission, virtualHost)).matches(key))
        .orElse(true);
  }

  /** Expressions are too slow to be put together for each message. */
  private NamePattern pattern(KeyRule wanted) {
    if (patterns.size() >= REMEMBERED_MAX) {
      patterns.clear();
    }
    return patterns.computeIfAbsent(
        wanted, made -> made.rule().pattern(made.permission(), variables(made.virtualHost())));
  }

  private Map<String, String> variables(String virtualHost) {
    return Map.of("username", name, "vhost", virtualHost);
  }

  @Override
  public boolean hasKeyRules(String virtualHost, String exchange) {
    return rules.get().topicPermissions(virtualHost, name, exchange).isPresent();
  }

  @Override
  public OptionalLong expiresAtMs() {
    return OptionalLong.empty();
  }

  @Override
  public boolean isInternal() {
    return true;
  }

  @Override
  public String toString() {
    return name;
  }
}
