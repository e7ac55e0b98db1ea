package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.DeliveryState;
import org.apache.qpid.protonj2.client.Rejected;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.Tracker;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What explaining says is what publishing does: random topologies and messages, each explained
 * first, then published by a real client. Repeat a run with {@code -Dexplain.seed}, make it longer
 * with {@code -Dexplain.topologies}.
 */
class ExplainAgreesTest {
  private static final int TOPOLOGIES = Integer.getInteger("explain.topologies", 20);
  private static final int MESSAGES = 20;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir Path directory;

  private int certain;
  private int moved;
  private int refused;

  @Test
  void theOutcomeAndTheQueuesAreThoseOfPublishing() throws Exception {
    long seed = Long.getLong("explain.seed", System.nanoTime());
    System.out.println("explain.seed=" + seed);
    try (HttpBroker broker = HttpBroker.start(directory, "");
        AmqpUser user = AmqpUser.connect(broker.wiring().amqpPort(), "guest", "guest", "vhost:/")) {
      for (int t = 0; t < TOPOLOGIES; t++) {
        RandomTopology topology = new RandomTopology(seed + t, "t" + t + ".");
        topology.declare(broker);
        for (int m = 0; m < MESSAGES; m++) {
          RandomMessage message = topology.message(t * MESSAGES + m);
          compare(broker, user, topology, message, "explain.seed=" + seed + " message " + message);
        }
      }
    }
    System.out.printf("certain=%d moved=%d refused=%d%n", certain, moved, refused);
    // Most of it was compared in full, and the rare ways were gone too.
    assertThat(certain).isGreaterThan(TOPOLOGIES * MESSAGES / 2);
    assertThat(moved).isGreaterThan(TOPOLOGIES * MESSAGES / 40);
    assertThat(refused).isGreaterThan(TOPOLOGIES * MESSAGES / 40);
  }

  private void compare(
      HttpBroker broker,
      AmqpUser user,
      RandomTopology topology,
      RandomMessage message,
      String about)
      throws Exception {
    HttpResponse<String> response =
        broker.send("guest", "POST", message.explainPath(), message.question());
    assertThat(response.statusCode()).as(about + response.body()).isEqualTo(200);
    JsonNode told = HttpBroker.json(response);
    String description = about + "\n" + told + "\n" + topology;
    Said said = publish(user, message);
    if (said.outcome().equals("refused") || !told.toString().contains("\"certain\":false,\"disp")) {
      assertThat(said.outcome()).as(description).isEqualTo(told.path("outcome").asText());
      assertThat(said.condition()).as(description).isEqualTo(told.path("condition").asText());
      if (!said.text().endsWith("exceeded maximum length")) {
        assertThat(said.text()).as(description).isEqualTo(told.path("description").asText());
      }
    }
    refused += said.outcome().startsWith("re") ? 1 : 0;
    if (!told.path("certain").asBoolean()) {
      return;
    }
    certain++;
    Set<String> expected = new TreeSet<>();
    if (!said.outcome().equals("refused") && !said.condition().equals("amqp:invalid-field")) {
      told.path("ends_in").forEach(queue -> expected.add(queue.asText()));
    }
    Set<String> reached = new TreeSet<>();
    told.path("queues").forEach(queue -> reached.add(queue.asText()));
    moved += said.outcome().equals("accepted") && !expected.equals(reached) ? 1 : 0;
    await(description)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(2))
        .pollDelay(Duration.ZERO)
        .untilAsserted(
            () -> {
              // Twice, since what is on its way is in no queue.
              assertThat(holders(broker, topology, message)).isEqualTo(expected);
              assertThat(holders(broker, topology, message)).isEqualTo(expected);
            });
  }

  private static Set<String> holders(
      HttpBroker broker, RandomTopology topology, RandomMessage message) {
    Set<String> holders = new TreeSet<>();
    for (String queue : topology.queues()) {
      JsonNode count =
          broker.get("/queues/%2F/" + queue + "/messages/count?filter=n+%3D+" + message.number());
      if (count.path("matched").asInt() > 0) {
        holders.add(queue);
      }
    }
    return holders;
  }

  /** What the publisher is told. */
  private record Said(String outcome, String condition, String text) {}

  private static Said publish(AmqpUser user, RandomMessage message) throws Exception {
    Sender sender;
    try {
      sender = user.sender(message.address());
    } catch (ClientException | ExecutionException e) {
      String[] parts = AmqpUser.said(e).split(": ", 2);
      return new Said("refused", parts[0], parts[1]);
    }
    try {
      Tracker tracker = sender.send(message.toClient());
      tracker.settlementFuture().get(AmqpUser.LIMIT_S, TimeUnit.SECONDS);
      DeliveryState state = tracker.remoteState();
      return switch (state.getType()) {
        case ACCEPTED -> new Said("accepted", "", "");
        case RELEASED -> new Said("released", "", "");
        case REJECTED -> {
          Rejected why = (Rejected) state;
          yield new Said("rejected", why.getCondition(), why.getDescription());
        }
        default -> throw new AssertionError(state);
      };
    } finally {
      sender.close();
    }
  }
}
