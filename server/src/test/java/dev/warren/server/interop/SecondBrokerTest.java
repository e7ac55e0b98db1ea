package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.qpid.protonj2.client.DeliveryState;
import org.apache.qpid.protonj2.client.Message;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One data directory belongs to one process. */
@Timeout(120)
class SecondBrokerTest {

  private static final int DATA_LOCKED = 73;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private Path config;

  @SuppressWarnings("NullAway.Init")
  private Path data;

  @BeforeEach
  void writeConfiguration() throws Exception {
    config = InteropBroker.copyTopology("interop.yaml", directory);
    data = directory.resolve("data");
  }

  @Test
  void refusesADataDirectoryInUseAndNamesItsHolder() throws Exception {
    try (RunningBroker holder = RunningBroker.start(config, data);
        RunningBroker second = RunningBroker.prepare(config, data)) {
      second.launch();
      assertThat(second.awaitExit()).as(second.output()).isEqualTo(DATA_LOCKED);
      assertThat(second.output()).contains(Long.toString(holder.pid()));

      try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", holder.amqpPort())) {
        assertThat(client.publish("/queues/interop.red", Message.create("still here")))
            .isEqualTo(DeliveryState.Type.ACCEPTED);
      }
    }
  }

  @Test
  void takesOverADirectoryWhoseHolderWasKilled() throws Exception {
    try (RunningBroker first = RunningBroker.start(config, data)) {
      first.kill();
    }
    try (RunningBroker second = RunningBroker.start(config, data)) {
      assertThat(second.isAlive()).isTrue();
    }
  }
}
