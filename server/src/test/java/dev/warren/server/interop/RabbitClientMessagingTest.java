package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.amqp.AmqpException;
import com.rabbitmq.client.amqp.AmqpException.AmqpEntityDoesNotExistException;
import com.rabbitmq.client.amqp.Consumer;
import com.rabbitmq.client.amqp.Message;
import com.rabbitmq.client.amqp.Publisher;
import com.rabbitmq.client.amqp.Resource.State;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ's AMQP 1.0 client for Java publishes and consumes. */
@Timeout(60)
class RabbitClientMessagingTest {
  private static final String QUEUE = "rabbit.work";
  private static final String DEAD = "rabbit.dead";

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  /** A message with the context to settle it by. */
  private record Delivery(Consumer.Context context, Message message) {
    String text() {
      return RabbitClient.text(message);
    }
  }

  @SuppressWarnings("NullAway.Init")
  private RabbitClient client;

  @BeforeEach
  void declareQueues() {
    client = RabbitClient.connect(BROKER);
    client.management().queue(DEAD).declare();
    client
        .management()
        .queue(QUEUE)
        .deadLetterExchange("")
        .deadLetterRoutingKey(DEAD)
        .quorum()
        .queue()
        .declare();
  }

  @AfterEach
  void deleteQueues() {
    client.management().queueDelete(QUEUE);
    client.management().queueDelete(DEAD);
    client.close();
  }

  private Publisher toQueue() {
    return client.publisher(to -> to.queue(QUEUE));
  }

  private BlockingQueue<Delivery> deliveries(String queue) {
    BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    client.consume(queue, (context, message) -> deliveries.add(new Delivery(context, message)));
    return deliveries;
  }

  @Test
  void connectsByUriAndAnonymouslyAndSaysWhere() {
    try (var environment = new com.rabbitmq.client.amqp.impl.AmqpEnvironmentBuilder().build();
        var connection =
            environment
                .connectionBuilder()
                .uri("amqp://" + BROKER.host() + ":" + BROKER.amqpPort() + "/%2F")
                .name("by-uri")
                .build()) {
      assertThat(connection.connectionInfo().brokerNode()).startsWith("warren@");
      assertThat(connection.connectionInfo().brokerProductName()).isEqualTo("RabbitMQ");
    }
  }

  @Test
  void tellsAPublisherWhatBecameOfItsMessage() throws InterruptedException {
    assertThat(RabbitClient.publish(toQueue(), "x")).isEqualTo(Publisher.Status.ACCEPTED);
    Publisher nowhere = client.publisher(to -> to.exchange("amq.direct").key("nowhere"));
    assertThat(RabbitClient.publish(nowhere, "x")).isEqualTo(Publisher.Status.RELEASED);
  }

  @Test
  void tellsAPublisherThatAQueueIsFull() throws InterruptedException {
    client
        .management()
        .queue("rabbit.full")
        .maxLength(1)
        .overflowStrategy("reject-publish")
        .declare();
    Publisher publisher = client.publisher(to -> to.queue("rabbit.full"));
    assertThat(RabbitClient.publish(publisher, "x")).isEqualTo(Publisher.Status.ACCEPTED);
    assertThat(RabbitClient.publish(publisher, "x")).isEqualTo(Publisher.Status.REJECTED);
    client.management().queueDelete("rabbit.full");
  }

  @Test
  void publishesWhereEachMessageSays() throws InterruptedException {
    Publisher publisher = client.connection().publisherBuilder().build();
    BlockingQueue<Delivery> received = deliveries(QUEUE);
    Message message =
        publisher.message(RabbitClient.bytes("to")).toAddress().queue(QUEUE).message();
    assertThat(RabbitClient.publish(publisher, message)).isEqualTo(Publisher.Status.ACCEPTED);
    assertThat(RabbitClient.next(received).text()).isEqualTo("to");
  }

