package dev.warren.core.broker;

import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.Identity;
import dev.warren.core.security.StoredIdentity;
import dev.warren.core.security.User;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Users, permissions and virtual hosts: what they are at this moment, and the way to change them.
 * Thread-safe.
 */
public interface AccessAdministration {
  /** What holds now. */
  AccessRules rules();

  /** Somebody who has logged in as this user. */
  default Identity identity(String user) {
    return new StoredIdentity(user, this::rules);
  }

  /**
   * The user of this name, if it is his password. Takes as long as his {@linkplain
   * dev.warren.core.security.PasswordHash#matches hash} does.
   */
  default Optional<Identity> logIn(String user, String password) {
    return rules()
        .user(user)
        .filter(known -> known.password().matches(password))
        .map(known -> identity(known.name()));
  }

  /** The user of a client which gives no name, if that is allowed and there is one. */
  Optional<User> anonymousUser();

  /** Whether a user of this name may log in from where the client is. */
  boolean mayLogInFrom(String user, boolean loopback);

  /** What was changed and refused. */
  AuditTrail audit();

  /** Adds a listener called on this loop after each change of the rules. */
  void onChange(BrokerLoop loop, Runnable task);

  /**
   * Changes the rules.
   *
   * @param decide is given the present rules and answers what is to be changed, in order; no other
   *     change comes between. It may throw a {@link BrokerException}, which is the answer then
   * @return whether anything was changed, when that is durable; fails with a {@link
   *     BrokerException} for a user whom the configuration file declares, for permissions of users
   *     and virtual hosts that do not exist, and for the deletion of a protected virtual host
   */
  CompletionStage<Boolean> change(Actor actor, Function<AccessRules, List<AccessChange>> decide);

  /** The same for one change. */
  default CompletionStage<Boolean> change(Actor actor, AccessChange change) {
    return change(actor, before -> List.of(change));
  }
}
