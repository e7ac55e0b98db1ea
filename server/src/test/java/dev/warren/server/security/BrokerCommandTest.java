package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.core.time.BrokerClock;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The sub-commands that ask a running broker. */
class BrokerCommandTest extends BrokerCommands {
  @Test
  void statusSaysHowTheBrokerIs() throws Exception {
    fill();

    assertThat(runs("status"))
        .contains("node", "2 queues", "6 ready", "alarms      none", "http on 127.0.0.1:");
    assertThat(json(runs("status", "--json")).path("product_name").asText()).isEqualTo("Warren");
  }

  @Test
  void listsWhatThereIs() throws Exception {
    fill();

    assertThat(runs("list", "queues"))
        .containsSubsequence(
            "VHOST", "NAME", "MESSAGES_READY", "other", "quorum", "videos", "classic", "6");
    assertThat(runs("list", "queues", "--filter", "vid", "--columns", "name,arguments"))
        .contains("{\"x-max-length\":1000}")
        .doesNotContain("other");
    assertThat(json(runs("list", "queues", "--json", "--sort", "-messages")).at("/0/name").asText())
        .isEqualTo("videos");
    for (String kind :
        List.of(
            "exchanges",
            "bindings",
            "connections",
            "consumers",
            "users",
            "vhosts",
            "sessions",
            "links",
            "permissions",
            "topic-permissions",
            "vhost-limits",
            "user-limits",
            "audit",
            "mendings",
            "unroutable",
            "idle-bindings")) {
      assertThat(runs("list", kind)).as(kind).isNotEmpty();
    }
  }

  @Test
  void browsesSearchesAndCounts() throws Exception {
    fill();

    assertThat(runs("browse", "videos", "--limit", "2"))
        .contains("video number 0", "video number 1")
        .doesNotContain("video number 2");
    assertThat(runs("browse", "videos", "--count", "--filter", "n >= 4")).isEqualTo("2\n");
    JsonNode found = json(runs("browse", "videos", "--text", "number 3", "--json"));
    assertThat(found).hasSize(1);
    String id = found.at("/0/id").asText();
    assertThat(json(runs("browse", "videos", "--id", id, "--json")).at("/body/text").asText())
        .isEqualTo("video number 3");
    assertThat(runs("browse", "videos", "--id", id))
        .containsSubsequence(
            "routing_key            video.new",
            "application_properties",
            "  n                      3",
            "body (text)",
            "  video number 3");
    assertThat(broker.get("/queues/%2F/videos").path("messages_ready").asInt()).isEqualTo(6);
    ends(1, "browse", "videos", "--filter", "n =");
    assertThat(err).startsWith("warren: filter: ");
  }

  @Test
  void movesCopiesDropsAndPurges() {
    fill();

    assertThat(runs("move", "videos", "--filter", "n < 2", "--to-queue", "other", "--dry-run"))
        .isEqualTo("2\n");
    assertThat(runs("move", "videos", "--filter", "n < 2", "--to-queue", "other"))
        .isEqualTo("done: 2 messages\n");
    assertThat(runs("copy", "videos", "--all", "--to-exchange", "uploads", "--limit", "1"))
        .isEqualTo("done: 1 messages\n");
    assertThat(runs("drop", "videos", "--text", "number 5")).isEqualTo("done: 1 messages\n");
    assertThat(broker.get("/queues/%2F/videos").path("messages_ready").asInt()).isEqualTo(4);
    assertThat(broker.get("/queues/%2F/other").path("messages_ready").asInt()).isEqualTo(2);
    runs("purge", "other");
    assertThat(broker.get("/queues/%2F/other").path("messages_ready").asInt()).isZero();
    ends(1, "move", "videos", "--all", "--to-queue", "missing");
    assertThat(err).startsWith("warren: to.queue: ");
  }

  @Test
  void pausesAndResumes() {
    fill();

    runs("pause", "videos");
    assertThat(broker.get("/queues/%2F/videos").path("paused").asBoolean()).isTrue();
    runs("resume", "videos");
    assertThat(broker.get("/queues/%2F/videos").path("paused").asBoolean()).isFalse();
  }