  @Test
  void carriesEveryPropertyUnchanged() throws InterruptedException {
    UUID id = UUID.randomUUID();
    Publisher publisher = toQueue();
    Message sent =
        publisher
            .message(RabbitClient.bytes("body"))
            .messageId(id)
            .correlationId(7)
            .subject("subject")
            .replyToAddress()
            .queue("some queue")
            .message()
            .contentType("text/plain")
            .groupId("group")
            .groupSequence(3)
            .priority((byte) 6)
            .ttl(Duration.ofMinutes(1))
            .durable(true)
            .property("text", "value")
            .property("number", 42L)
            .propertySymbol("symbol", "s")
            .annotation("x-mine", "kept");
    RabbitClient.publish(publisher, sent);

    Message got = RabbitClient.next(deliveries(QUEUE)).message();
    assertThat(got.messageIdAsUuid()).isEqualTo(id);
    assertThat(got.correlationIdAsLong()).isEqualTo(7);
    assertThat(got.subject()).isEqualTo("subject");
    assertThat(got.replyTo()).isEqualTo("/queues/some%20queue");
    assertThat(got.contentType()).isEqualTo("text/plain");
    assertThat(got.groupId()).isEqualTo("group");
    assertThat(got.groupSequence()).isEqualTo(3);
    assertThat(got.priority()).isEqualTo((byte) 6);
    assertThat(got.ttl()).isEqualTo(Duration.ofMinutes(1));
    assertThat(got.durable()).isTrue();
    assertThat(got.firstAcquirer()).isTrue();
    assertThat(got.property("text")).isEqualTo("value");
    assertThat(got.property("number")).isEqualTo(42L);
    assertThat(got.annotation("x-mine")).isEqualTo("kept");
    assertThat(got.annotation("x-routing-key")).isEqualTo(QUEUE);
    assertThat(got.body()).isEqualTo(RabbitClient.bytes("body"));
  }

  @Test
  void requeuesAndCountsOnlyFailures() throws InterruptedException {
    RabbitClient.publish(toQueue(), "job");
    BlockingQueue<Delivery> received = deliveries(QUEUE);
    RabbitClient.next(received).context().requeue();

    Delivery second = RabbitClient.next(received);
    assertThat(second.message().deliveryCount()).isZero();
    assertThat(second.message().firstAcquirer()).isFalse();
    second.context().requeue(Map.of("x-opt-reason", "busy"), true);

    Delivery third = RabbitClient.next(received);
    assertThat(third.message().deliveryCount()).isEqualTo(1);
    assertThat(third.message().annotation("x-opt-reason")).isEqualTo("busy");
    third.context().accept();
  }

  @Test
  void deadLettersWhatIsDiscarded() throws InterruptedException {
    RabbitClient.publish(toQueue(), "plain");
    RabbitClient.publish(toQueue(), "annotated");
    BlockingQueue<Delivery> received = deliveries(QUEUE);
    RabbitClient.next(received).context().discard();
    RabbitClient.next(received).context().discard(Map.of("x-opt-reason", "poison"));

    BlockingQueue<Delivery> dead = deliveries(DEAD);
    assertThat(RabbitClient.next(dead).text()).isEqualTo("plain");
    Delivery annotated = RabbitClient.next(dead);
    assertThat(annotated.text()).isEqualTo("annotated");
    assertThat(annotated.message().annotation("x-opt-reason")).isEqualTo("poison");
    assertThat(annotated.message().annotation("x-first-death-queue")).isEqualTo(QUEUE);
  }

  @Test
  void settlesABatchAtOnce() throws InterruptedException {
    Publisher publisher = toQueue();
    for (int i = 0; i < 5; i++) {
      RabbitClient.publish(publisher, "m" + i);
    }
    BlockingQueue<Consumer.Context> received = new LinkedBlockingQueue<>();
    Consumer consumer = client.consume(QUEUE, (context, message) -> received.add(context));
    Consumer.Context first = RabbitClient.next(received);
    Consumer.BatchContext batch = first.batch(4);
    batch.add(first);
    for (int i = 1; i < 4; i++) {
      batch.add(RabbitClient.next(received));
    }
    assertThat(batch.size()).isEqualTo(4);
    batch.accept();
    consumer.close();
    // What was not in the batch has gone back.
    Awaitility.await().until(() -> client.management().queueInfo(QUEUE).messageCount() == 1);
  }

