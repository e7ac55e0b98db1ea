package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.core.broker.Actor;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.ClearPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.PublishRate;
import dev.warren.core.security.UserLimits;
import dev.warren.core.security.VirtualHostLimits;
import dev.warren.core.security.VirtualHostSettings;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits: what changing them keeps, and who is told that one is reached. */
final class LimitsTest {
  private static final PublishRate RATE = new PublishRate(100, 5_000);

  private final RunningServer server = new RunningServer(1_000_000);

  @AfterEach
  void close() {
    server.close();
  }

  private void change(AccessChange... changes) throws Exception {
    var unused =
        server
            .access
            .change(Actor.BROKER, rules -> List.of(changes))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  private PutUser limited(String user, UserLimits limits) {
    return new PutUser(server.access.rules().user(user).orElseThrow().with(limits));
  }

  private int send(String method, String path, String body) {
    return server
        .send(
            HttpRequest.newBuilder(server.uri(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("authorization", RunningServer.basic("guest", "guest"))
                .build())
        .statusCode();
  }

  private UserLimits ofWorker() {
    return server.access.rules().user("worker").orElseThrow().limits();
  }

  @Test
  void settingOneKeepsTheOthers() throws Exception {
    change(limited("worker", new UserLimits(-1, -1, RATE)));

    assertThat(send("PUT", "/api/user-limits/worker/max-connections", "{\"value\":5}"))
        .isEqualTo(204);
    assertThat(send("PUT", "/api/user-limits/worker/max-channels", "{\"value\":7}")).isEqualTo(204);
    assertThat(ofWorker()).isEqualTo(new UserLimits(5, 7, RATE));

    assertThat(send("DELETE", "/api/user-limits/worker/max-connections", "")).isEqualTo(204);
    assertThat(ofWorker()).isEqualTo(new UserLimits(-1, 7, RATE));
  }

  @Test
  void definitionsKeepWhatTheyKnowNothingOf() throws Exception {
    change(limited("worker", new UserLimits(1, 2, RATE)));
    String worker =
        "{\"users\":[{\"name\":\"worker\",\"password_hash\":\"\",\"tags\":\"\",\"limits\":"
            + "{\"max-connections\":3}}]}";

    assertThat(send("POST", "/api/definitions", worker)).isEqualTo(204);
    assertThat(ofWorker()).isEqualTo(new UserLimits(3, -1, RATE));
  }

  @Test
  void tellsEverybodyOfThoseHeSees() throws Exception {
    UserLimits one = new UserLimits(1, -1);
    change(
        limited("worker", one),
        limited("watcher", one),
        limited("guest", new UserLimits(0, 0)),
        new PutVirtualHost("/", VirtualHostSettings.DEFAULTS.with(new VirtualHostLimits(2, 1))),
        new PutVirtualHost(
            "video", VirtualHostSettings.DEFAULTS.with(new VirtualHostLimits(9, 0))));
    server.management.queue("orders");
    server.connections.add(new FakeConnection(1, "worker", "a", 0));
    assertThat(reached("guest"))
        .containsExactly("virtual host / max-queues 1", "user worker max-connections 1");

    server.connections.add(new FakeConnection(2, "watcher", "b", 0));
    server.connections.limit(2);

    List<String> all =
        List.of(
            "node warren@test max-connections 2",
            "virtual host / max-connections 2",
            "virtual host / max-queues 1",
            "user watcher max-connections 1",
            "user worker max-connections 1");
    assertThat(reached("guest")).containsExactlyInAnyOrderElementsOf(all);
    assertThat(reached("watcher")).containsExactlyInAnyOrderElementsOf(all);
    assertThat(reached("worker"))
        .containsExactly(
            "virtual host / max-connections 2",
            "virtual host / max-queues 1",
            "user worker max-connections 1");
    change(new ClearPermissions("/", "worker"));
    assertThat(reached("worker")).containsExactly("user worker max-connections 1");
  }

  private List<String> reached(String user) {
    List<String> reached = new ArrayList<>();
    JsonNode overview = RunningServer.json(server.send("GET", "/api/overview", user));
    for (JsonNode limit : overview.path("limits_reached")) {
      reached.add(
          String.join(
              " ",
              limit.path("scope").asText(),
              limit.path("name").asText(),
              limit.path("limit").asText(),
              limit.path("value").asText()));
    }
    return reached;
  }
}
