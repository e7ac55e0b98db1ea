package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.examples.ActivityLog;
import dev.warren.examples.SignUp;
import dev.warren.examples.VideoUpload;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example programs, as processes of their own, against the topology they are written for. */
@Timeout(180)
class ExamplesTest {

  private static final long LIMIT_S = 120;

  @RegisterExtension
  static final InteropBroker BROKER = new InteropBroker(Path.of("..", "config", "warren.yaml"));

  @ParameterizedTest
  @ValueSource(classes = {SignUp.class, ActivityLog.class, VideoUpload.class})
  void endsWell(Class<?> example) throws Exception {
    Ended ended = run(example, BROKER.amqpPort());
    assertThat(ended.exitCode()).as("it says: %s", ended.output()).isZero();
    assertThat(ended.output()).contains("Done:");
  }

  @Test
  void runsAgainOnWhatTheLastRunLeft() throws Exception {
    assertThat(run(ActivityLog.class, BROKER.amqpPort()).exitCode()).isZero();
    assertThat(run(ActivityLog.class, BROKER.amqpPort()).exitCode()).isZero();
  }

  @Test
  void tellsOfTheRejectedJobAndOfTheCrash() throws Exception {
    assertThat(run(SignUp.class, BROKER.amqpPort()).output())
        .contains("mallory(at)example.org (from queue email, reason rejected)");
    assertThat(run(VideoUpload.class, BROKER.amqpPort()).output())
        .contains("half of it", "has crashed", "(redelivered: somebody may have begun it)");
  }

  @Test
  void failsWhenThereIsNoBroker() throws Exception {
    Ended ended = run(SignUp.class, 1);
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output()).contains("did not go along");
  }

  private record Ended(int exitCode, String output) {}

  private static Ended run(Class<?> example, int port) throws Exception {
    File said = File.createTempFile("example", ".out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                example.getName(),
                "amqp://guest:guest@" + BROKER.host() + ":" + port)
            .redirectErrorStream(true)
            .redirectOutput(said)
            .start();
    try {
      assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).as("it came to an end").isTrue();
      return new Ended(
          process.exitValue(), Files.readString(said.toPath(), StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
      Files.delete(said.toPath());
    }
  }
}
