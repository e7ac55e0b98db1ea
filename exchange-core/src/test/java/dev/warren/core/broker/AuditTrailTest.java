package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept of changes and refusals, and that the latter cannot push the former out. */
class AuditTrailTest {
  private static final Actor STRANGER = new Actor("x", "10.0.0.1:4000 -> 10.0.0.9:5672", "amqp");
  private static final Actor ADMIN = new Actor("admin", "10.0.0.2", "http");

  private final SimClock clock = new SimClock();
  private final AuditTrail trail = new AuditTrail(clock);

  private void change(String name) {
    trail.changed(ADMIN, "queue.created", "/", name, Map.of(), Map.of());
  }

  private void refuse(Actor actor) {
    trail.refused(actor, "login.refused", "", actor.user(), "wrong password");
  }

  @Test
  void manyRefusalsLeaveTheChanges() {
    change("q");
    for (int i = 0; i < 2 * AuditTrail.KEPT_MAX; i++) {
      refuse(new Actor("x", "10.1." + i / 250 + "." + i % 250 + ":1", "amqp"));
    }

    List<AuditEvent> latest = trail.latest();
    assertThat(latest).hasSize(1 + AuditTrail.KEPT_MAX);
    assertThat(latest.get(latest.size() - 1).event()).isEqualTo("queue.created");
  }

  @Test
  void whatComesAndGoesWithConnectionsLeavesTheChanges() {
    change("q");
    for (int i = 0; i < 2 * AuditTrail.KEPT_MAX; i++) {
      trail.passed(STRANGER, "binding.created", "/", "x" + i, Map.of(), Map.of());
    }

    List<AuditEvent> latest = trail.latest();
    assertThat(latest).hasSize(1 + AuditTrail.KEPT_MAX);
    assertThat(latest.get(latest.size() - 1).name()).isEqualTo("q");
  }

  @Test
  void theLatestChangesAreKept() {
    for (int i = 0; i < AuditTrail.KEPT_MAX + 5; i++) {
      change("q" + i);
    }

    assertThat(trail.latest()).hasSize(AuditTrail.KEPT_MAX);
    assertThat(trail.latest().get(0).name()).isEqualTo("q" + (AuditTrail.KEPT_MAX + 4));
  }

  @Test
  void theLatestComesFirstOfWhateverKind() {
    change("a");
    refuse(STRANGER);
    change("b");

    assertThat(trail.latest()).extracting(AuditEvent::name).containsExactly("b", "x", "a");
  }

  @Test
  void whoListensToAllHearsTheOldestFirst() {
    change("a");
    refuse(STRANGER);
    List<String> heard = new ArrayList<>();
    trail.listenToAll(event -> heard.add(event.name()));
    change("b");

    assertThat(heard).containsExactly("a", "x", "b");
  }

  @Test
  void manyRefusalsOfOneAddressAreCountedWhicheverItsPort() {
    for (int i = 0; i < RefusalPace.PER_SECOND + 5; i++) {
      refuse(new Actor("x", "10.0.0.1:" + (4000 + i) + " -> 10.0.0.9:5672", "amqp"));
    }
    assertThat(trail.latest()).hasSize(RefusalPace.PER_SECOND);

    clock.advanceMs(1_000);
    refuse(STRANGER);
    assertThat(trail.latest().get(0).refusal())
        .isEqualTo("wrong password (5 more like it before this one)");
    refuse(STRANGER);
    assertThat(trail.latest().get(0).refusal()).isEqualTo("wrong password");
  }

  @Test
  void aRefusalOfAnotherAddressOrKindIsTold() {
    for (int i = 0; i < 2 * RefusalPace.PER_SECOND; i++) {
      refuse(STRANGER);
    }
    refuse(ADMIN);
    trail.refused(STRANGER, "permission.refused", "/", "q", "no");

    assertThat(trail.latest()).hasSize(RefusalPace.PER_SECOND + 2);
  }

  @Test
  void aLongNameSomebodyTriedIsCut() {
    trail.refused(ADMIN, "login.refused", "", "n".repeat(10_000), "w".repeat(10_000));

    AuditEvent event = trail.latest().get(0);
    assertThat(event.name()).hasSize(258).endsWith("n...");
    assertThat(event.refusal()).hasSize(1003).endsWith("w...");
  }
}
