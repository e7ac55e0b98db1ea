package dev.warren.amqp.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.amqp.BrokerHarness;
import dev.warren.core.broker.Actor;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.message.AmqpWriter.Encoded;
import dev.warren.core.routing.Binding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation of the management node, its statuses and texts (contract §4.4, §4.5). */
class ManagementNodeTest {
  private static final Encoded ID = new Encoded(new byte[] {0x40});
  private static final long CONNECTION = 77;

  @TempDir static Path directory;

  @SuppressWarnings("NullAway.Init")
  private static BrokerHarness harness;

  private final VirtualHost host = harness.broker.virtualHost("/").orElseThrow();
  private final ManagementNode node = node(CONNECTION, new FakeAccessControl());

  @BeforeAll
  static void start() {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
  }

  @AfterAll
  static void stop() {
    harness.close();
  }

  private ManagementNode node(long connectionId, AccessControl access) {
    return new ManagementNode(
        new ManagementNode.Scope(host, "warren@test", connectionId, Actor.BROKER, access));
  }

  private ManagementResponse ask(String method, String path, @Nullable Object body)
      throws Exception {
    return ask(node, method, path, body);
  }

  private static ManagementResponse ask(
      ManagementNode node, String method, String path, @Nullable Object body) throws Exception {
    return node.handle(new ManagementRequest(ID, path, method, "$me", body))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static Map<?, ?> map(ManagementResponse response) {
    return (Map<?, ?>) Objects.requireNonNull(response.body());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, 404",
    "GET, /nothing, 404",
    "GET, /queues, 404",
    "GET, /queues/a/b, 404",
    "GET, /queues/a/messages/b, 404",
    "POST, /queues/q, 405",
    "GET, /queues/q/messages, 405",
    "get, /queues/q, 405",
    "GET, /exchanges/x, 405",
    "GET, /exchanges, 404",
    "PUT, /bindings, 405",
    "GET, /bindings/src=a;dstq=b;key=c;args=, 405",
    "GET, /bindings/a/b, 404",
    "GET, /auth/tokens, 405",
    "PUT, /auth, 404",
    "GET, queues/q, 400",
    "GET, /queues/%zz, 400",
    "GET, /queues/%ff, 400",
    "GET, /queues/, 400",
    "GET, /queues/a%0ab, 400",
    "GET, /bindings?src, 400"
  })
  void pathsAndMethodsThatAreNotThere(String method, String path, int status) throws Exception {
    assertThat(ask(method, path, null).status()).isEqualTo(status);
  }

  @Test
  void aRequestMustSayWhereTheAnswerGoesAndWhatIsAskedFor() throws Exception {
    List<ManagementRequest> bad =
        List.of(
            new ManagementRequest(ID, "/queues/q", "GET", "me", null),
            new ManagementRequest(ID, "/queues/q", "GET", null, null),
            new ManagementRequest(ID, "/queues/q", null, "$me", null),
            new ManagementRequest(ID, null, "GET", "$me", null));
    for (ManagementRequest request : bad) {
      assertThat(node.handle(request).toCompletableFuture().get().status()).isEqualTo(400);
    }
  }

