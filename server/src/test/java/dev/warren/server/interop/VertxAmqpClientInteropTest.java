package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.amqp.AmqpClient;
import io.vertx.amqp.AmqpClientOptions;
import io.vertx.amqp.AmqpConnection;
import io.vertx.amqp.AmqpMessage;
import io.vertx.amqp.AmqpReceiver;
import io.vertx.amqp.AmqpReceiverOptions;
import io.vertx.amqp.AmqpSender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The AMQP client of Vert.x against the running broker. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class VertxAmqpClientInteropTest {
  private static final int MESSAGES = 50;
  private static final long LIMIT_S = 20;

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  private Vertx vertx;
  private AmqpConnection connection;

  @BeforeEach
  void connect() throws Exception {
    vertx = Vertx.vertx();
    AmqpClientOptions options =
        new AmqpClientOptions()
            .setHost(BROKER.host())
            .setPort(BROKER.amqpPort())
            .setUsername("guest")
            .setPassword("guest");
    connection = await(AmqpClient.create(vertx, options).connect());
  }

  @AfterEach
  void close() throws Exception {
    await(connection.close());
    await(vertx.close());
  }

  @Test
  void messagesArriveInOrderAndAreAcknowledged() throws Exception {
    BlockingQueue<AmqpMessage> received = new LinkedBlockingQueue<>();
    AmqpReceiver receiver =
        await(
            connection.createReceiver(
                "/queues/interop.work", new AmqpReceiverOptions().setAutoAcknowledgement(true)));
    receiver.handler(received::add);
    AmqpSender sender = await(connection.createSender("/queues/interop.work"));
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      sent.add("message " + i);
      await(
          sender.sendWithAck(AmqpMessage.create().withBody("message " + i).durable(true).build()));
    }

    for (String body : sent) {
      AmqpMessage next = Objects.requireNonNull(received.poll(LIMIT_S, TimeUnit.SECONDS), body);
      assertThat(next.bodyAsString()).isEqualTo(body);
    }
    assertThat(received).isEmpty();
  }

  @Test
  void aMessageThatReachesNoQueueIsNotAcknowledged() throws Exception {
    AmqpSender sender = await(connection.createSender("/exchanges/amq.direct/nowhere"));

    assertThatThrownBy(
            () -> await(sender.sendWithAck(AmqpMessage.create().withBody("lost").build())))
        .hasStackTraceContaining("RELEASED");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(LIMIT_S, TimeUnit.SECONDS);
  }
}
