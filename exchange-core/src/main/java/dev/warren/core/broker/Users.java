package dev.warren.core.broker;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who may log in, and from where. Immutable. */
public final class Users {
  private final Map<String, User> byName = new LinkedHashMap<>();
  private final Set<String> loopbackOnly;
  private final Optional<String> anonymousUser;

  /**
   * Creates the users.
   *
   * @param loopbackOnly names that may log in from the loopback address only
   * @param anonymousUser the user SASL ANONYMOUS logs in as, if it is allowed
   */
  public Users(Collection<User> users, Set<String> loopbackOnly, Optional<String> anonymousUser) {
    users.forEach(user -> byName.put(user.name(), user));
    this.loopbackOnly = Set.copyOf(loopbackOnly);
    this.anonymousUser = anonymousUser;
  }

  /** The user with this name and password, if there is one. */
  public Optional<User> authenticate(String name, String password) {
    User user = byName.get(name);
    return user != null && PasswordHash.matches(user.passwordHash(), password)
        ? Optional.of(user)
        : Optional.empty();
  }

  /** The user of a client which gives no name, if that is allowed. */
  public Optional<User> anonymous() {
    return anonymousUser.map(byName::get);
  }

  /** Whether the user may log in from where the client is. */
  public boolean mayLogInFrom(User user, boolean loopback) {
    return loopback || !loopbackOnly.contains(user.name());
  }

  /** All users, in the order given. */
  public Collection<User> all() {
    return java.util.Collections.unmodifiableCollection(byName.values());
  }
}
