package dev.warren.core.broker;

import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.User;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the configuration says of access. Immutable.
 *
 * @param changes users it declares, their permissions, and settings of virtual hosts: they replace
 *     what the journal holds of the same names. A user that is not {@linkplain User#declaredInFile
 *     declared} by it, with permissions, is made only if there is no user at all
 * @param loopbackOnly names that may log in from the loopback address only
 * @param anonymousUser the user SASL ANONYMOUS logs in as, if it is allowed
 */
public record AccessDeclaration(
    List<AccessChange> changes, Set<String> loopbackOnly, Optional<String> anonymousUser) {
  private static final String GUEST = "guest";

  /** Copies the collections. */
  public AccessDeclaration {
    changes = List.copyOf(changes);
    loopbackOnly = Set.copyOf(loopbackOnly);
  }

  /**
   * RabbitMQ's default user: {@code guest} with password {@code guest}, who may do everything in
   * these virtual hosts, from the loopback address only, and whom anonymous clients get.
   */
  public static AccessDeclaration guest(String... virtualHosts) {
    List<AccessChange> changes = new java.util.ArrayList<>();
    changes.add(
        new PutUser(User.of(GUEST, PasswordHash.compatible(GUEST), Set.of(User.ADMINISTRATOR))));
    for (String virtualHost : virtualHosts) {
      changes.add(new PutPermissions(virtualHost, GUEST, Permissions.ALL));
    }
    return new AccessDeclaration(changes, Set.of(GUEST), Optional.of(GUEST));
  }
}
