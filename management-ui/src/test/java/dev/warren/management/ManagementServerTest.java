package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.core.broker.AuditedLogins;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management.BindingInfo;
import dev.warren.core.broker.Management.ConsumerInfo;
import dev.warren.core.broker.UnroutableMessages;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.LoginClient;
import dev.warren.core.security.TokenVerifier;
import io.vertx.core.Vertx;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The API over HTTP: who gets in, what objects look like, and what is refused how. */
final class ManagementServerTest {
  private final RunningServer server = new RunningServer(1_000_000);

  @AfterEach
  void close() {
    server.close();
  }

  private static ConsumerInfo consumer(String queue, boolean presettled) {
    return new ConsumerInfo(
        "/", queue, "tag-1", 1, 7, 3, presettled, true, false, false, 60_000, 100, 2);
  }

  @Test
  void asksForCredentials() {
    HttpResponse<String> response =
        server.send(HttpRequest.newBuilder(server.uri("/api/overview")).build());
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().firstValue("www-authenticate"))
        .contains("Basic realm=\"RabbitMQ Management\"");
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertThat(response.body())
        .isEqualTo("{\"error\":\"not_authorized\",\"reason\":\"Not logged in\"}");
  }

  @Test
  void refusesBadCredentials() {
    for (String authorization :
        List.of(
            RunningServer.basic("guest", "wrong"),
            RunningServer.basic("unknown", "x"),
            RunningServer.basic("nobody", "nobody"),
            "Basic !!!",
            "Basic " + "YQ==",
            "Bearer token",
            "Basic " + "A".repeat(4_000))) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri("/api/whoami"))
              .header("authorization", authorization)
              .build();
      assertThat(server.send(request).statusCode()).as(authorization).isEqualTo(401);
    }
  }

  @Test
  void letsGuestInFromThisMachineOnly() {
    FakeAccess users = RunningServer.users();
    try (Authenticator authenticator =
        AuditedLogins.authenticator(
            users, TokenVerifier.NONE, Authenticator.Options.DEFAULTS, server.clock)) {
      Authentication authentication = new Authentication(new HttpLogins(users, authenticator, 0));
      LoginClient client = new LoginClient(LoginClient.HTTP, "127.0.0.1", 1);
      Optional<String> guest = Optional.of(RunningServer.basic("guest", "guest"));

      assertThat(authentication.authenticate(guest, client, true))
          .isCompletedWithValueMatching(user -> user.name().equals("guest"));
      assertThat(authentication.authenticate(guest, client, false))
          .isCompletedExceptionally()
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .havingCause()
          .withMessage("User can only log in via localhost");
    }
  }

  @Test
  void givesEachTagItsLevel() {
    assertThat(server.send("GET", "/api/nodes", "watcher").statusCode()).isEqualTo(200);
    HttpResponse<String> refused = server.send("GET", "/api/nodes", "worker");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("Not monitor user");
    assertThat(server.send("GET", "/api/queues", "worker").statusCode()).isEqualTo(200);
  }

  @Test
  void tellsWhoAsks() {
    assertThat(server.get("/api/whoami").toString())
        .isEqualTo("{\"name\":\"guest\",\"tags\":[\"administrator\"],\"is_internal_user\":true}");
  }

  @Test
  void answersWhatIsNotThereWith404() {
    for (String path :
        List.of(
            "/api/nothing",
            "/api/",
            "/api",
            "/api/queues/none",
            "/api/queues/%2F/none",
            "/api/exchanges/%2F/none",
            "/api/connections/none",
            "/api/vhosts/none",
            "/api/nodes/none",
            "/nothing.js",
            "/js/../../secret.js",
            "/webjars/none.js")) {
      HttpResponse<String> response = server.send("GET", path, "guest");
      assertThat(response.statusCode()).as(path).isEqualTo(404);
      assertThat(RunningServer.json(response).path("error").asText())
          .as(path)
          .contains("Not Found");
    }
  }

  @Test
  void answersWrongMethodsWith405() {
    HttpResponse<String> response = server.send("POST", "/api/overview", "guest");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).contains("GET, HEAD, OPTIONS");
    assertThat(server.send("PUT", "/index.html", "guest").statusCode()).isEqualTo(405);
  }

  @Test
  void answersMalformedPathsAndQueriesWith400() {
    for (String path : List.of("/api/queues/%ff", "/api/queues?name=%ff", "/api/queues?page=%C3")) {
      assertThat(server.send("GET", path, "guest").statusCode()).as(path).isEqualTo(400);
    }
  }

  @Test
  void answersHeadAndOptions() {
    HttpResponse<String> head = server.send("HEAD", "/api/overview", "guest");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("content-length").orElse(0)).isGreaterThan(100);
    HttpResponse<String> options = server.send("OPTIONS", "/api/queues/%2F/q", "guest");
    assertThat(options.statusCode()).isEqualTo(200);
    assertThat(options.headers().firstValue("allow")).contains("DELETE, GET, HEAD, OPTIONS, PUT");
  }

  @Test
  void refusesABodyThatIsTooLong() {
    ManagementOptions small = new ManagementOptions("127.0.0.1", 0, 100, 100, 16, 0, 61, 10);
    try (RunningServer strict = new RunningServer(1_000_000, small)) {
      HttpRequest request =
          HttpRequest.newBuilder(strict.uri("/api/overview"))
              .header("authorization", RunningServer.basic("guest", "guest"))
              .POST(HttpRequest.BodyPublishers.ofString("x".repeat(101)))
              .build();
      assertThat(strict.send(request).statusCode()).isIn(400, 405);
      assertThat(strict.get("/api/whoami").get("name").asText()).isEqualTo("guest");
    }
  }

  @Test
  void sendsHeadersThatKeepABrowserSafe() {
    for (String path : List.of("/", "/api/overview")) {
      HttpResponse<String> response = server.send("GET", path, "guest");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("content-security-policy").orElse(""))
          .contains("default-src 'none'")
          .contains("script-src 'self'")
          .doesNotContain("unsafe");
      assertThat(response.headers().firstValue("x-content-type-options")).contains("nosniff");
      assertThat(response.headers().firstValue("x-frame-options")).contains("DENY");
      assertThat(response.headers().firstValue("cache-control")).contains("no-cache");
    }
  }

  @Test
  void letsBrowsersCacheFiles() {
    HttpResponse<String> index = server.send("GET", "/", "guest");
    String etag = index.headers().firstValue("etag").orElseThrow();
    assertThat(server.send("GET", "/", "guest", "if-none-match", etag).statusCode()).isEqualTo(304);
    String library = index.body().replaceAll("(?s).*href=\"(/webjars/[^\"]+)\".*", "$1");
    HttpResponse<String> response = server.send("GET", library, "guest");
    assertThat(response.statusCode()).as(library).isEqualTo(200);
    assertThat(response.headers().firstValue("cache-control").orElse("")).contains("immutable");
  }

  @Test
  void showsTheOverview() {
    server.management.queue("orders").moves(10, 4, 1);
    server.management.alarms.add("disk");
    server.second();
    JsonNode overview = server.get("/api/overview");
    assertThat(overview.get("product_name").asText()).isEqualTo("Warren");
    assertThat(overview.get("product_version").asText()).isEqualTo("0.1.0");
    assertThat(overview.get("node").asText()).isEqualTo("warren@test");
    assertThat(overview.at("/queue_totals/messages").asLong()).isEqualTo(9);
    assertThat(overview.at("/queue_totals/messages_ready").asLong()).isEqualTo(6);
    assertThat(overview.at("/queue_totals/messages_unacknowledged").asLong()).isEqualTo(3);
    assertThat(overview.at("/object_totals/queues").asLong()).isEqualTo(1);
    assertThat(overview.at("/message_stats/return_unroutable").asLong()).isEqualTo(12);
    assertThat(overview.at("/alarms/0/resource").asText()).isEqualTo("disk");
    assertHas(overview.at("/listeners/0"), "node", "protocol", "port", "ip_address");
  }

  @Test
  void givesEveryObjectItsMandatoryFields() {
    server.management.queue("/", "orders", "quorum", Map.of("x-delivery-limit", 5));
    server.management.exchange("events", "topic").binding("events", "a.#", "orders");
    server.management.consumers.add(consumer("orders", false));
    server.connections.add(new FakeConnection(1, "guest", "shop", 1_000_000));

    assertHas(
        server.get("/api/nodes").get(0),
        "name",
        "uptime",
        "run_queue",
        "processors",
        "os_pid",
        "fd_total",
        "proc_total",
        "mem_limit",
        "mem_alarm",
        "disk_free_limit",
        "disk_free_alarm",
        "rates_mode",
        "enabled_plugins",
        "being_drained");
    assertHas(
        server.get("/api/queues").get(0),
        "name",
        "vhost",
        "type",
        "durable",
        "auto_delete",
        "exclusive",
        "arguments");
    assertHas(
        server.get("/api/exchanges").get(0),
        "name",
        "vhost",
        "type",
        "durable",
        "auto_delete",
        "arguments");
    assertHas(
        server.get("/api/bindings").get(0),
        "vhost",
        "source",
        "destination",
        "destination_type",
        "routing_key",
        "arguments");
    assertHas(
        server.get("/api/connections").get(0),
        "name",
        "node",
        "protocol",
        "user",
        "connected_at",
        "client_properties");
    assertHas(
        server.get("/api/consumers").get(0),
        "consumer_tag",
        "active",
        "ack_required",
        "prefetch_count",
        "exclusive",
        "arguments",
        "consumer_timeout",
        "queue",
        "channel_details");
    assertHas(server.get("/api/vhosts/%2F"), "name", "description", "tags", "cluster_state");
  }

  @Test
  void showsOneQueueWithConsumersAndBindings() {
    server.management.queue("/", "a/b", "quorum", Map.of("x-delivery-limit", 5)).moves(9, 4, 1);
    server.management.binding("", "a/b", "a/b").binding("", "other", "other");
    server.management.consumers.add(consumer("a/b", true));
    JsonNode queue = server.get("/api/queues/%2F/a%2Fb");
    assertThat(queue.get("messages").asLong()).isEqualTo(8);
    assertThat(queue.get("message_bytes_ready").asLong()).isEqualTo(5_120);
    assertThat(queue.at("/arguments/x-delivery-limit").asInt()).isEqualTo(5);
    assertThat(queue.at("/members/0").asText()).isEqualTo("warren@test");
    assertThat(queue.at("/consumer_details/0/ack_required").asBoolean(true)).isFalse();
    assertThat(queue.at("/consumer_details/0/arguments/x-priority").asInt()).isEqualTo(3);
    assertThat(server.get("/api/queues/%2F/a%2Fb/bindings")).hasSize(1);
  }

  @Test
  void showsAnExchangeAndItsBindings() {
    server.management.exchange("", "direct").exchange("events", "topic");
    server.management.binding("events", "a", "q").binding("", "q", "q");
    assertThat(server.get("/api/exchanges/%2F/amq.default").get("name").asText()).isEmpty();
    assertThat(server.get("/api/exchanges/%2F/events/bindings/source")).hasSize(1);
    assertThat(server.get("/api/exchanges/%2F/events/bindings/destination")).isEmpty();
  }

  @Test
  void namesBindingsByKeyAndArguments() {
    assertThat(key("", Map.of())).isEqualTo("~");
    assertThat(key("a.b", Map.of())).isEqualTo("a.b");
    assertThat(key("a~b c", Map.of())).isEqualTo("a%7Eb+c");
    assertThat(key("k", Map.of("x", 1))).startsWith("k~").hasSizeGreaterThan(10);
    assertThat(key("k", Map.of("x", 1, "y", "z"))).isEqualTo(key("k", Map.of("y", "z", "x", 1)));
    assertThat(key("k", Map.of("x", 1))).isNotEqualTo(key("k", Map.of("x", 2)));
  }

  private static String key(String bindingKey, Map<String, @Nullable Object> arguments) {
    return BindingsResource.propertiesKey(
        new BindingInfo("/", new Binding("events", Destination.queue("q"), bindingKey, arguments)));
  }

  @Test
  void closesAConnectionWithAReason() {
    FakeConnection connection = new FakeConnection(1, "guest", "shop", 1_000_000);
    server.connections.add(connection);
    String path =
        "/api/connections/" + connection.details().name().replace(" ", "%20").replace(">", "%3E");
    assertThat(server.get(path).get("container_id").asText()).isEqualTo("shop");

    HttpResponse<String> response =
        server.send("DELETE", path, "guest", "x-reason", "upgrading the shop");

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(connection.closedFor()).isEqualTo("upgrading the shop");
  }

  @Test
  void startsAndStopsTheTraceOfAConnectionForAdministrators() {
    FakeConnection connection = new FakeConnection(1, "guest", "shop", 1_000_000);
    server.connections.add(connection);
    String path =
        "/api/connections/"
            + connection.details().name().replace(" ", "%20").replace(">", "%3E")
            + "/trace";
    assertThat(server.get(path).get("enabled").asBoolean()).isFalse();
    assertThat(server.send("PUT", path, "watcher").statusCode()).isEqualTo(401);
    assertThat(server.send("PUT", path + "?payload_bytes=x", "guest").statusCode()).isEqualTo(400);
    assertThat(server.send("PUT", path + "?payload_bytes=4097", "guest").statusCode())
        .isEqualTo(400);
    assertThat(connection.trace().enabled()).isFalse();

    assertThat(server.send("PUT", path + "?payload_bytes=8", "guest").statusCode()).isEqualTo(204);
    assertThat(server.get(path).get("enabled").asBoolean()).isTrue();
    assertThat(server.get(path).get("payload_bytes").asInt()).isEqualTo(8);
    assertThat(server.send("DELETE", path, "guest").statusCode()).isEqualTo(204);
    assertThat(connection.trace().enabled()).isFalse();
  }

  @Test
  void keepsConnectionsOfOthersFromSimpleUsers() {
    FakeConnection others = new FakeConnection(1, "guest", "shop", 1_000_000);
    server.connections.add(others);
    server.connections.add(new FakeConnection(2, "worker", "own", 1_000_000));
    JsonNode seen = RunningServer.json(server.send("GET", "/api/connections", "worker"));
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).get("user").asText()).isEqualTo("worker");
    String path =
        "/api/connections/" + others.details().name().replace(" ", "%20").replace(">", "%3E");
    assertThat(server.send("DELETE", path, "worker").statusCode()).isEqualTo(404);
    assertThat(server.send("DELETE", path, "watcher").statusCode()).isEqualTo(401);
    assertThat(others.closedFor()).isEmpty();
  }

  @Test
  void checksHealth() {
    for (String path :
        List.of(
            "alarms",
            "local-alarms",
            "virtual-hosts",
            "port-listener/5672",
            "protocol-listener/amqp10,http")) {
      assertThat(server.get("/api/health/checks/" + path).get("status").asText())
          .as(path)
          .isEqualTo("ok");
    }
    assertThat(server.get("/api/aliveness-test/%2F").get("status").asText()).isEqualTo("ok");
  }

  @Test
  void tellsWhatIsUnhealthy() {
    server.management.alarms.add("memory");
    HttpResponse<String> alarms = server.send("GET", "/api/health/checks/alarms", "guest");
    assertThat(alarms.statusCode()).isEqualTo(503);
    assertThat(RunningServer.json(alarms).at("/alarms/0/resource").asText()).isEqualTo("memory");
    HttpResponse<String> port = server.send("GET", "/api/health/checks/port-listener/1", "guest");
    assertThat(port.statusCode()).isEqualTo(503);
    assertThat(RunningServer.json(port).get("missing").asInt()).isEqualTo(1);
    HttpResponse<String> protocols =
        server.send("GET", "/api/health/checks/protocol-listener/mqtt", "guest");
    assertThat(RunningServer.json(protocols).at("/missing/0").asText()).isEqualTo("mqtt");
    assertThat(server.send("GET", "/api/health/checks/port-listener/x", "guest").statusCode())
        .isEqualTo(400);
  }

  @Test
  void saysThatThePortIsInUse() {
    Vertx vertx = Vertx.vertx();
    ManagementServer second =
        new ManagementServer(
            vertx,
            ManagementOptions.defaults().withAddress("127.0.0.1", server.server.port()),
            new Product("Warren", "0.1.0"),
            new ManagedBroker(
                server.management,
                RunningServer.users(),
                new Connections(),
                name -> Optional.empty(),
                List.of(),
                new UnroutableMessages()),
            server.clock);
    try {
      assertThatThrownBy(() -> RunningServer.await(second.listen()))
          .isInstanceOf(ListenFailedException.class)
          .hasMessageContaining("127.0.0.1:" + server.server.port());
    } finally {
      RunningServer.await(vertx.close());
    }
  }

  private static void assertHas(JsonNode object, String... fields) {
    for (String field : fields) {
      assertThat(object.hasNonNull(field)).as(field + " in " + object).isTrue();
    }
  }
}
