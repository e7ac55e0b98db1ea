package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.server.security.AmqpPermissionTable.Need;
import dev.warren.server.security.AmqpPermissionTable.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operation of AMQP with every subset of the permissions it needs: allowed with all of them,
 * refused with the text of the first one that is missing otherwise. Each permission is granted by
 * the exact name, so that asking for another name is found too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AmqpPermissionMatrixTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String USER = AmqpPermissionTable.USER;

  private HttpBroker broker;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}]");
    broker.must("PUT", "/vhosts/m", "{}");
    broker.must("PUT", "/users/" + USER, "{\"password\":\"u\",\"tags\":\"\"}");
    broker.must("PUT", "/exchanges/m/x", "{\"type\":\"direct\"}");
    broker.must("PUT", "/exchanges/m/t", "{\"type\":\"topic\"}");
    broker.must("PUT", "/exchanges/m/d", "{\"type\":\"fanout\"}");
    broker.must("PUT", "/queues/m/q", "{\"durable\":true}");
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void allowsWithAllPermissionsAndNamesTheFirstThatIsMissing() throws Exception {
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (Operation operation : AmqpPermissionTable.operations()) {
      int subsets = 1 << operation.needs().size();
      for (int subset = 0; subset < subsets; subset++) {
        List<Need> granted = new ArrayList<>();
        List<Need> missing = new ArrayList<>();
        for (int i = 0; i < operation.needs().size(); i++) {
          ((subset & (1 << i)) == 0 ? missing : granted).add(operation.needs().get(i));
        }
        tried++;
        check(operation, granted, missing, wrong);
      }
    }
    assertThat(wrong).as("of %s attempts", tried).isEmpty();
    assertThat(tried).isGreaterThan(100);
  }

  private void check(
      Operation operation, List<Need> granted, List<Need> missing, List<String> wrong)
      throws Exception {
    prepare();
    grant(operation, granted);
    String expected = expected(operation, granted, missing);
    Throwable failure;
    try (AmqpUser user = AmqpUser.connect(broker.wiring().amqpPort(), USER)) {
      failure = catchThrowable(() -> operation.action().run(user));
    }
    String said = failure == null ? "" : AmqpUser.said(failure);
    if (!said.matches(expected)) {
      wrong.add(
          "%s with %s: '%s', expected '%s'".formatted(operation.name(), granted, said, expected));
    }
  }

  private static String expected(Operation operation, List<Need> granted, List<Need> missing) {
    boolean isAllowed = operation.isAny() ? !granted.isEmpty() : missing.isEmpty();
    if (isAllowed) {
      return "";
    }
    Need first = missing.get(operation.isAny() ? missing.size() - 1 : 0);
    return "amqp:unauthorized-access: " + first.refusal();
  }

  /** What operations made or deleted is as it was. */
  private void prepare() {
    broker.send("guest", "DELETE", "/queues/m/new", "");
    broker.send("guest", "DELETE", "/exchanges/m/new.x", "");
    broker.must("PUT", "/queues/m/old", "{\"durable\":true}");
    broker.must("PUT", "/exchanges/m/old.x", "{\"type\":\"direct\"}");
    for (String binding : List.of("x/q/q", "x/e/d", "t/q/q")) {
      broker.must("POST", "/bindings/m/e/" + binding, "{\"routing_key\":\"k.1\"}");
    }
  }

  private void grant(Operation operation, List<Need> granted) throws Exception {
    broker.must(
        "PUT",
        "/permissions/m/" + USER,
        JSON.writeValueAsString(
            Map.of(
                "configure", names(granted, "configure", false),
                "write", names(granted, "write", false),
                "read", names(granted, "read", false))));
    broker.send("guest", "DELETE", "/topic-permissions/m/" + USER, "");
    if (operation.needs().stream().anyMatch(Need::isKey)) {
      broker.must(
          "PUT",
          "/topic-permissions/m/" + USER,
          JSON.writeValueAsString(
              Map.of(
                  "exchange", "t",
                  "write", names(granted, "write", true),
                  "read", names(granted, "read", true))));
    }
  }

  private static String names(List<Need> granted, String permission, boolean keys) {
    List<String> names =
        granted.stream()
            .filter(need -> need.isKey() == keys && need.permission().equals(permission))
            .map(Need::pattern)
            .toList();
    return names.isEmpty() ? "" : names.stream().collect(Collectors.joining("|", "^(?:", ")$"));
  }

  @Test
  void nobodyEntersAVirtualHostWithoutAnyPermissionThere() throws Exception {
    broker.must("PUT", "/users/stranger", "{\"password\":\"stranger\",\"tags\":\"administrator\"}");

    String said = "";
    try (AmqpUser user = AmqpUser.connect(broker.wiring().amqpPort(), "stranger")) {
      said = AmqpUser.said(catchThrowable(() -> user.sender("/queues/q")));
    } catch (Exception e) {
      // It depends on the client whether the open that comes before the close counts.
      said = AmqpUser.said(e);
    }

    assertThat(said)
        .isEqualTo("amqp:unauthorized-access: access to vhost 'm' refused for user 'stranger'");
  }

  @Test
  void onlyAnImpersonatorPublishesInTheNameOfAnother() throws Exception {
    for (String tag : List.of("", "impersonator")) {
      String name = "says" + tag;
      broker.must(
          "PUT", "/users/" + name, "{\"password\":\"%s\",\"tags\":\"%s\"}".formatted(name, tag));
      broker.must(
          "PUT", "/permissions/m/" + name, "{\"configure\":\"\",\"write\":\".*\",\"read\":\"\"}");
    }
    int port = broker.wiring().amqpPort();
    try (AmqpUser plain = AmqpUser.connect(port, "says");
        AmqpUser impersonator = AmqpUser.connect(port, "saysimpersonator")) {
      assertThat(plain.publishAs("/queues/q", "says")).isEqualTo("ACCEPTED");
      assertThat(impersonator.publishAs("/queues/q", "anybody")).isEqualTo("ACCEPTED");
      assertThat(AmqpUser.said(catchThrowable(() -> plain.publishAs("/queues/q", "anybody"))))
          .isEqualTo(
              "amqp:unauthorized-access: user_id property set to 'anybody' but authenticated user"
                  + " was 'says'");
    }
  }

  /** What is not in the table is no operation: nothing can be done that is not asked for. */
  @Test
  void managementOffersNothingElse() throws Exception {
    broker.must(
        "PUT", "/permissions/m/" + USER, "{\"configure\":\"\",\"write\":\"\",\"read\":\"\"}");
    Map<String, List<String>> offered =
        Map.of(
            "/queues/q", List.of("PUT", "GET", "DELETE"),
            "/queues/q/messages", List.of("DELETE"),
            "/exchanges/x", List.of("PUT", "DELETE"),
            "/bindings", List.of("POST", "GET"),
            "/bindings/src=x;dstq=q;key=k.1;args=", List.of("DELETE"),
            "/auth/tokens", List.of("PUT"));
    List<String> elsewhere = List.of("/", "/queues", "/exchanges", "/queues/q/more", "/users/u");
    for (String method : List.of("GET", "PUT", "POST", "DELETE", "PATCH")) {
      for (Map.Entry<String, List<String>> path : offered.entrySet()) {
        if (!path.getValue().contains(method)) {
          assertThat(status(method, path.getKey())).as(method + " " + path.getKey()).isEqualTo(405);
        }
      }
      for (String path : elsewhere) {
        assertThat(status(method, path)).as(method + " " + path).isEqualTo(404);
      }
    }
  }

  private int status(String method, String path) throws Exception {
    try (AmqpUser user = AmqpUser.connect(broker.wiring().amqpPort(), USER)) {
      return user.status(method, path, Map.of());
    }
  }
}
