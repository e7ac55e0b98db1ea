package dev.warren.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.core.broker.Actor;
import dev.warren.core.broker.AuditEvent;
import dev.warren.core.time.BrokerClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BrokerClock CLOCK = BrokerClock.system();
  private static final Actor ANNA = new Actor("anna", "192.0.2.1:50000", "http");

  @TempDir Path directory;

  private static AuditEvent event(String name) {
    return new AuditEvent(
        1_700_000_000_000L,
        ANNA,
        "queue.created",
        "/",
        name,
        Map.of(),
        Map.of("durable", true),
        "");
  }

  private static JsonNode json(String line) throws IOException {
    return JSON.readTree(line);
  }

  @Test
  void writesOneObjectALineAndGoesOnWithAFileThatIsThere() throws Exception {
    Path path = directory.resolve("log/audit.log");

    for (String name : List.of("first", "second")) {
      try (AuditFile file = AuditFile.open(path, 1 << 20, 3, CLOCK)) {
        file.accept(event(name));
      }
    }

    List<String> lines = Files.readAllLines(path);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .isEqualTo(
            """
            {"time":"2023-11-14T22:13:20.000Z","timestamp":1700000000000,"user":"anna",\
            "address":"192.0.2.1:50000","by":"http","event":"queue.created","vhost":"/",\
            "name":"first","before":{},"after":{"durable":true},"refusal":""}""");
    assertThat(json(lines.get(1)).path("name").asText()).isEqualTo("second");
  }

  @Test
  void nothingInAnEventBeginsAnotherLine() throws Exception {
    Map<String, Object> after = new LinkedHashMap<>();
    after.put("a\nb", List.of("c\r\nd", 5, 2.5, Map.of("e", "\u2028")));
    after.put("what is no value", new Object());
    after.put("long", "x".repeat(10_000));
    AuditEvent hostile =
        new AuditEvent(
            0,
            ANNA,
            "user.authentication.failure",
            "/",
            "x\n{\"user\":\"b\"}",
            Map.of(),
            after,
            "no\n");

    String line = AuditLine.of(hostile);

    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(line).doesNotContain("\r").hasSizeLessThan(5000);
    assertThat(json(line).path("name").asText()).isEqualTo("x\n{\"user\":\"b\"}");
    assertThat(json(line).path("after").path("what is no value").asText()).isEqualTo("Object");
    assertThat(json(line).path("after").path("a\nb").path(1).asInt()).isEqualTo(5);
  }

  @Test
  void beginsANewFileAtTheLengthAndKeepsSoMany() throws Exception {
    Path path = directory.resolve("audit.log");

    try (AuditFile file = AuditFile.open(path, 64 << 10, 2, CLOCK)) {
      IntStream.range(0, 2000).forEach(i -> file.accept(event("q" + i)));
    }

    assertThat(path).exists();
    assertThat(directory.resolve("audit.log.1")).exists();
    assertThat(directory.resolve("audit.log.2")).exists();
    assertThat(directory.resolve("audit.log.3")).doesNotExist();
    assertThat(Files.size(directory.resolve("audit.log.1"))).isBetween(64L << 10, 65L << 10);
    List<String> last = Files.readAllLines(path);
    assertThat(json(last.get(last.size() - 1)).path("name").asText()).isEqualTo("q1999");
  }

  @Test
  void countsWhatItHasNoRoomForAndNeverWaits() throws Exception {
    Path path = directory.resolve("audit.log");
    int told = AuditFile.WAITING_MAX * 20;

    try (AuditFile file = AuditFile.open(path, 1L << 30, 1, CLOCK)) {
      AuditEvent event = event("q");
      for (int i = 0; i < told; i++) {
        file.accept(event);
      }
    }

    long written = 0;
    long lost = 0;
    for (String line : Files.readAllLines(path)) {
      boolean isLoss = line.contains("audit.lost");
      written += isLoss ? 0 : 1;
      lost += isLoss ? json(line).path("events").asLong() : 0;
    }
    assertThat(written + lost).isEqualTo(told);
    assertThat(written).isGreaterThanOrEqualTo(AuditFile.WAITING_MAX);
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("folder"));
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> AuditFile.open(folder, 1 << 20, 1, CLOCK))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder + " is not a file");
    assertThatThrownBy(() -> AuditFile.open(file.resolve("audit.log"), 1 << 20, 1, CLOCK))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> AuditFile.open(directory.resolve("a%d"), 1 << 20, 1, CLOCK))
        .hasMessageContaining("has a %");
  }
}
