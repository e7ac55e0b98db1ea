package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.DeliveryState;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Sender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM and SIGINT end the broker in order, and everything is there afterwards. */
@Timeout(120)
class CleanStopTest {

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private RunningBroker broker;

  @BeforeEach
  void startBroker() throws Exception {
    Path config = InteropBroker.copyTopology("interop.yaml", directory);
    broker = RunningBroker.start(config, directory.resolve("data"));
  }

  @AfterEach
  void endBroker() {
    broker.close();
  }

  @Test
  void endsWithZeroOnSigterm() throws Exception {
    assertThat(broker.stop()).as(broker.output()).isZero();
  }

  @Test
  void endsWithZeroOnSigint() throws Exception {
    Process kill = new ProcessBuilder("kill", "-INT", Long.toString(broker.pid())).start();
    assertThat(kill.waitFor()).isZero();
    assertThat(broker.awaitExit()).as(broker.output()).isZero();
  }

  @Test
  void tellsItsClients() throws Exception {
    CountDownLatch disconnected = new CountDownLatch(1);
    ConnectionOptions options =
        new ConnectionOptions()
            .user("guest")
            .password("guest")
            .disconnectedHandler((connection, event) -> disconnected.countDown());
    try (Client client = Client.create();
        Connection connection = client.connect("127.0.0.1", broker.amqpPort(), options)) {
      connection.openFuture().get(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS);
      assertThat(broker.stop()).as(broker.output()).isZero();
      assertThat(disconnected.await(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void keepsMessagesInOrder() throws Exception {
    List<Object> sent = new ArrayList<>();
    try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", broker.amqpPort())) {
      Sender sender = client.sender("/exchanges/interop.fanout");
      for (int i = 0; i < 30; i++) {
        sent.add(i);
        assertThat(ProtonJ2Client.outcome(sender, Message.create(i).durable(true)))
            .isEqualTo(DeliveryState.Type.ACCEPTED);
      }
      assertThat(client.takeAll("interop.red")).isEqualTo(sent);
    }
    assertThat(broker.stop()).as(broker.output()).isZero();
    broker.restart();
    try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", broker.amqpPort())) {
      assertThat(client.takeAll("interop.blue")).isEqualTo(sent);
      assertThat(client.takeAll("interop.red")).as("settled before the stop").isEmpty();
    }
  }

  @Test
  void forgetsMessagesThatAreNotDurable() throws Exception {
    try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", broker.amqpPort())) {
      Sender sender = client.sender("/queues/interop.red");
      ProtonJ2Client.outcome(sender, Message.create("kept").durable(true));
      ProtonJ2Client.outcome(sender, Message.create("forgotten").durable(false));
    }
    broker.stop();
    broker.restart();
    try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", broker.amqpPort())) {
      assertThat(client.takeAll("interop.red")).containsExactly("kept");
    }
  }
}