  @Test
  void explainsARoute() throws Exception {
    fill();

    assertThat(runs("explain", "uploads", "--key", "video.new"))
        .isEqualTo(
            """
            accepted: it goes to 1 queue; told when it is on disk
            uploads (topic exchange)
              + queue videos 'video.#': the pattern matches the routing key 'video.new'
                  it is kept, on disk
            """);
    assertThat(
            runs(
                "explain",
                "uploads",
                "--key",
                "audio",
                "--annotation",
                "x-kind=a",
                "--cc",
                "video.old",
                "--ttl",
                "5000",
                "--priority",
                "3",
                "--body-bytes",
                "900",
                "--transient"))
        .contains(
            "accepted: it goes to 1 queue, in memory",
            "it is kept, in memory: the message is not durable; it expires after 5000 ms");
    assertThat(ends(1, "explain", "uploads", "--key", "video", "--body-bytes", "2000000000"))
        .contains("amqp:link:message-size-exceeded", "and its session ends");
    assertThat(ends(1, "explain", "uploads", "--key", "audio"))
        .contains("released: ", "- queue videos");
    assertThat(
            json(runs("explain", "uploads", "--key", "video", "--json")).at("/queues/0").asText())
        .isEqualTo("videos");
  }

  @Test
  void exportsDeletesAndImports() throws Exception {
    fill();
    Path file = directory.resolve("definitions.json");
    runs("definitions", "export", file.toString());
    assertThat(json(Files.readString(file)).path("queues")).hasSize(2);
    ends(64, "definitions", "export", file.toString());

    runs("delete", "binding", "uploads", "videos", "--key", "video.#");
    ends(1, "delete", "binding", "uploads", "videos", "--key", "video.#");
    runs("delete", "queue", "videos");
    runs("delete", "exchange", "uploads");
    runs("declare", "vhost", "shop");
    runs("delete", "vhost", "shop");
    assertThat(broker.status("GET", "/queues/%2F/videos", "")).isEqualTo(404);

    assertThat(runs("definitions", "import", file.toString(), "--dry-run"))
        .startsWith("would be made: ")
        .contains("1 exchanges, 1 queues, 1 bindings\n");
    assertThat(broker.status("GET", "/queues/%2F/videos", "")).isEqualTo(404);
    runs("definitions", "import", file.toString());
    assertThat(broker.status("GET", "/queues/%2F/videos", "")).isEqualTo(200);
    assertThat(broker.get("/bindings/%2F/e/uploads/q/videos")).hasSize(1);

    runs("delete", "exchange", "uploads");
    runs("declare", "exchange", "uploads", "--type", "fanout");
    assertThat(ends(1, "definitions", "import", file.toString(), "--dry-run"))
        .contains("conflict: exchanges[0] 'uploads': ");
    assertThat(
            json(ends(1, "definitions", "import", file.toString(), "--dry-run", "--json"))
                .at("/conflicts/0/name")
                .asText())
        .isEqualTo("uploads");
  }

  @Test
  void aDryRunTellsEveryErrorAndConflict() throws Exception {
    fill();
    Path file =
        Files.writeString(
            directory.resolve("wrong.json"),
            """
            {"queues": [{"name": "videos", "vhost": "/", "durable": false},
                        {"name": "q", "vhost": "none", "durable": true}],
             "exchanges": [{"name": "odd", "vhost": "/", "type": "none"}]}
            """);

    assertThat(ends(1, "definitions", "import", file.toString(), "--dry-run"))
        .contains("conflict: queues[0] 'videos': ")
        .contains("error: queues[1] 'q': ")
        .contains("error: exchanges[0] 'odd': ");
    assertThat(
            json(ends(1, "definitions", "import", file.toString(), "--dry-run", "--json"))
                .path("errors"))
        .hasSize(2);
    ends(1, "definitions", "import", file.toString());
    assertThat(err).contains("exchanges[0]: unknown exchange type 'none'");
  }

