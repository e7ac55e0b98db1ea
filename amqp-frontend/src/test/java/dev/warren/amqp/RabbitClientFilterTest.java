package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.amqp.AmqpException;
import com.rabbitmq.client.amqp.Connection;
import com.rabbitmq.client.amqp.Consumer;
import com.rabbitmq.client.amqp.ConsumerBuilder.StreamFilterOptions;
import com.rabbitmq.client.amqp.Environment;
import com.rabbitmq.client.amqp.Message;
import com.rabbitmq.client.amqp.Publisher;
import com.rabbitmq.client.amqp.impl.AmqpEnvironmentBuilder;
import dev.warren.amqp.AmqpServerOptions.Identity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The filters RabbitMQ's AMQP 1.0 client for Java offers, on an ordinary queue (contract §6). The
 * client asks for them only if the server is of a version which has them.
 */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class RabbitClientFilterTest {
  private static final UUID ID = new UUID(3, 4);
  private static final long LIMIT_S = 10;

  @TempDir Path directory;
  private BrokerHarness harness;
  private Environment environment;
  private Connection connection;

  @BeforeEach
  void start() {
    AmqpServerOptions defaults = AmqpServerOptions.defaults();
    Identity newest = new Identity("RabbitMQ", "4.3.0", "Warren", "test");
    harness =
        BrokerHarness.start(
            directory,
            new AmqpServerOptions(
                "127.0.0.1",
                0,
                defaults.idleTimeoutMs(),
                defaults.maxFrameSize(),
                defaults.channelMax(),
                defaults.handleMax(),
                defaults.maxMessageBytes(),
                defaults.linkCredit(),
                defaults.handshakeTimeoutMs(),
                defaults.loginFailureDelayMs(),
                defaults.outboundBytesMax(),
                true,
                newest));
    environment = new AmqpEnvironmentBuilder().build();
    connection =
        environment
            .connectionBuilder()
            .host("127.0.0.1")
            .port(harness.port())
            .username("guest")
            .password("guest")
            .recovery()
            .activated(false)
            .connectionBuilder()
            .build();
  }

  @AfterEach
  void stop() {
    environment.close();
    harness.close();
  }

  private void publish(String text, UnaryOperator<Message> properties) throws InterruptedException {
    BlockingQueue<Publisher.Status> outcome = new LinkedBlockingQueue<>();
    try (Publisher publisher = connection.publisherBuilder().queue("q").build()) {
      publisher.publish(
          properties.apply(publisher.message(text.getBytes(StandardCharsets.UTF_8))),
          context -> outcome.add(context.status()));
      assertThat(outcome.poll(LIMIT_S, TimeUnit.SECONDS)).isEqualTo(Publisher.Status.ACCEPTED);
    }
  }

  private Consumer consume(
      UnaryOperator<StreamFilterOptions> filter, BlockingQueue<String> received) {
    return filter.apply(connection.consumerBuilder().queue("q").stream().filter()).stream()
        .builder()
        .messageHandler(
            (context, message) -> {
              context.accept();
              received.add(new String(message.body(), StandardCharsets.UTF_8));
            })
        .build();
  }

  static Stream<Arguments> filters() {
    return Stream.of(
        named("sql", f -> f.sql("p.subject = 'order' AND size > 4 AND region LIKE 'E%'")),
        named("message id", f -> f.messageId(ID)),
        named("correlation id", f -> f.correlationId(17)),
        named("user id", f -> f.userId("guest".getBytes(StandardCharsets.UTF_8))),
        named("subject", f -> f.subject("order")),
        named("prefix", f -> f.subject("&p:or")),
        named("suffix", f -> f.subject("&s:rder")),
        named("content type", f -> f.contentType("text/plain")),
        named("creation time", f -> f.creationTime(99)),
        named("group", f -> f.groupId("g").groupSequence(3)),
        named("text", f -> f.property("region", "EMEA")),
        named("another width", f -> f.subject("order").property("size", (byte) 5)),
        named("unsigned", f -> f.subject("order").propertyUnsigned("size", 5L)),
        named("boolean", f -> f.property("rush", true)),
        named("double", f -> f.property("half", 0.5)),
        named("both sections", f -> f.subject("order").property("region", "&s:EA")));
  }

  private static Arguments named(String name, UnaryOperator<StreamFilterOptions> filter) {
    return Arguments.argumentSet(name, filter);
  }

  @ParameterizedTest
  @MethodSource("filters")
  void deliversOnlyWhatMatches(UnaryOperator<StreamFilterOptions> filter)
      throws InterruptedException {
    publish("unwanted", m -> m.subject("other").property("region", "APAC").property("size", 5));
    publish(
        "wanted",
        m ->
            m.messageId(ID)
                .correlationId(17)
                .userId("guest".getBytes(StandardCharsets.UTF_8))
                .subject("order")
                .contentType("text/plain")
                .creationTime(99)
                .groupId("g")
                .groupSequence(3)
                .property("region", "EMEA")
                .property("size", 5L)
                .property("rush", true)
                .property("half", 0.5));
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    try (Consumer consumer = consume(filter, received)) {
      assertThat(received.poll(LIMIT_S, TimeUnit.SECONDS)).isEqualTo("wanted");
      assertThat(consumer.unsettledMessageCount()).isZero();
    }
    assertThat(received).isEmpty();
  }

  @Test
  void refusesAConsumerWhoseFilterIsNotInForce() {
    assertThatThrownBy(() -> consume(f -> f.sql("colour = = 1"), new LinkedBlockingQueue<>()))
        .isInstanceOf(AmqpException.class)
        .hasMessageContaining("filters do not match");
  }
}
