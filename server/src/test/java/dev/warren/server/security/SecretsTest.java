package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.server.config.ConfigFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Passwords that can be recognised go in by every way there is, good ones and bad ones; then
 * everything the broker says and writes is searched for them.
 */
@Timeout(120)
class SecretsTest {
  /** Part of every password here. */
  private static final String MARKER = "Zwq7-mArKeR";

  private static final String OF_FILE = MARKER + "-of-a-file";
  private static final String OF_YAML = MARKER + "-of-yaml";
  private static final String OF_API = MARKER + "-of-the-api";
  private static final String OF_DEFINITIONS = MARKER + "-of-definitions";
  private static final String WRONG = MARKER + "-wrong";

  private static final String CONFIGURATION =
      """
      trace: {addresses: [127.0.0.1]}
      virtual-hosts: [{name: /}, {name: m, queues: [{name: q}]}]
      users:
        - {name: guest, password: guest, tags: [administrator]}
        - {name: watcher, password: watcher, tags: [monitoring]}
        - {name: of-yaml, password: "%s", tags: [management], permissions: [%s]}
        - {name: of-file, password-file: secret.txt, tags: [management]}
      """
          .formatted(OF_YAML, "{virtual-host: m, configure: '', write: '', read: ''}");

  @TempDir Path directory;

  private final Captured captured = new Captured();
  private final List<Appender<ILoggingEvent>> others = new ArrayList<>();

  /** Levels as they are configured; the loggers below the root have some of their own. */
  private final Map<Logger, Level> levels = new HashMap<>();

