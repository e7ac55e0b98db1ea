package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users see and change of what is somebody else's: mendings and connections. */
@SuppressWarnings("NullAway.Init")
class OthersTest {
  private static final String SLOWLY = "{\"action\":\"delete\",\"all\":true,\"rate\":1}";

  @TempDir Path directory;
  private HttpBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}, {name: m}]");
    broker.must("PUT", "/queues/m/q", "");
    broker.must(
        "PUT", "/permissions/m/guest", "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
    make("owner", "management", true);
    make("colleague", "management", true);
    make("outsider", "management", false);
    make("watcher", "monitoring", false);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private void make(String user, String tag, boolean entersM) {
    broker.must(
        "PUT", "/users/" + user, "{\"password\":\"%s\",\"tags\":\"%s\"}".formatted(user, tag));
    if (entersM) {
      broker.must(
          "PUT",
          "/permissions/m/" + user,
          "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
    }
  }

  private int status(String user, String method, String path) {
    return broker.send(user, method, path, "").statusCode();
  }

  @Test
  void aMendingIsSeenByWhoSeesItsVirtualHostAndStoppedByItsUserOrAnAdministrator() {
    for (int i = 0; i < 20; i++) {
      broker.must(
          "POST",
          "/exchanges/m/amq.default/publish",
          "{\"routing_key\":\"q\",\"payload\":\"m\",\"payload_encoding\":\"string\",\"properties\":{}}");
    }
    HttpResponse<String> begun = broker.send("owner", "POST", "/queues/m/q/mend", SLOWLY);
    String mending = "/mendings/" + HttpBroker.json(begun).path("id").asText();

    assertThat(status("colleague", "GET", mending)).isEqualTo(200);
    assertThat(status("watcher", "GET", mending)).isEqualTo(200);
    assertThat(status("outsider", "GET", mending)).isEqualTo(404);
    assertThat(HttpBroker.json(broker.send("outsider", "GET", "/mendings", ""))).isEmpty();
    HttpResponse<String> refused = broker.send("colleague", "DELETE", mending, "");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("Only administrators stop mendings of others");
    assertThat(status("outsider", "DELETE", mending)).isEqualTo(404);
    assertThat(status("owner", "DELETE", mending)).isEqualTo(204);
    assertThat(status("guest", "DELETE", mending)).isEqualTo(204);
  }

  @Test
  void aConnectionIsSeenAndClosedByItsUserAndSeenByMonitoring() throws Exception {
    try (AmqpUser user = AmqpUser.connect(broker.wiring().amqpPort(), "owner")) {
      user.sender("/queues/q");
      String name = HttpBroker.encoded(broker.get("/connections").at("/0/name").asText());
      String connection = "/connections/" + name;

      for (String path : new String[] {connection, connection + "/sessions"}) {
        assertThat(status("owner", "GET", path)).as(path).isEqualTo(200);
        assertThat(status("watcher", "GET", path)).as(path).isEqualTo(200);
        assertThat(status("colleague", "GET", path)).as(path).isEqualTo(404);
      }
      assertThat(status("owner", "GET", connection + "/trace")).isEqualTo(401);
      assertThat(status("watcher", "PUT", connection + "/trace")).isEqualTo(401);
      assertThat(status("colleague", "DELETE", connection)).isEqualTo(404);
      assertThat(status("owner", "DELETE", connection)).isEqualTo(204);
    }
  }
}