  @Test
  void takesThePasswordFromAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "guest\n");

    runs("status", "--user", "guest", "--password-file", file.toString());
    ends(64, "status", "--password-file", directory.resolve("none").toString());
    assertThat(err).contains("cannot be read");
  }

  @Test
  void makesUsersWithPermissionsAndLimits() throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "secret\n");
    runs("declare", "user", "ann", "--tags", "management", "--new-password-file", password + "");
    runs("declare", "permissions", "ann", "--configure", "", "--write", "", "--read", ".*");
    runs("declare", "user-limit", "ann", "max-connections", "7");
    runs("declare", "vhost-limit", "/", "max-queues", "500");

    Map<String, String> ann =
        Map.of("WARREN_URL", broker.url(), "WARREN_USER", "ann", "WARREN_PASSWORD", "secret");
    assertThat(ends(0, ann, "whoami")).contains("name ", "ann", "management");
    ends(1, ann, "declare", "queue", "hers");
    assertThat(err).contains("ann");
    assertThat(runs("list", "permissions", "--filter", "ann")).contains("ann").contains(".*");
    assertThat(runs("list", "user-limits")).contains("{\"max-connections\":7}");
    assertThat(runs("list", "vhost-limits")).contains("{\"max-queues\":500}");

    runs("delete", "user-limit", "ann", "max-connections");
    runs("delete", "vhost-limit", "/", "max-queues");
    runs("delete", "permissions", "ann");
    runs("delete", "user", "ann");
    assertThat(runs("list", "users", "--columns", "name")).isEqualTo("NAME\nguest\n");
  }

  @Test
  void asksForAPasswordOfNewUsersSomehow() {
    ends(64, "declare", "user", "ann");
    assertThat(err).contains("--new-password-file, --no-password or WARREN_NEW_PASSWORD");
    runs("declare", "user", "ann", "--no-password");
    ends(1, Map.of("WARREN_URL", broker.url(), "WARREN_USER", "ann"), "whoami");
  }

  @Test
  void takesMessagesAndPutsThemBackUnlessToldToRemoveThem() throws Exception {
    fill();

    assertThat(runs("get", "videos", "--count", "2"))
        .contains("video number 0", "video number 1")
        .doesNotContain("video number 2");
    assertThat(runs("browse", "videos", "--count")).isEqualTo("6\n");
    assertThat(json(runs("get", "videos", "--remove", "--json"))).hasSize(1);
    assertThat(runs("browse", "videos", "--count")).isEqualTo("5\n");
  }

  @Test
  void listsOneVirtualHostOrAll() {
    runs("declare", "vhost", "shop");
    runs("declare", "queue", "here");
    runs(
        "declare",
        "permissions",
        "guest",
        "--vhost",
        "shop",
        "--configure",
        ".*",
        "--write",
        ".*",
        "--read",
        ".*");
    runs("declare", "queue", "there", "--vhost", "shop");
    runs("declare", "binding", "amq.topic", "there", "--vhost", "shop", "--key", "never");

    assertThat(runs("list", "queues", "--columns", "vhost,name"))
        .isEqualTo("VHOST  NAME\n/      here\nshop   there\n");
    assertThat(runs("list", "queues", "--vhost", "shop", "--columns", "name"))
        .isEqualTo("NAME\nthere\n");
    assertThat(runs("list", "permissions", "--vhost", "shop", "--columns", "vhost"))
        .isEqualTo("VHOST\nshop\n");
    assertThat(runs("list", "idle-bindings", "--vhost", "shop", "--columns", "routing_key"))
        .isEqualTo("ROUTING_KEY\nnever\n");
  }

  @Test
  void closesConnectionsAndTellsTheirSessionsAndLinks() throws Exception {
    runs("declare", "queue", "work");
    Connection connection = connect();
    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    MessageConsumer unused = session.createConsumer(session.createQueue("/queues/work"));
    String name = broker.get("/connections").at("/0/name").asText();

    assertThat(runs("list", "sessions", "--columns", "connection,outgoing_links"))
        .contains(name + "               1");
    assertThat(runs("list", "links", "--columns", "direction,address,vhost"))
        .containsSubsequence("outgoing", "/queues/work", "/");
    assertThat(runs("show", "connection", name)).contains("auth_mechanism");
    runs("close", "connection", name, "--reason", "night");
    ends(1, "close", "connection", "nobody");
    assertThat(err).isEqualTo("warren: no connection 'nobody'\n");
    await().until(() -> broker.get("/connections").isEmpty());
  }

  @Test
  void showsTheSizeOfMessagesWhoseBodyIsNotData() throws Exception {
    runs("declare", "queue", "work");
    try (Connection connection = connect()) {
      Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      session
          .createProducer(session.createQueue("/queues/work"))
          .send(session.createTextMessage("a text"));
    }

    long size = json(runs("browse", "work", "--json")).at("/0/size_bytes").asLong();
    assertThat(size).isPositive();
    assertThat(runs("browse", "work")).containsPattern(" " + size + " +0 +a text\n");
  }

  @Test
  void tellsWhoHoldsUnsettledMessages() throws Exception {
    runs("declare", "queue", "work");
    runs("publish", "amq.default", "--key", "work", "held");
    try (Connection connection = connect()) {
      Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
      MessageConsumer consumer = session.createConsumer(session.createQueue("/queues/work"));
      assertThat(consumer.receive(30_000)).isNotNull();
      String name = broker.get("/connections").at("/0/name").asText();

      assertThat(runs("browse", "work", "--unsettled")).contains("CONNECTION", name, "held");
      assertThat(runs("browse", "work")).doesNotContain("held");
    }
  }

  private Connection connect() throws Exception {
    return JmsClient.connect(
        "amqp://127.0.0.1:" + broker.wiring().amqpPort(),
        JmsClient.Login.inClear("guest", "guest"));
  }

  @Test
  void followsAndStopsMendings() throws Exception {
    fill();
    String begun =
        runs(
            "copy", "videos", "--all", "--to-queue", "other", "--rate", "1", "--no-wait", "--json");
    String id = json(begun).path("id").asText();

    assertThat(runs("mendings", "show", id)).startsWith("mending " + id + " runs: ");
    runs("mendings", "stop", id);
    assertThat(runs("mendings", "follow", id)).startsWith("stopped: ");
    assertThat(runs("list", "mendings", "--columns", "id,queue,action,state,mended"))
        .matches("ID +QUEUE +ACTION +STATE +MENDED\n" + id + " +videos +copy +stopped +[0-9]\n");
    ends(1, "mendings", "stop", "77");
    assertThat(err).isEqualTo("warren: no mending '77'\n");
  }

  @Test
  void stopsAMendingWhenItIsToldToEndItself() throws Exception {
    fill();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.warren.server.Main",
                "copy",
                "videos",
                "--all",
                "--to-queue",
                "other",
                "--rate",
                "1",
                "--url",
                broker.url())
            .redirectErrorStream(true)
            .start();
    try {
      // By the third, a second apart, it has long read the answer to its order.
      await().until(() -> broker.get("/mendings").at("/0/mended").asInt() >= 3);
    } finally {
      // Not by the process itself, which would close what it still has to say.
      assertThat(process.toHandle().destroy()).isTrue();
    }

    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).contains("warren: mending 1 is stopped");
    await()
        .until(
            () -> broker.get("/mendings").at("/0/state").asText(),
            state -> state.equals("stopped"));
    assertThat(process.waitFor()).isEqualTo(143);
  }

  @Test
  void checksHealth() throws Exception {
    assertThat(runs("health")).contains("alarms", "is-in-service", "ok").doesNotContain("failed");
    assertThat(ends(1, "health", "alarms", "--port", "1"))
        .containsPattern("alarms +ok")
        .containsPattern("port-listener/1 +failed +No active listener");
    assertThat(json(runs("health", "alarms", "--json")).at("/0/status").asText()).isEqualTo("ok");
  }

  @Test
  void trustsTheAuthorityOfAFileForHttps() throws Exception {
    Path files = Files.createDirectory(directory.resolve("secure"));
    String yaml = SecureBroker.LISTENERS + SecureBroker.USERS + SecureBroker.tls("");
    try (SecureBroker secure = SecureBroker.start(files, yaml, BrokerClock.system())) {
      String url = "https://localhost:" + secure.wiring().tls().httpPort();
      runs("status", "--url", url, "--ca-file", secure.file("ca.pem"));
      ends(69, "status", "--url", url);
      assertThat(err).startsWith("warren: no broker answers at " + url + ": ").contains("cert");
      ends(64, "status", "--url", url, "--ca-file", secure.file("missing.pem"));
    }
  }
}
