package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.routing.Binding;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.ClearPermissions;
import dev.warren.core.security.AccessChange.DeleteUser;
import dev.warren.core.security.AccessChange.DeleteVirtualHost;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.Identity;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.Permission;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.TopicPermissions;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import dev.warren.core.security.VirtualHostLimits;
import dev.warren.core.security.VirtualHostSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users, permissions and virtual hosts that change while the broker runs, and last. */
class AccessTest {
  private static final Actor ACTOR = new Actor("admin", "127.0.0.1:4711", "http");

  @TempDir private Path directory;

  private static boolean change(BrokerFixture broker, AccessChange... changes) {
    return await(
        broker,
        broker.broker.access().change(ACTOR, rules -> List.of(changes)).toCompletableFuture());
  }

  private static <T> T await(BrokerFixture broker, CompletableFuture<T> answer) {
    broker.runUntil("an answer", answer::isDone);
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof BrokerException refused ? refused : e;
    }
  }

  private static User user(String name, String password) {
    return User.of(name, PasswordHash.compatible(password), Set.of("management"));
  }

  private static User fromFile(String name, String password) {
    return new User(name, PasswordHash.compatible(password), Set.of(), UserLimits.NONE, true);
  }

  private static AccessDeclaration file(AccessChange... changes) {
    return new AccessDeclaration(List.of(changes), Set.of(), Optional.empty());
  }

  private static void populate(BrokerFixture broker) {
    change(
        broker,
        new PutVirtualHost(
            "v",
            new VirtualHostSettings(
                "videos", List.of("eu"), "quorum", false, false, new VirtualHostLimits(5, 2))),
        new PutUser(user("anna", "secret").with(new UserLimits(3, 4))),
        new PutPermissions("v", "anna", Permissions.of("^c", "^w", "^r")),
        new PutTopicPermissions("v", "anna", "amq.topic", new TopicPermissions("^a[.]", ".*")));
  }

  private static void checkPopulated(BrokerFixture broker) {
    var rules = broker.broker.access().rules();
    Identity anna = broker.broker.access().logIn("anna", "secret").orElseThrow();
    assertThat(anna.tags()).containsExactly("management");
    assertThat(rules.limitsOf("anna")).isEqualTo(new UserLimits(3, 4));
    assertThat(anna.mayEnter("v")).isTrue();
    assertThat(anna.mayEnter("/")).isFalse();
    assertThat(anna.may(Permission.WRITE, "v", "work")).isTrue();
    assertThat(anna.may(Permission.READ, "v", "work")).isFalse();
    assertThat(anna.hasKeyRules("v", "amq.topic")).isTrue();
    assertThat(anna.mayUseKey(Permission.WRITE, "v", "amq.topic", "b.c")).isFalse();
    assertThat(anna.mayUseKey(Permission.WRITE, "v", "amq.topic", "a.c")).isTrue();
    assertThat(rules.virtualHost("v").orElseThrow().description()).isEqualTo("videos");
    assertThat(broker.broker.virtualHost("v")).isPresent();
  }

  @Test
  void keepsUsersAndPermissionsOverARestart() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      populate(broker);
      checkPopulated(broker);
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      checkPopulated(broker);
    }
  }

  @Test
  void keepsThemInTheSnapshotsOfTheJournal() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      populate(broker);
      // Enough to fill segments and free those with the first records.
      var sender = broker.sender(0);
      var receiver = broker.receiver(0, "q");
      String body = "x".repeat(200_000);
      for (int i = 0; i < 60; i++) {
        sender.sendAndConfirm("", "q", body + i);
        receiver.settle(receiver.take(), dev.warren.core.queue.Outcome.ACCEPTED);
      }
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      checkPopulated(broker);
    }
  }

  @Test
  void makesGuestOnlyWhereThereIsNoUser() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThat(broker.broker.access().logIn("guest", "guest")).isPresent();
      change(broker, new PutUser(user("anna", "secret")), new DeleteUser("guest"));
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThat(broker.broker.access().rules().users())
          .extracting(User::name)
          .containsExactly("anna");
    }
  }

  @Test
  void followsTheFileForItsUsers() {
    AccessChange anna = new PutUser(fromFile("anna", "old"));
    AccessChange all = new PutPermissions("/", "anna", Permissions.ALL);
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      change(broker, new PutUser(user("anna", "journalled")));
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).access(file(anna, all)).open()) {
      assertThat(broker.broker.access().logIn("anna", "old")).isPresent();
      assertThat(broker.broker.access().logIn("anna", "journalled")).isEmpty();
      for (AccessChange change :
          List.of(
              new PutUser(user("anna", "new")),
              new DeleteUser("anna"),
              new ClearPermissions("/", "anna"))) {
        assertThatExceptionOfType(BrokerException.class)
            .isThrownBy(() -> change(broker, change))
            .withMessage("user 'anna' is declared in the configuration file: change it there");
      }
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).access(file()).open()) {
      assertThat(broker.broker.access().rules().user("anna")).isEmpty();
    }
  }

  @Test
  void refusesPermissionsOfWhoAndWhatDoesNotExist() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThatExceptionOfType(BrokerException.class)
          .isThrownBy(() -> change(broker, new PutPermissions("/", "nobody", Permissions.ALL)))
          .withMessage("user 'nobody' does not exist");
      assertThatExceptionOfType(BrokerException.class)
          .isThrownBy(() -> change(broker, new PutPermissions("none", "guest", Permissions.ALL)))
          .withMessage("vhost 'none' does not exist");
    }
  }

  @Test
  void makesAllChangesOfOneRequestOrNone() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThatExceptionOfType(BrokerException.class)
          .isThrownBy(
              () ->
                  change(
                      broker,
                      new PutUser(user("anna", "secret")),
                      new PutPermissions("none", "anna", Permissions.ALL)));

      assertThat(broker.broker.access().rules().user("anna")).isEmpty();
    }
  }

  @Test
  void deletesAVirtualHostWithItsQueuesForGood() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      populate(broker);
      VirtualHost host = broker.broker.virtualHost("v").orElseThrow();
      await(
          broker,
          host.by(ACTOR)
              .declareQueue(QueueDeclaration.durable("q", Map.of()))
              .toCompletableFuture());
      change(broker, new DeleteVirtualHost("v"));

      assertThat(broker.broker.virtualHost("v")).isEmpty();
      assertThat(host.queue("q")).isEmpty();
      assertThat(broker.broker.access().logIn("anna", "secret").orElseThrow().mayEnter("v"))
          .isFalse();
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThat(broker.broker.virtualHost("v")).isEmpty();
      change(broker, new PutVirtualHost("v", VirtualHostSettings.DEFAULTS));
      assertThat(broker.broker.virtualHost("v").orElseThrow().queue("q")).isEmpty();
    }
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      assertThat(broker.broker.virtualHost("v").orElseThrow().topology().queues()).isEmpty();
    }
  }

  @Test
  void keepsAProtectedVirtualHost() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      change(broker, new PutVirtualHost("v", VirtualHostSettings.DEFAULTS.withProtection(true)));

      assertThatExceptionOfType(BrokerException.class)
          .isThrownBy(() -> change(broker, new DeleteVirtualHost("v")))
          .withMessage("vhost 'v' is protected from deletion")
          .extracting(BrokerException::error)
          .isEqualTo(BrokerError.PRECONDITION_FAILED);
    }
  }

  @Test
  void limitsTheQueuesOfAVirtualHostAndGivesThemItsType() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      populate(broker);
      VirtualHost host = broker.broker.virtualHost("v").orElseThrow();
      for (String name : List.of("one", "two", "two")) {
        await(
            broker,
            host.by(ACTOR)
                .declareQueue(QueueDeclaration.durable(name, Map.of()))
                .toCompletableFuture());
      }

      assertThat(host.queueInfo("one").orElseThrow().type()).isEqualTo("quorum");
      assertThatExceptionOfType(BrokerException.class)
          .isThrownBy(
              () ->
                  await(
                      broker,
                      host.by(ACTOR)
                          .declareQueue(QueueDeclaration.durable("three", Map.of()))
                          .toCompletableFuture()))
          .withMessage("cannot declare queue: queue limit in vhost 'v' (2) is reached")
          .extracting(BrokerException::error)
          .isEqualTo(BrokerError.QUEUE_LIMIT);
    }
  }

  @Test
  void tellsTheLoopsOfChangesThatHaveAnEffect() {
    try (BrokerFixture broker = BrokerFixture.in(directory).open()) {
      int[] told = {0};
      broker.broker.access().onChange(broker.broker.loops().get(1), () -> told[0]++);
      PutUser put = new PutUser(user("anna", "secret"));

      assertThat(change(broker, put)).isTrue();
      assertThat(change(broker, put)).isFalse();
      broker.runAll();

      assertThat(told[0]).isEqualTo(1);
    }
  }

  @Test
  void saysWhoChangedWhat() {
    try (BrokerFixture broker = BrokerFixture.in(directory).queue("q").open()) {
      populate(broker);
      change(broker, new PutUser(user("anna", "other")));
      TopologyEditor editor = broker.host().by(ACTOR);
      await(broker, editor.bind(Binding.toQueue("amq.direct", "q", "k")).toCompletableFuture());
      await(broker, editor.purge("q").toCompletableFuture());
      await(broker, editor.deleteQueue("q").toCompletableFuture());
      await(broker, editor.deleteQueue("q").toCompletableFuture());

      List<AuditEvent> events =
          broker.broker.audit().latest().stream()
              .filter(event -> event.actor().equals(ACTOR))
              .toList();
      assertThat(events)
          .extracting(AuditEvent::event)
          .containsExactly(
              "queue.deleted",
              "queue.purged",
              "binding.created",
              "user.password.changed",
              "topic.permission.created",
              "permission.created",
              "user.created",
              "vhost.created");
      assertThat(events.get(0).before()).containsEntry("durable", true);
      assertThat(events.get(0).after()).isEmpty();
      assertThat(events.get(2).name()).isEqualTo("amq.direct");
      assertThat(events.get(5).after()).containsEntry("write", "^w").containsEntry("read", "^r");
      assertThat(events.get(5).before()).isEmpty();
      assertThat(events.toString()).doesNotContain(user("x", "y").password().text());
      assertThat(broker.broker.audit().latest())
          .filteredOn(event -> event.event().equals("binding.deleted"))
          .extracting(AuditEvent::actor)
          .containsExactly(Actor.BROKER);
    }
  }
}
