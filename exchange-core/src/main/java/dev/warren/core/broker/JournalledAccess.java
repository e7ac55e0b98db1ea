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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
          List<Effect> effects = new ArrayList<>();
          AccessRules.Draft draft = new AccessRules.Draft(rules);
          for (AccessChange change : decide.apply(rules)) {
            checkPossible(draft.rules(), change);
            apply(draft, change, effects);
          }
          commit(actor, draft.rules(), effects);
          if (!effects.isEmpty()) {
            tellListeners();
          }
          return !effects.isEmpty();
        });
  }

  /**
   * A change that makes a difference.
   *
   * @param journalled whether it has to be in the journal
   * @param event its name in the audit trail
   * @param before what there was, for the audit trail
   * @param after what there is
   */
  private record Effect(
      AccessChange change,
      boolean journalled,
      String event,
      Map<String, Object> before,
      Map<String, Object> after) {}

  private static void apply(AccessRules.Draft draft, AccessChange change, List<Effect> effects) {
    AccessRules now = draft.rules();
    Map<String, Object> before = AccessAudit.view(now, change);
    boolean newPassword = AccessAudit.isNewPassword(now, change);
    boolean journalled = isJournalled(now, change);
    draft.apply(change);
    Map<String, Object> after = AccessAudit.view(draft.rules(), change);
    if (newPassword || !before.equals(after)) {
      String event = AccessAudit.event(change, before.isEmpty(), after.isEmpty(), newPassword);
      effects.add(new Effect(change, journalled, event, before, after));
    }
  }

  private void commit(Actor actor, AccessRules after, List<Effect> effects) {
    rules = after;
    for (Effect effect : effects) {
      if (effect.change() instanceof DeleteVirtualHost delete) {
        // Before its record, so that this is the last one to name it: a replay would make it anew.
        hosts.delete(actor, delete.virtualHost());
      }
      if (effect.journalled()) {
        control.append(TopologyRecords.access(effect.change()));
      }
      if (effect.change() instanceof PutVirtualHost put) {
        hosts.create(put.virtualHost());
      }
      audit.changed(
          actor,
          effect.event(),
          AccessAudit.hostOf(effect.change()),
          AccessAudit.nameOf(effect.change()),
          effect.before(),
          effect.after());
    }
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

  /**
   * Makes what the configuration declares hold, and gives every virtual host settings; on the
   * control thread.
   */
  void declareNow(Set<String> virtualHosts) {
    List<AccessChange> changes = new ArrayList<>();
    for (String name : virtualHosts) {
      if (rules.virtualHost(name).isEmpty()) {
        changes.add(new PutVirtualHost(name, VirtualHostSettings.DEFAULTS));
      }
    }
    Set<String> inFile = new HashSet<>();
    for (AccessChange change : declaration.changes()) {
      if (change instanceof PutUser put && put.user().declaredInFile()) {
        inFile.add(put.user().name());
        if (rules.user(put.user().name()).isPresent()) {
          // The file takes the user over: the journal must not bring back what it had.
          changes.add(new DeleteUser(put.user().name()));
        }
      }
    }
    boolean hadUsers = !rules.users().isEmpty();
    for (AccessChange change : declaration.changes()) {
      boolean isFirstUsers = userOf(change).map(name -> !inFile.contains(name)).orElse(false);
      if (!isFirstUsers || !hadUsers) {
        changes.add(change);
      }
    }
    AccessRules.Draft draft = new AccessRules.Draft(rules);
    List<Effect> effects = new ArrayList<>();
    changes.forEach(change -> apply(draft, change, effects));
    commit(Actor.CONFIGURATION, draft.rules(), effects);
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