  /** All that is logged in this process, but by the clients in it. */
  private static final class Captured extends AppenderBase<ILoggingEvent> {
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      String logger = event.getLoggerName();
      if (logger.startsWith("org.apache.qpid.protonj2")) {
        return;
      }
      StringBuilder line = new StringBuilder(logger + " " + event.getFormattedMessage());
      for (IThrowableProxy thrown = event.getThrowableProxy();
          thrown != null;
          thrown = thrown.getCause()) {
        line.append("\n").append(thrown.getClassName()).append(" ").append(thrown.getMessage());
      }
      lines.add(line.toString());
    }
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  private static Logger root() {
    return logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  @BeforeEach
  void capture() {
    for (Logger logger :
        List.of(root(), logger("dev.warren"), logger("org.apache.qpid"), logger("io.netty"))) {
      levels.put(logger, logger.getLevel());
      logger.setLevel(Level.TRACE);
    }
    root().iteratorForAppenders().forEachRemaining(others::add);
    others.forEach(root()::detachAppender);
    captured.start();
    root().addAppender(captured);
  }

  @AfterEach
  void release() {
    root().detachAppender(captured);
    others.forEach(root()::addAppender);
    levels.forEach(Logger::setLevel);
  }

  @Test
  void passwordsAreNowhereToBeRead() throws Exception {
    Files.writeString(directory.resolve("secret.txt"), OF_FILE + "\n");
    Map<String, String> said = new LinkedHashMap<>();
    List<String> hashes = new ArrayList<>();
    try (HttpBroker broker = HttpBroker.start(directory, CONFIGURATION)) {
      setPasswords(broker, said);
      logIn(broker, said);
      for (JsonNode user : broker.get("/users")) {
        hashes.add(user.path("password_hash").asText());
      }
      ask(broker, said);
    }
    said.put("the audit file", Files.readString(directory.resolve("data/log/audit.log")));
    captured.lines.forEach(line -> said.merge("the log", line, (all, more) -> all + "\n" + more));

    assertThat(said).hasSizeGreaterThan(60);
    assertThat(said.get("the audit file")).contains("user.password.changed", "of-api", "failure");
    assertThat(said.get("the log")).contains("dev.warren.amqp.trace");
    said.forEach(
        (where, text) -> {
          for (String form : forms()) {
            assertThat(text).as(where).doesNotContain(form);
          }
        });
    assertThat(hashes).hasSizeGreaterThan(4).allMatch(hash -> hash.length() > 20);
    said.forEach(
        (where, text) -> {
          if (!where.startsWith("guest")) {
            hashes.forEach(hash -> assertThat(text).as(where).doesNotContain(hash));
          }
        });
    assertNotOnDisk();
  }

  @Test
  void theSearchFindsWhatIsThere() {
    logger("dev.warren.management.Anything").trace("somebody wrote {}", WRONG);
    assertThat(captured.lines).anyMatch(line -> line.contains(MARKER));
  }

  /** As it is, as part of what Basic and PLAIN send, and in a path. */
  private static List<String> forms() {
    List<String> forms = new ArrayList<>(List.of(MARKER, MARKER.replace("-", "%2D")));
    // A part that is the same wherever in base64's groups of three it begins.
    for (String lead : List.of("", "x", "xx")) {
      String encoded =
          Base64.getEncoder().encodeToString((lead + MARKER).getBytes(StandardCharsets.US_ASCII));
      forms.add(encoded.substring(4, 12));
    }
    return forms;
  }

  /** What the broker answers is kept, by what was asked. */
  private static void send(
      HttpBroker broker, Map<String, String> said, String method, String path, String body) {
    var response = broker.send("guest", method, path, body);
    said.put(
        "guest " + said.size() + " " + method + " " + path.replace(MARKER, "*"),
        response.statusCode() + " " + response.headers().map() + response.body());
  }

  private static void setPasswords(HttpBroker broker, Map<String, String> said) {
    String user = "{\"password\":\"" + OF_API + "\",\"tags\":\"management\"}";
    send(broker, said, "PUT", "/users/of-api", user);
    send(broker, said, "PUT", "/users/of-api", user.replace(OF_API, OF_API + "-2"));
    send(broker, said, "PUT", "/users/of-api", user);
    // With mistakes in them.
    send(broker, said, "PUT", "/users/bad", "{\"password\":\"" + WRONG + "\",}");
    send(broker, said, "PUT", "/users/bad", "{\"password\":\"" + WRONG);
    send(broker, said, "PUT", "/users/bad", "{\"password\": " + WRONG + "}");
    send(broker, said, "PUT", "/users/bad", "{\"password\":[\"" + WRONG + "\"]}");
    send(broker, said, "PUT", "/users/bad", "{\"password\":{\"" + WRONG + "\":1}}");
    send(
        broker,
        said,
        "PUT",
        "/users/bad",
        "{\"password\":\"" + WRONG + "\",\"password_hash\":\"" + WRONG + "\"}");
    send(broker, said, "PUT", "/users/bad", "{\"password_hash\":\"" + WRONG + "\"}");
    send(broker, said, "PUT", "/users/bad", "{\"password\":\"" + WRONG + "\",\"tags\":7}");
    send(broker, said, "GET", "/auth/hash_password/" + WRONG, "");
    for (String fields :
        List.of(
            "\"password\":\"" + OF_DEFINITIONS + "\",\"tags\":\"management\"",
            "\"password\":\"" + WRONG + "\",\"password_hash\":\"" + WRONG + "\",\"tags\":\"\"",
            "\"password\":\"" + WRONG + "\",\"tags\":{}",
            "\"password\":[\"" + WRONG + "\"],\"tags\":\"\"",
            "\"password_hash\":\"" + WRONG + "\",\"tags\":\"\"")) {
      send(
          broker,
          said,
          "POST",
          "/definitions",
          "{\"users\":[{\"name\":\"of-definitions\"," + fields + "}]}");
    }
  }

  private static void logIn(HttpBroker broker, Map<String, String> said) throws Exception {
    String[][] logins = {
      {"of-yaml", OF_YAML}, {"of-file", OF_FILE}, {"of-api", OF_API},
      {"of-definitions", OF_DEFINITIONS}, {"of-api", WRONG}, {"nobody", WRONG}
    };
    for (String[] login : logins) {
      boolean good = !login[1].equals(WRONG);
      var response = broker.sendAs(login[0], login[1], "GET", "/whoami");
      assertThat(response.statusCode()).as(login[0]).isEqualTo(good ? 200 : 401);
      said.put(login[0] + " " + said.size(), response.headers().map() + response.body());
    }
    int port = broker.wiring().amqpPort();
    AmqpUser.connect(port, "of-yaml", OF_YAML).close();
    Throwable refused = catchThrowable(() -> AmqpUser.connect(port, "of-yaml", WRONG).close());
    assertThat(refused).isNotNull();
    said.put("AMQP", String.valueOf(refused.getMessage()));
  }

  /** Every endpoint that tells something, as a monitoring user and as the administrator. */
  private static void ask(HttpBroker broker, Map<String, String> said) {
    for (String endpoint : broker.wiring().httpEndpoints()) {
      if (endpoint.startsWith("GET ") && !endpoint.contains("hash_password")) {
        String path =
            endpoint
                .substring(4)
                .replace("{vhost}", "m")
                .replace("{user}", "of-api")
                .replace("{queue}", "q")
                .replaceAll("\\{[a-z_]+}", "amq.topic");
        for (String who : List.of("watcher", "guest")) {
          said.put(who + " GET " + path, broker.send(who, "GET", path, "").body());
        }
      }
    }
    assertThat(said.get("watcher GET /audit")).contains("user.authentication.failure");
    assertThat(said.get("watcher GET /users")).contains("Not administrator user");
  }

  private void assertNotOnDisk() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory.resolve("data"))) {
      files = all.filter(Files::isRegularFile).toList();
    }
    assertThat(files).hasSizeGreaterThan(1);
    for (Path file : files) {
      String octets = Files.readString(file, StandardCharsets.ISO_8859_1);
      for (String form : forms()) {
        assertThat(octets.contains(form)).as(file + " holds " + form).isFalse();
      }
    }
  }

  @Test
  void mistakesInTheFileDoNotRepeatPasswords() throws Exception {
    for (String user :
        List.of(
            "{name: x, password: [" + WRONG + "]}",
            "{name: x, password: {" + WRONG + ": 1}}",
            "{name: x, password: \"" + WRONG + "\", password-hash: \"" + WRONG + "\"}",
            "{name: x, password-hash: \"" + WRONG + "\"}",
            "{name: x, password: \"" + WRONG + "\", tags: [king]}",
            "{name: x, password: \"" + WRONG + "}",
            "{name: x, password: \"" + WRONG + "\\q\"}",
            "{name: x, pasword: \"" + WRONG + "\"}",
            "{name: x, password: " + WRONG + ": y}")) {
      Path file = Files.writeString(directory.resolve("bad.yaml"), "users: [" + user + "]\n");
      Throwable refused = catchThrowable(() -> ConfigFile.read(file));
      assertThat(refused).as(user).isNotNull();
      for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
        assertThat(cause.toString()).as(user).doesNotContain(MARKER);
      }
    }
    Path good = Files.writeString(directory.resolve("good.yaml"), CONFIGURATION);
    Files.writeString(directory.resolve("secret.txt"), OF_FILE);
    assertThat(ConfigFile.read(good).toString()).doesNotContain(MARKER);
  }
}
