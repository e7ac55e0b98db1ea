package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.amqp.Connection;
import com.rabbitmq.client.amqp.Consumer;
import com.rabbitmq.client.amqp.Environment;
import com.rabbitmq.client.amqp.Management;
import com.rabbitmq.client.amqp.Message;
import com.rabbitmq.client.amqp.Publisher;
import com.rabbitmq.client.amqp.PublisherBuilder;
import com.rabbitmq.client.amqp.impl.AmqpEnvironmentBuilder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** RabbitMQ's AMQP 1.0 client for Java with one connection, and the few steps tests repeat. */
final class RabbitClient implements AutoCloseable {
  static final long LIMIT_S = 10;

  private final Environment environment;
  private final Connection connection;

  private RabbitClient(Environment environment, Connection connection) {
    this.environment = environment;
    this.connection = connection;
  }

  static RabbitClient connect(InteropBroker broker) {
    Environment environment = new AmqpEnvironmentBuilder().build();
    return new RabbitClient(
        environment,
        environment
            .connectionBuilder()
            .host(broker.host())
            .port(broker.amqpPort())
            .username("guest")
            .password("guest")
            .recovery()
            .activated(false)
            .connectionBuilder()
            .build());
  }

  Connection connection() {
    return connection;
  }

  Management management() {
    return connection.management();
  }

  /** A publisher to where the builder says. */
  Publisher publisher(UnaryOperator<PublisherBuilder> target) {
    return target.apply(connection.publisherBuilder()).build();
  }

  /** Publishes a text and returns what the broker said. */
  static Publisher.Status publish(Publisher publisher, String text) throws InterruptedException {
    return publish(publisher, publisher.message(bytes(text)));
  }

  static Publisher.Status publish(Publisher publisher, Message message)
      throws InterruptedException {
    BlockingQueue<Publisher.Status> outcome = new LinkedBlockingQueue<>();
    publisher.publish(message, context -> outcome.add(context.status()));
    return next(outcome);
  }

  /** Consumes a queue and accepts everything; the bodies go into the queue returned. */
  BlockingQueue<String> acceptAll(String queue) {
    BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    consume(
        queue,
        (context, message) -> {
          context.accept();
          bodies.add(text(message));
        });
    return bodies;
  }

  Consumer consume(String queue, Consumer.MessageHandler handler) {
    return connection.consumerBuilder().queue(queue).messageHandler(handler).build();
  }

  static <T> T next(BlockingQueue<T> from) throws InterruptedException {
    T value = from.poll(LIMIT_S, TimeUnit.SECONDS);
    assertThat(value).as("something within " + LIMIT_S + " s").isNotNull();
    return value;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(Message message) {
    return new String(message.body(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    environment.close();
  }
}