  @Test
  void aTokenIsNotRenewedForWhoCameWithoutOne() throws Exception {
    ManagementResponse response = ask("PUT", "/auth/tokens", java.nio.ByteBuffer.allocate(4));
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.body()).asString().contains("not logged in by a token");
  }

  // ---- queues ----

  @Test
  void declaringAQueueAnswers201ThenThe200OfTheSame() throws Exception {
    Map<String, Object> body =
        Map.of("durable", true, "arguments", Map.of("x-queue-type", "quorum"));
    ManagementResponse created = ask("PUT", "/queues/twice", body);
    assertThat(created.status()).isEqualTo(201);
    assertThat(ask("PUT", "/queues/twice", body).status()).isEqualTo(200);
    assertThat(map(created).keySet().stream().map(String::valueOf))
        .containsExactlyInAnyOrder(
            "name",
            "vhost",
            "durable",
            "auto_delete",
            "exclusive",
            "type",
            "arguments",
            "message_count",
            "consumer_count",
            "replicas",
            "leader");
  }

  @Test
  void withoutATypeAQueueIsClassicAndTheArgumentsSaySo() throws Exception {
    assertThat(map(ask("PUT", "/queues/untyped", null)).get("arguments"))
        .isEqualTo(Map.of("x-queue-type", "classic"));
    for (String classic : List.of("classic", "", "undefined")) {
      Map<String, Object> body = Map.of("arguments", Map.of("x-queue-type", classic));
      assertThat(ask("PUT", "/queues/untyped", body).status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyWithWhatDoesNotBelongInItIsBad() throws Exception {
    for (Object body :
        List.of(
            "text",
            Map.of("durable", "yes"),
            Map.of("exclusive", 1L),
            Map.of("arguments", "none"),
            Map.of("odd", true),
            Map.of(1L, true))) {
      ManagementResponse response = ask("PUT", "/queues/bad", body);
      assertThat(response.status()).as("%s", body).isEqualTo(400);
    }
    assertThat(ask("PUT", "/queues/bad", Map.of("durable", "yes")).body())
        .isEqualTo("bad queue property 'durable': true or false was expected");
    assertThat(host.queue("bad")).isEmpty();
  }

  @Test
  void anArgumentWithoutValueIsNone() throws Exception {
    Map<String, @Nullable Object> arguments = new HashMap<>();
    arguments.put("x-max-length", null);
    assertThat(ask("PUT", "/queues/void", Map.of("arguments", arguments)).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "amq.mine, 403, queue name 'amq.mine' contains reserved prefix 'amq.*'",
    "a%0Db, 400, the name of a queue must not contain a line break"
  })
  void aNameThatCannotBeIsRefused(String name, int status, String text) throws Exception {
    ManagementResponse response = ask("PUT", "/queues/" + name, null);
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(text);
  }

  @Test
  void aNameLongerThan255BytesIsRefused() throws Exception {
    assertThat(ask("PUT", "/queues/" + "a".repeat(256), null).status()).isEqualTo(400);
    assertThat(ask("PUT", "/queues/" + "a".repeat(255), null).status()).isEqualTo(201);
  }

  @Test
  void deletingAndPurgingTellHowManyMessagesWent() throws Exception {
    Object none = ManagementResponse.ulong(0).bytes();
    for (String path : List.of("/queues/missing", "/queues/q2/messages", "/queues/q2")) {
      ManagementResponse response = ask("DELETE", path, null);
      assertThat(response.status()).isEqualTo(200);
      assertThat(((Encoded) Objects.requireNonNull(map(response).get("message_count"))).bytes())
          .isEqualTo(none);
    }
    assertThat(ask("DELETE", "/queues/q2/messages", null).status()).isEqualTo(404);
    assertThat(ask("GET", "/queues/q2", null).body())
        .isEqualTo("queue 'q2' in vhost '/' not found");
  }

  @Test
  void anExclusiveQueueIsLockedForOthers() throws Exception {
    assertThat(ask("PUT", "/queues/mine", Map.of("exclusive", true)).status()).isEqualTo(201);
    ManagementNode other = node(CONNECTION + 1, new FakeAccessControl());
    Map<String, Object> binding =
        Map.of("source", "x", "binding_key", "k", "destination_queue", "mine");
    List<ManagementResponse> refused =
        List.of(
            ask(other, "PUT", "/queues/mine", Map.of("exclusive", true)),
            ask(other, "PUT", "/queues/mine", null),
            ask(other, "DELETE", "/queues/mine", null),
            ask(other, "DELETE", "/queues/mine/messages", null),
            ask(other, "POST", "/bindings", binding));
    for (ManagementResponse response : refused) {
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body())
          .asString()
          .startsWith("cannot obtain exclusive access to locked queue 'mine' in vhost '/'");
    }
    assertThat(ask(other, "GET", "/queues/mine", null).status()).isEqualTo(200);
    assertThat(ask("POST", "/bindings", binding).status()).isEqualTo(204);
    assertThat(ask("DELETE", "/queues/mine", null).status()).isEqualTo(200);
  }

  // ---- exchanges ----

  @Test
  void declaringAnExchangeAnswers204NewOrNot() throws Exception {
    for (Object body : List.of(Map.of("type", "fanout"), Map.of("type", "fanout"))) {
      ManagementResponse response = ask("PUT", "/exchanges/e", body);
      assertThat(response.status()).isEqualTo(204);
      assertThat(response.body()).isNull();
    }
    assertThat(ask("PUT", "/exchanges/e", null).body())
        .isEqualTo(
            "inequivalent arg 'type' for exchange 'e' in vhost '/': "
                + "received 'direct' but current is 'fanout'");
    assertThat(ask("PUT", "/exchanges/amq.topic", Map.of("type", "topic")).status()).isEqualTo(204);
    assertThat(ask("DELETE", "/exchanges/e", null).status()).isEqualTo(204);
    assertThat(ask("DELETE", "/exchanges/e", null).status()).isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, '', 403",
    "PUT, amq.default, 403",
    "PUT, amq.new, 403",
    "DELETE, '', 403",
    "DELETE, amq.default, 403",
    "DELETE, amq.topic, 403"
  })
  void reservedExchangesAreLeftAlone(String method, String name, int status) throws Exception {
    assertThat(ask(method, "/exchanges/" + name, null).status()).isEqualTo(status);
  }

  @Test
  void anExchangeThatCannotBeIsBad() throws Exception {
    assertThat(ask("PUT", "/exchanges/bad", Map.of("type", "odd")).body())
        .isEqualTo("unknown exchange type 'odd'");
    for (Object body :
        List.of(
            Map.of("type", "odd"),
            Map.of("type", 1L),
            Map.of("odd", true),
            Map.of("internal", "no"),
            Map.of("arguments", Map.of("alternate-exchange", 1L)))) {
      assertThat(ask("PUT", "/exchanges/bad", body).status()).as("%s", body).isEqualTo(400);
    }
  }

  // ---- bindings ----

  private static Map<String, Object> binding(String key, Map<String, Object> arguments) {
    return Map.of(
        "source",
        "x",
        "destination_queue",
        "neighbour",
        "binding_key",
        key,
        "arguments",
        arguments);
  }

  @Test
  void bindingsWithOneKeyAreListedAndDeletedByTheirLocation() throws Exception {
    String path = "/bindings?src=x&dstq=neighbour&key=a+b%2Fc";
    for (Map<String, Object> arguments :
        List.of(Map.<String, Object>of(), Map.<String, Object>of("n", 1L, "s", "ü"))) {
      assertThat(ask("POST", "/bindings", binding("a b/c", arguments)).status()).isEqualTo(204);
      assertThat(ask("POST", "/bindings", binding("a b/c", arguments)).status()).isEqualTo(204);
    }
    List<?> listed = (List<?>) Objects.requireNonNull(ask("GET", path, null).body());
    assertThat(listed).hasSize(2);

    for (Object each : listed) {
      Map<?, ?> found = (Map<?, ?>) each;
      assertThat(found.get("source")).isEqualTo("x");
      assertThat(found.get("destination_queue")).isEqualTo("neighbour");
      assertThat(found.get("binding_key")).isEqualTo("a b/c");
      String location = String.valueOf(found.get("location"));
      assertThat(location).startsWith("/bindings/src=x;dstq=neighbour;key=a%20b%2Fc;args=");
      assertThat(ask("DELETE", location, null).status()).isEqualTo(204);
      assertThat(ask("DELETE", location, null).status()).isEqualTo(204);
    }
    assertThat(ask("GET", path, null).body()).isEqualTo(List.of());
  }

  @Test
  void oneLocationDeletesOneBindingOnly() throws Exception {
    for (long i = 0; i < 3; i++) {
      ask("POST", "/bindings", binding("one", Map.of("n", i)));
    }
    String path = "/bindings?src=x&dstq=neighbour&key=one";
    List<?> listed = (List<?>) Objects.requireNonNull(ask("GET", path, null).body());
    Map<?, ?> second = (Map<?, ?>) listed.get(1);
    ask("DELETE", String.valueOf(second.get("location")), null);

    List<Object> left = new ArrayList<>(listed);
    left.remove(second);
    assertThat((List<?>) Objects.requireNonNull(ask("GET", path, null).body()))
        .map(Object.class::cast)
        .containsExactlyInAnyOrderElementsOf(left);
  }

  @ParameterizedTest
  @CsvSource({
    "none, q, 400, no exchange 'none' in vhost '/'",
    "x, none, 400, no queue 'none' in vhost '/'",
    "'', q, 403, operation not permitted on the default exchange"
  })
  void aBindingNeedsBothEnds(String source, String queue, int status, String text)
      throws Exception {
    ManagementResponse response =
        ask(
            "POST",
            "/bindings",
            Map.of("source", source, "destination_queue", queue, "binding_key", ""));
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(text);
  }

  @Test
  void aBindingWithoutWhatItNeedsIsBad() throws Exception {
    for (Object body :
        List.of(
            Map.of("source", "x", "binding_key", "k"),
            Map.of("source", "x", "destination_queue", "q"),
            Map.of("destination_queue", "q", "binding_key", "k"),
            Map.of("source", 1L, "destination_queue", "q", "binding_key", "k"),
            Map.of(
                "source",
                "x",
                "destination_queue",
                "q",
                "destination_exchange",
                "x",
                "binding_key",
                "k"),
            Map.of(
                "source",
                "amq.headers",
                "destination_queue",
                "q",
                "binding_key",
                "",
                "arguments",
                Map.of("x-match", "odd")))) {
      assertThat(ask("POST", "/bindings", body).status()).as("%s", body).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/bindings?src=x&key=k",
        "/bindings?src=x&dstq=q&dste=x&key=k",
        "/bindings?dstq=q&key=k",
        "/bindings?src=x&dstq=q",
        "/bindings"
      })
  void aListNeedsBothEndsAndTheKey(String path) throws Exception {
    assertThat(ask("GET", path, null).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "src=x;dstq=q;key=k",
        "src=x;dsta=q;key=k;args=",
        "src=x;dstq=q;key=a+b;args=",
        "src=x;dstq=q;key=k;args=a b",
        "src%3Dx;dstq=q;key=k;args="
      })
  void aSegmentThatIsNoLocationIsBad(String segment) throws Exception {
    assertThat(ask("DELETE", "/bindings/" + segment, null).status()).isEqualTo(400);
  }

  @Test
  void aLocationIsTheSameWhateverTheWidthAndOrderOfItsArguments() {
    Map<String, Object> one = new java.util.LinkedHashMap<>(Map.of());
    one.put("a", 1);
    one.put("b", "x");
    Map<String, Object> two = new java.util.LinkedHashMap<>(Map.of());
    two.put("b", "x");
    two.put("a", 1L);
    assertThat(location(one)).isEqualTo(location(two)).isNotEqualTo(location(Map.of("a", 1)));
    assertThat(location(Map.of())).endsWith(";args=");
  }

  private static String location(Map<String, Object> arguments) {
    return BindingLocation.of(
            new Binding("x", dev.warren.core.routing.Destination.queue("q"), "k", arguments))
        .path();
  }

  // ---- access ----

  @Test
  void everyOperationAsksWhetherTheUserMay() throws Exception {
    List<String> asked = new ArrayList<>();
    ManagementNode watched =
        node(
            CONNECTION,
            new FakeAccessControl() {
              @Override
              void on(String question) {
                asked.add(question);
              }
            });
    ask(
        watched,
        "PUT",
        "/queues/asked",
        Map.of("arguments", Map.of("x-dead-letter-exchange", "dlx")));
    ask(watched, "GET", "/queues/asked", null);
    ask(watched, "DELETE", "/queues/asked/messages", null);
    ask(watched, "DELETE", "/queues/asked", null);
    ask(watched, "PUT", "/exchanges/e2", Map.of("arguments", Map.of("alternate-exchange", "ae")));
    ask(watched, "DELETE", "/exchanges/e2", null);
    ask(watched, "POST", "/bindings", binding("k", Map.of()));
    ask(watched, "GET", "/bindings?src=x&dste=y&key=", null);
    ask(watched, "DELETE", "/bindings/src=x;dstq=neighbour;key=k;args=", null);

    assertThat(asked)
        .containsExactly(
            "CONFIGURE asked",
            "READ asked",
            "WRITE dlx",
            "SEE asked",
            "READ asked",
            "CONFIGURE asked",
            "CONFIGURE e2",
            "READ e2",
            "WRITE ae",
            "CONFIGURE e2",
            "WRITE neighbour",
            "READ x",
            "KEY x k",
            "WRITE y",
            "READ x",
            "WRITE neighbour",
            "READ x",
            "KEY x k");
  }

  @Test
  void aRefusalOfAccessIsNoResponse() {
    ManagementNode closed =
        node(
            CONNECTION,
            new FakeAccessControl() {
              @Override
              void on(String question) {
                if (question.startsWith("CONFIGURE")) {
                  throw new AccessRefusedException("configure access refused");
                }
              }
            });
    assertThatThrownBy(() -> ask(closed, "PUT", "/queues/refused", null))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(AccessRefusedException.class);
    assertThat(host.queue("refused")).isEmpty();
  }
}
