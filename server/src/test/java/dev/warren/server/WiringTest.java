package dev.warren.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.core.time.BrokerClock;
import dev.warren.server.config.ConfigFile;
import dev.warren.server.config.Repository;
import dev.warren.server.config.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WiringTest {
  private static final BrokerClock CLOCK = BrokerClock.system();

  @TempDir Path directory;

  private ServerOptions options(String yaml) throws IOException {
    return ConfigFile.read(Files.writeString(directory.resolve("warren.yaml"), yaml))
        .with(
            new ServerOptions.Overrides(
                Optional.empty(), Optional.of(0), Optional.of(0), Optional.empty(), false));
  }

  private static StartFailedException refusal(ServerOptions options) {
    return catchThrowableOfType(
        StartFailedException.class, () -> Wiring.start(options, CLOCK).close());
  }

  @Test
  void opensBothPortsAndStartsAgainOnTheSameDirectory() throws Exception {
    ServerOptions options = options("virtual-hosts: [{name: /, queues: [{name: q}]}]");

    try (Wiring first = Wiring.start(options, CLOCK)) {
      assertThat(first.amqpPort()).isPositive();
      assertThat(first.httpPort()).isPositive();
      assertThat(first.queues()).isEqualTo(1);
      assertThat(first.recovery().records()).isZero();
    }
    try (Wiring second = Wiring.start(options, CLOCK)) {
      assertThat(second.queues()).isEqualTo(1);
      assertThat(second.recovery().cleanShutdown()).isTrue();
      assertThat(second.recovery().records()).isPositive();
    }
  }

  @Test
  void declaresEverythingTheShippedFilesName() {
    for (String file : new String[] {"config/warren.yaml", "config/examples/routing.yaml"}) {
      ServerOptions options =
          ConfigFile.read(Repository.root().resolve(file))
              .with(
                  new ServerOptions.Overrides(
                      Optional.of(directory.resolve(file)),
                      Optional.of(0),
                      Optional.of(0),
                      Optional.empty(),
                      false));

      try (Wiring wiring = Wiring.start(options, CLOCK)) {
        assertThat(wiring.queues()).isEqualTo(options.topology().get(0).queues().size());
      }
    }
  }

  @Test
  void refusesADirectoryInUse() throws Exception {
    ServerOptions options = options("");

    try (Wiring holder = Wiring.start(options, CLOCK)) {
      StartFailedException refused = refusal(options);

      assertThat(holder.amqpPort()).isPositive();
      assertThat(refused.exitCode()).isEqualTo(ExitCode.DATA_LOCKED);
      assertThat(refused.text()).contains("is in use by process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void givesTheDirectoryBackWhenAPortIsTaken() throws Exception {
    ServerOptions options = options("");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerOptions blocked =
          options.with(
              new ServerOptions.Overrides(
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(taken.getLocalPort()),
                  Optional.empty(),
                  false));

      StartFailedException refused = refusal(blocked);

      assertThat(refused.exitCode()).isEqualTo(ExitCode.PORT_IN_USE);
      assertThat(refused.text()).contains(":" + taken.getLocalPort());
    }
    try (Wiring wiring = Wiring.start(options, CLOCK)) {
      assertThat(wiring.amqpPort()).isPositive();
    }
  }

  @Test
  void refusesAQueueThatIsThereWithOtherArguments() throws Exception {
    Wiring.start(options("virtual-hosts: [{name: /, queues: [{name: q}]}]"), CLOCK).close();

    StartFailedException refused =
        refusal(options("virtual-hosts: [{name: /, queues: [{name: q, max-length: 5}]}]"));

    assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(refused.text()).contains("'q'").contains("x-max-length");
  }

  @Test
  void namesFileAndOffsetOfADamagedRecordAndChangesNothing() throws Exception {
    ServerOptions options = options("virtual-hosts: [{name: /, queues: [{name: a}, {name: b}]}]");
    Wiring.start(options, CLOCK).close();
    Path segment = firstSegment(options.dataDirectory());
    byte[] damaged = Files.readAllBytes(segment);
    int at = indexOf(damaged, "declare-queue");
    damaged[at] ^= 1;
    Files.write(segment, damaged);

    StartFailedException refused = refusal(options);

    assertThat(refused.exitCode()).isEqualTo(ExitCode.JOURNAL);
    assertThat(refused.text()).contains("file=").contains(segment.getFileName().toString());
    assertThat(refused.text()).contains("offset=");
    assertThat(Files.readAllBytes(segment)).isEqualTo(damaged);
  }

  private static Path firstSegment(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      return files
          .filter(file -> file.toFile().length() > 4096)
          .filter(file -> !isBlank(file))
          .min(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  private static boolean isBlank(Path file) {
    try {
      return indexOf(Files.readAllBytes(file), "declare-queue") < 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  @Test
  void refusesADirectoryThatCannotBeMade() throws Exception {
    Files.writeString(directory.resolve("data"), "a file");

    StartFailedException refused = refusal(options(""));

    assertThat(refused.exitCode()).isEqualTo(ExitCode.JOURNAL);
    assertThat(refused.text()).contains(directory.resolve("data").toString());
  }
}
