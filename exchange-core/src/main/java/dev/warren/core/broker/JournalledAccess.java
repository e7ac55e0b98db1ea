package dev.warren.core.broker;

import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.ClearPermissions;
import dev.warren.core.security.AccessChange.ClearTopicPermissions;
import dev.warren.core.security.AccessChange.DeleteUser;
import dev.warren.core.security.AccessChange.DeleteVirtualHost;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.Identity;
import dev.warren.core.security.StoredIdentity;
import dev.warren.core.security.User;
import dev.warren.core.security.VirtualHostSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Access rules that are in the journal. Changes run on the control thread. Thread-safe. */
final class JournalledAccess implements AccessAdministration {
  private final Control control;
  private final AuditTrail audit;
  private final AccessDeclaration declaration;
  private final VirtualHosts hosts;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile AccessRules rules = AccessRules.EMPTY;

  private record Listener(BrokerLoop loop, Runnable task) {}

  /** Makes and removes virtual hosts; on the control thread. */
  interface VirtualHosts {
    void create(String name);

    void delete(Actor actor, String name);
  }

  JournalledAccess(
      Control control, AuditTrail audit, AccessDeclaration declaration, VirtualHosts hosts) {
    this.control = control;
    this.audit = audit;
    this.declaration = declaration;
    this.hosts = hosts;
  }

  @Override
  public AccessRules rules() {
    return rules;
  }

  @Override
  public Identity identity(String user) {
    return new StoredIdentity(user, this::rules);
  }

  @Override
  public AuditTrail audit() {
    return audit;
  }

  @Override
  public Optional<User> anonymousUser() {
    return declaration.anonymousUser().flatMap(name -> rules.user(name));
  }

  @Override
  public boolean mayLogInFrom(String user, boolean loopback) {
    return loopback || !declaration.loopbackOnly().contains(user);
  }

  @Override
  public void onChange(BrokerLoop loop, Runnable task) {
    listeners.add(new Listener(loop, task));
  }

  @Override
  public CompletionStage<Boolean> change(
      Actor actor, Function<AccessRules, List<AccessChange>> decide) {
    return control.submit(
        () -> {
          AccessRules before = rules;
          AccessRules after = before;
          List<AccessChange> effective = new ArrayList<>();
          for (AccessChange change : decide.apply(before)) {
            checkPossible(after, change);
            AccessRules next = after.with(change);
            if (AccessAudit.isEffective(after, next, change)) {
              effective.add(change);
              after = next;
            }
          }
          effective.forEach(change -> commit(actor, change));
          if (!effective.isEmpty()) {
            tellListeners();
          }
          return !effective.isEmpty();
        });
  }

  private void commit(Actor actor, AccessChange change) {
    AccessRules before = rules;
    rules = before.with(change);
    if (change instanceof DeleteVirtualHost delete) {
      // Before its record, so that this is the last one to name it: a replay would make it anew.
      hosts.delete(actor, delete.virtualHost());
    }
    if (isJournalled(before, change)) {
      control.append(TopologyRecords.access(change));
    }
    if (change instanceof PutVirtualHost put) {
      hosts.create(put.virtualHost());
    }
    AccessAudit.record(audit, actor, before, change);
  }

  private void tellListeners() {
    for (Listener listener : listeners) {
      listener.loop().execute(listener.task());
    }
  }

  /** What the file declares is in the file, and nowhere else. */
  private static boolean isJournalled(AccessRules before, AccessChange change) {
    if (change instanceof PutUser put) {
      return !put.user().declaredInFile();
    }
    return userOf(change)
        .map(name -> !before.user(name).map(User::declaredInFile).orElse(false))
        .orElse(true);
  }

  private static Optional<String> userOf(AccessChange change) {
    if (change instanceof PutUser put) {
      return Optional.of(put.user().name());
    } else if (change instanceof DeleteUser delete) {
      return Optional.of(delete.user());
    } else if (change instanceof PutPermissions put) {
      return Optional.of(put.user());
    } else if (change instanceof ClearPermissions clear) {
      return Optional.of(clear.user());
    } else if (change instanceof PutTopicPermissions put) {
      return Optional.of(put.user());
    } else if (change instanceof ClearTopicPermissions clear) {
      return Optional.of(clear.user());
    }
    return Optional.empty();
  }

  private static void checkPossible(AccessRules now, AccessChange change) {
    userOf(change)
        .flatMap(now::user)
        .filter(User::declaredInFile)
        .ifPresent(
            user -> {
              throw new BrokerException(
                  BrokerError.INVALID,
                  "user '%s' is declared in the configuration file: change it there"
                      .formatted(user.name()));
            });
    if (change instanceof PutPermissions put) {
      checkExist(now, put.virtualHost(), put.user());
    } else if (change instanceof PutTopicPermissions put) {
      checkExist(now, put.virtualHost(), put.user());
    } else if (change instanceof DeleteVirtualHost delete) {
      checkNotProtected(now, delete.virtualHost());
    }
  }

  private static void checkExist(AccessRules now, String virtualHost, String user) {
    if (now.user(user).isEmpty()) {
      throw new BrokerException(BrokerError.INVALID, "user '" + user + "' does not exist");
    }
    if (now.virtualHost(virtualHost).isEmpty()) {
      throw new BrokerException(BrokerError.INVALID, "vhost '" + virtualHost + "' does not exist");
    }
  }

  private static void checkNotProtected(AccessRules now, String virtualHost) {
    if (now.virtualHost(virtualHost).map(host -> host.protectedFromDeletion()).orElse(false)) {
      throw new BrokerException(
          BrokerError.PRECONDITION_FAILED,
          "vhost '%s' is protected from deletion".formatted(virtualHost));
    }
  }

  // At start, on the starting thread.

  /** Takes over what the journal holds. */
  void recovered(AccessRules journalled) {
    rules = journalled;
  }

  /** Makes what the configuration declares hold; on the control thread. */
  void declareNow() {
    boolean hadUsers = !rules.users().isEmpty();
    for (AccessChange change : declaration.changes()) {
      boolean first = userOf(change).map(name -> !isDeclaredInFile(name)).orElse(false);
      if (!first || !hadUsers) {
        declareNow(change);
      }
    }
  }

  private boolean isDeclaredInFile(String user) {
    return declaration.changes().stream()
        .anyMatch(
            change ->
                change instanceof PutUser put
                    && put.user().name().equals(user)
                    && put.user().declaredInFile());
  }

  private void declareNow(AccessChange change) {
    if (change instanceof PutUser put
        && put.user().declaredInFile()
        && rules.user(put.user().name()).isPresent()) {
      // The file takes the user over: the journal must not bring back what it had.
      commit(Actor.CONFIGURATION, new DeleteUser(put.user().name()));
    }
    if (AccessAudit.isEffective(rules, rules.with(change), change)) {
      commit(Actor.CONFIGURATION, change);
    }
  }

  /** A virtual host exists: it has settings from now on; on the control thread. */
  void existsNow(String virtualHost) {
    if (rules.virtualHost(virtualHost).isEmpty()) {
      commit(Actor.CONFIGURATION, new PutVirtualHost(virtualHost, VirtualHostSettings.DEFAULTS));
    }
  }

  /** What the journal has to hold; any thread. */
  List<byte[]> records() {
    AccessRules now = rules;
    List<byte[]> records = new ArrayList<>();
    for (AccessChange change : now.changes()) {
      if (isJournalled(now, change)) {
        records.add(TopologyRecords.access(change));
      }
    }
    return records;
  }
}
