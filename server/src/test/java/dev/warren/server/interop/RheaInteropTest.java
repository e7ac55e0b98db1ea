package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * rhea, the JavaScript client, against the running broker. The scenarios are in {@code
 * src/test/node/interop.js}; {@code scripts/test} installs what they need.
 */
@Timeout(90)
class RheaInteropTest {

  private static final Path NODE = Path.of("src", "test", "node").toAbsolutePath();
  private static final long LIMIT_S = 60;

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  @BeforeAll
  static void rheaIsInstalled() {
    assertThat(Files.isDirectory(NODE.resolve("node_modules").resolve("rhea")))
        .as("rhea is installed: run scripts/test, or npm ci in %s", NODE)
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "topic", "fanout", "headers", "anonymous"})
  void publishes(String scenario) throws Exception {
    play(scenario);
  }

  @ParameterizedTest
  @ValueSource(strings = {"accept", "release", "modify", "undeliverable", "reject", "lost"})
  void consumes(String scenario) throws Exception {
    play(scenario);
  }

  @ParameterizedTest
  @ValueSource(strings = {"selector", "sqlFilter", "propertyFilter", "malformedFilter"})
  void filters(String scenario) throws Exception {
    play(scenario);
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "topic", "anonymous", "accept", "modify", "undeliverable"})
  void doesTheSameOverAWebSocketOnTheHttpPort(String scenario) throws Exception {
    play(Integer.toString(BROKER.httpPort()), scenario, "websocket");
  }

  private static void play(String scenario) throws Exception {
    play(Integer.toString(BROKER.amqpPort()), scenario, "tcp");
  }

  private static void play(String port, String scenario, String transport) throws Exception {
    File said = File.createTempFile("rhea", ".out");
    Process node =
        new ProcessBuilder("node", "interop.js", BROKER.host(), port, scenario, transport)
            .directory(NODE.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said)
            .start();
    try {
      assertThat(node.waitFor(LIMIT_S, TimeUnit.SECONDS)).as("rhea came to an end").isTrue();
      String output = Files.readString(said.toPath(), StandardCharsets.UTF_8);
      assertThat(node.exitValue()).as("rhea says: %s", output).isZero();
    } finally {
      node.destroyForcibly();
      Files.delete(said.toPath());
    }
  }
}
