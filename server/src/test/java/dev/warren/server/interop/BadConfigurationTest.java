package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nothing starts half-configured: the process says where the file is wrong, and ends. */
@Timeout(60)
class BadConfigurationTest {

  private static final int BAD_CONFIGURATION = 78;

  @TempDir Path directory;

  @Test
  void namesFileLineAndColumnOfAnUnknownKey() throws Exception {
    assertRefused("listeners:\n  amqp:\n    prot: 5672\n", "warren.yaml:3:5", "prot");
  }

  @Test
  void namesTheBindingThatDangles() throws Exception {
    assertRefused(
        """
        virtual-hosts:
          - name: /
            exchanges:
              - {name: x, type: direct}
            bindings:
              - {source: x, queue: missing}
        """,
        "warren.yaml:6",
        "missing");
  }

  @Test
  void namesEveryMistakeOfTheFile() throws Exception {
    assertRefused(
        """
        listeners:
          amqp: {port: high}
        virtual-hosts:
          - name: /
            queues:
              - name: q
              - name: q
        """,
        "warren.yaml:2",
        "warren.yaml:7");
  }

  @Test
  void saysThatTheFileIsMissing() throws Exception {
    assertRefused(directory.resolve("none.yaml"), "none.yaml");
  }

  private void assertRefused(String yaml, String... said) throws Exception {
    assertRefused(Files.writeString(directory.resolve("warren.yaml"), yaml), said);
  }

  private void assertRefused(Path config, String... said) throws Exception {
    Path data = directory.resolve("data");
    try (RunningBroker broker = RunningBroker.prepare(config, data)) {
      broker.launch();
      assertThat(broker.awaitExit()).as(broker.output()).isEqualTo(BAD_CONFIGURATION);
      assertThat(broker.output()).contains(said);
      assertThat(data).as("nothing was created").doesNotExist();
    }
  }
}