  @Test
  void consumesPresettled() throws InterruptedException {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    client
        .connection()
        .consumerBuilder()
        .queue(QUEUE)
        .preSettled()
        .messageHandler((context, message) -> received.add(RabbitClient.text(message)))
        .build();
    RabbitClient.publish(toQueue(), "settled already");
    assertThat(RabbitClient.next(received)).isEqualTo("settled already");
    assertThat(client.management().queueInfo(QUEUE).messageCount()).isZero();
  }

  @Test
  void servesTheConsumerWithTheHigherPriority() throws InterruptedException {
    BlockingQueue<String> served = new LinkedBlockingQueue<>();
    for (int priority : new int[] {1, 10}) {
      client
          .connection()
          .consumerBuilder()
          .queue(QUEUE)
          .priority(priority)
          .initialCredits(10)
          .messageHandler(
              (context, message) -> {
                context.accept();
                served.add("priority " + priority);
              })
          .build();
    }
    Awaitility.await().until(() -> client.management().queueInfo(QUEUE).consumerCount() == 2);
    RabbitClient.publish(toQueue(), "x");
    assertThat(RabbitClient.next(served)).isEqualTo("priority 10");
  }

  @Test
  void pausesAndGoesOn() throws InterruptedException {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    Consumer consumer =
        client.consume(
            QUEUE,
            (context, message) -> {
              context.accept();
              received.add(RabbitClient.text(message));
            });
    consumer.pause();
    RabbitClient.publish(toQueue(), "later");
    assertThat(client.management().queueInfo(QUEUE).messageCount()).isEqualTo(1);
    assertThat(received).isEmpty();
    consumer.unpause();
    assertThat(RabbitClient.next(received)).isEqualTo("later");
  }

  @Test
  void tellsAConsumerThatItsQueueWasDeleted() throws InterruptedException {
    client.management().queue("rabbit.gone").declare();
    BlockingQueue<State> states = new LinkedBlockingQueue<>();
    AtomicReference<Throwable> cause = new AtomicReference<>();
    client
        .connection()
        .consumerBuilder()
        .queue("rabbit.gone")
        .messageHandler((context, message) -> context.accept())
        .listeners(
            context -> {
              if (context.currentState() == State.CLOSED) {
                cause.set(context.failureCause());
              }
              states.add(context.currentState());
            })
        .build();
    assertThat(RabbitClient.next(states)).isEqualTo(State.OPENING);
    assertThat(RabbitClient.next(states)).isEqualTo(State.OPEN);
    client.management().queueDelete("rabbit.gone");
    State last = RabbitClient.next(states);
    while (last != State.CLOSED) {
      last = RabbitClient.next(states);
    }
    assertThat(cause.get()).isInstanceOf(AmqpException.class);
  }

  @Test
  void tellsAPublisherThatItsExchangeWasDeleted() throws InterruptedException {
    client.management().exchange("rabbit.x").type("fanout").declare();
    BlockingQueue<State> states = new LinkedBlockingQueue<>();
    Publisher publisher =
        client
            .connection()
            .publisherBuilder()
            .exchange("rabbit.x")
            .listeners(context -> states.add(context.currentState()))
            .build();
    assertThat(RabbitClient.publish(publisher, "x")).isEqualTo(Publisher.Status.RELEASED);
    client.management().exchangeDelete("rabbit.x");
    publisher.publish(publisher.message(RabbitClient.bytes("x")), context -> {});
    State last = RabbitClient.next(states);
    while (last != State.CLOSED) {
      last = RabbitClient.next(states);
    }
    assertThat(last).isEqualTo(State.CLOSED);
  }

  @Test
  void refusesToAttachToWhatIsNotThere() {
    assertThatThrownBy(() -> client.publisher(to -> to.queue("rabbit.none")))
        .isInstanceOf(AmqpEntityDoesNotExistException.class);
    assertThatThrownBy(() -> client.publisher(to -> to.exchange("rabbit.none")))
        .isInstanceOf(AmqpEntityDoesNotExistException.class);
    assertThatThrownBy(() -> client.consume("rabbit.none", (context, message) -> {}))
        .isInstanceOf(AmqpEntityDoesNotExistException.class);
  }
}
