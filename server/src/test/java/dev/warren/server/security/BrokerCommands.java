package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.server.cli.BrokerCommand;
import dev.warren.server.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A broker, and sub-commands that ask it. Used by one test. */
abstract class BrokerCommands {
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  HttpBroker broker;

  /** What the last sub-command said on standard error. */
  String err = "";

  /** What its output goes to. */
  Terminal terminal = Terminal.NONE;

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  /** Runs a sub-command that has to end with this code; answers what it printed. */
  final String ends(int code, String... arguments) {
    return ends(code, Map.of("WARREN_URL", broker.url()), arguments);
  }

  final String ends(int code, Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int ended =
        BrokerCommand.run(
            List.of(arguments),
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8),
            terminal,
            "1.2.3");
    err = errors.toString(StandardCharsets.UTF_8);
    assertThat(ended).as("%s: %s", List.of(arguments), err).isEqualTo(code);
    return out.toString(StandardCharsets.UTF_8);
  }

  final String runs(String... arguments) {
    return ends(0, arguments);
  }

  static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }

  final void fill() {
    runs("declare", "exchange", "uploads", "--type", "topic");
    runs("declare", "queue", "videos", "--argument", "x-max-length=1000");
    runs("declare", "queue", "other", "--type", "quorum");
    runs("declare", "binding", "uploads", "videos", "--key", "video.#");
    for (int i = 0; i < 6; i++) {
      runs("publish", "uploads", "--key", "video.new", "--header", "n=" + i, "video number " + i);
    }
  }
}
