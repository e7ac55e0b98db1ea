package dev.warren.management;

import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.broker.Actor;
import dev.warren.core.broker.AuditTrail;
import dev.warren.core.broker.BrokerLoop;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.User;
import dev.warren.core.security.VirtualHostSettings;
import dev.warren.core.time.BrokerClock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Access rules in memory: every user may do everything in the virtual host "/". */
final class FakeAccess implements AccessAdministration {
  private final Set<String> loopbackOnly;
  private final AuditTrail audit = new AuditTrail(BrokerClock.system());
  private volatile AccessRules rules =
      AccessRules.EMPTY.with(new PutVirtualHost("/", VirtualHostSettings.DEFAULTS));

  FakeAccess(List<User> users, Set<String> loopbackOnly) {
    this.loopbackOnly = loopbackOnly;
    for (User user : users) {
      rules =
          rules.with(new PutUser(user)).with(new PutPermissions("/", user.name(), Permissions.ALL));
    }
  }

  @Override
  public AccessRules rules() {
    return rules;
  }

  @Override
  public Optional<User> anonymousUser() {
    return Optional.empty();
  }

  @Override
  public boolean mayLogInFrom(String user, boolean loopback) {
    return loopback || !loopbackOnly.contains(user);
  }

  @Override
  public AuditTrail audit() {
    return audit;
  }

  @Override
  public void onChange(BrokerLoop loop, Runnable task) {
    throw new UnsupportedOperationException("nobody here has a loop");
  }

  @Override
  public synchronized CompletionStage<Boolean> change(
      Actor actor, Function<AccessRules, List<AccessChange>> decide) {
    try {
      rules = rules.with(decide.apply(rules));
      return CompletableFuture.completedFuture(true);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
