package dev.warren.server.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.server.interop.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The clients that are programs: curl, and rhea by {@code src/test/node/login.js}. */
final class Programs {
  private static final Path NODE = Path.of("src", "test", "node", "login.js").toAbsolutePath();
  private static final ObjectMapper JSON = new ObjectMapper();

  private Programs() {}

  /** Runs curl; the output is the body and, on a line of its own, the status. */
  static Commands.Ended curl(String... arguments) throws InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("curl", "-sS", "-m", "20", "-w", "\n%{http_code}"));
    command.addAll(List.of(arguments));
    return Commands.run(command.toArray(new String[0]));
  }

  /** Runs curl, which is to get an answer; returns its status, a blank and the body. */
  static String answer(String... arguments) throws InterruptedException {
    Commands.Ended ended = curl(arguments);
    if (!ended.isWell()) {
      throw new AssertionError("curl ends with " + ended.exitCode() + ": " + ended.output());
    }
    int line = ended.output().lastIndexOf('\n');
    String status = ended.output().substring(line + 1);
    return (status + " " + ended.output().substring(0, Math.max(0, line))).trim();
  }

  /** Has rhea connect, send and receive; returns what it saw. */
  static JsonNode rhea(Map<String, Object> options) throws InterruptedException {
    Commands.Ended ended = tryRhea(options);
    if (!ended.isWell()) {
      throw new AssertionError("rhea says: " + ended.output());
    }
    try {
      return JSON.readTree(ended.output());
    } catch (IOException e) {
      throw new UncheckedIOException(ended.output(), e);
    }
  }

  /** The same where it may fail. */
  static Commands.Ended tryRhea(Map<String, Object> options) throws InterruptedException {
    return Commands.run("node", NODE.toString(), JSON.valueToTree(options).toString());
  }
}
