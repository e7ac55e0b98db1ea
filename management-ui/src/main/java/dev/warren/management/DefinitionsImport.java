package dev.warren.management;

import dev.warren.core.broker.Actor;
import dev.warren.core.broker.TopologyEditor;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * Makes checked definitions hold: users, virtual hosts and permissions as one change, then what is
 * in the virtual hosts, in the order of contract §12. Used once.
 */
final class DefinitionsImport {
  private final ManagedBroker broker;
  private final NewPasswords passwords;
  private final Actor actor;

  DefinitionsImport(ManagedBroker broker, NewPasswords passwords, Actor actor) {
    this.broker = broker;
    this.passwords = passwords;
    this.actor = actor;
  }

  /** Answers when everything is durable. */
  CompletionStage<Void> apply(Definitions definitions) {
    List<CompletableFuture<PasswordHash>> hashes = new ArrayList<>();
    for (Definitions.NewUser user : definitions.users()) {
      hashes.add(passwords.hash(user.password()).toCompletableFuture());
    }
    return all(hashes)
        .thenCompose(
            done ->
                broker.access().change(actor, before -> accessChanges(definitions, hashes, before)))
        .thenCompose(done -> declare(definitions));
  }

  private static List<AccessChange> accessChanges(
      Definitions definitions, List<CompletableFuture<PasswordHash>> hashes, AccessRules before) {
    List<AccessChange> changes = new ArrayList<>();
    for (int i = 0; i < hashes.size(); i++) {
      Definitions.NewUser user = definitions.users().get(i);
      UserLimits old = before.user(user.name()).map(User::limits).orElse(UserLimits.NONE);
      // Definitions know nothing of how fast a user may publish.
      UserLimits limits =
          user.limits()
              .map(
                  wanted ->
                      new UserLimits(
                          wanted.connectionsMax(), wanted.sessionsMax(), old.publishRate()))
              .orElse(old);
      changes.add(
          new PutUser(
              User.of(user.name(), hashes.get(i).getNow(PasswordHash.NONE), user.tags())
                  .with(limits)));
    }
    changes.addAll(definitions.virtualHosts());
    changes.addAll(definitions.permissions());
    changes.addAll(definitions.topicPermissions());
    return changes;
  }

  /** Asked for all at once: changes are made in the order in which they were asked for. */
  private CompletionStage<Void> declare(Definitions definitions) {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    declare(definitions.exchanges(), TopologyEditor::declareExchange, answers);
    declare(definitions.queues(), TopologyEditor::declareQueue, answers);
    declare(definitions.bindings(), TopologyEditor::bind, answers);
    return all(answers);
  }

  private <T> void declare(
      List<Definitions.Placed<T>> items,
      BiFunction<TopologyEditor, T, CompletionStage<Boolean>> declaration,
      List<CompletableFuture<Boolean>> answers) {
    for (Definitions.Placed<T> item : items) {
      VirtualHost host =
          broker
              .virtualHosts()
              .apply(item.virtualHost())
              .orElseThrow(
                  () -> ApiException.badRequest("vhost '" + item.virtualHost() + "' was deleted"));
      answers.add(declaration.apply(host.by(actor), item.what()).toCompletableFuture());
    }
  }

  private static <T> CompletionStage<Void> all(List<CompletableFuture<T>> stages) {
    return CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new));
  }
}
