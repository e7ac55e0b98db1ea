package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.amqp.BackOffDelayPolicy;
import com.rabbitmq.client.amqp.Connection;
import com.rabbitmq.client.amqp.Environment;
import com.rabbitmq.client.amqp.Management;
import com.rabbitmq.client.amqp.Publisher;
import com.rabbitmq.client.amqp.Resource.State;
import com.rabbitmq.client.amqp.impl.AmqpEnvironmentBuilder;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ's AMQP 1.0 client for Java comes back after the broker was killed. */
@Timeout(60)
class RabbitClientRecoveryTest {

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  @Test
  void declaresAgainWhatWasLostAndGoesOnConsuming() throws InterruptedException {
    BlockingQueue<State> states = new LinkedBlockingQueue<>();
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    try (Environment environment = new AmqpEnvironmentBuilder().build();
        Connection connection =
            environment
                .connectionBuilder()
                .host(BROKER.host())
                .port(BROKER.amqpPort())
                .recovery()
                .backOffDelayPolicy(BackOffDelayPolicy.fixed(Duration.ofMillis(200)))
                .topology(true)
                .connectionBuilder()
                .listeners(context -> states.add(context.currentState()))
                .build()) {
      Management management = connection.management();
      String queue = management.queue().exclusive(true).declare().name();
      management.binding().sourceExchange("amq.fanout").destinationQueue(queue).key("").bind();
      var unused =
          connection
              .consumerBuilder()
              .queue(queue)
              .messageHandler(
                  (context, message) -> {
                    context.accept();
                    received.add(RabbitClient.text(message));
                  })
              .build();
      awaitState(states, State.OPEN);

      BROKER.running().kill();
      awaitState(states, State.RECOVERING);
      BROKER.running().restart();
      awaitState(states, State.OPEN);

      try (Publisher publisher = connection.publisherBuilder().exchange("amq.fanout").build()) {
        assertThat(RabbitClient.publish(publisher, "after")).isEqualTo(Publisher.Status.ACCEPTED);
      }
      assertThat(RabbitClient.next(received)).isEqualTo("after");
      assertThat(management.queueInfo(queue).exclusive()).isTrue();
    }
  }

  private static void awaitState(BlockingQueue<State> states, State wanted)
      throws InterruptedException {
    State state = RabbitClient.next(states);
    while (state != wanted) {
      state = RabbitClient.next(states);
    }
  }
}
