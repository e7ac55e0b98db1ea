package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.server.cli.BrokerCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sub-commands that ask a running broker. */
class BrokerCommandTest {
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private HttpBroker broker;

  private String err = "";

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  /** Runs a sub-command that has to end with this code; answers what it printed. */
  private String ends(int code, String... arguments) {
    return ends(code, Map.of("WARREN_URL", broker.url()), arguments);
  }

  private String ends(int code, Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int ended =
        BrokerCommand.run(
            List.of(arguments),
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8));
    err = errors.toString(StandardCharsets.UTF_8);
    assertThat(ended).as("%s: %s", List.of(arguments), err).isEqualTo(code);
    return out.toString(StandardCharsets.UTF_8);
  }

  private String runs(String... arguments) {
    return ends(0, arguments);
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }

  private void fill() {
    runs("declare", "exchange", "uploads", "--type", "topic");
    runs("declare", "queue", "videos", "--argument", "x-max-length=1000");
    runs("declare", "queue", "other", "--type", "quorum");
    runs("declare", "binding", "uploads", "videos", "--key", "video.#");
    for (int i = 0; i < 6; i++) {
      runs("publish", "uploads", "--key", "video.new", "--header", "n=" + i, "video number " + i);
    }
  }

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
            "permissions",
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
    assertThat(json(runs("browse", "videos", "--id", id)).at("/body/text").asText())
        .isEqualTo("video number 3");
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
    ends(1, "move", "videos", "--all");
    assertThat(err).startsWith("warren: to: ");
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

    runs("definitions", "import", file.toString(), "--dry-run");
    assertThat(broker.status("GET", "/queues/%2F/videos", "")).isEqualTo(404);
    runs("definitions", "import", file.toString());
    assertThat(broker.status("GET", "/queues/%2F/videos", "")).isEqualTo(200);
    assertThat(broker.get("/bindings/%2F/e/uploads/q/videos")).hasSize(1);
  }

  @Test
  void saysWhatIsWrongAndEndsAccordingly() throws Exception {
    ends(1, "purge", "missing");
    assertThat(err).isEqualTo("warren: no queue 'missing' in vhost '/'\n");
    ends(1, "declare", "queue", "q", "--type", "nonsense");
    assertThat(err).contains("x-queue-type").contains("nonsense");
    ends(64, "list", "nonsense");
    assertThat(err).contains("queues", "idle-bindings");
    ends(64, "declare", "queue");
    ends(64, "nonsense");
    ends(69, Map.of("WARREN_URL", "http://127.0.0.1:1"), "status");
    assertThat(err).startsWith("warren: no broker answers at http://127.0.0.1:1: ");
    ends(64, Map.of("WARREN_URL", "no address"), "status");
    ends(1, Map.of("WARREN_URL", broker.url(), "WARREN_PASSWORD", "wrong"), "status");
    assertThat(err)
        .isEqualTo("warren: the broker does not know this user, or the password is wrong\n");
  }

  @Test
  void takesThePasswordFromAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "guest\n");

    runs("status", "--user", "guest", "--password-file", file.toString());
    ends(64, "status", "--password-file", directory.resolve("none").toString());
    assertThat(err).contains("cannot be read");
  }

  @Test
  void completesCommandLines() {
    assertThat(runs("completion")).startsWith("#!/usr/bin/env bash").contains("idle-bindings");
  }
}
