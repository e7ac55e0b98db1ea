package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.amqp.AmqpException;
import com.rabbitmq.client.amqp.AmqpException.AmqpEntityDoesNotExistException;
import com.rabbitmq.client.amqp.ByteCapacity;
import com.rabbitmq.client.amqp.Management;
import com.rabbitmq.client.amqp.Management.ClassicQueueVersion;
import com.rabbitmq.client.amqp.Management.DelayedRetryType;
import com.rabbitmq.client.amqp.Management.ExchangeType;
import com.rabbitmq.client.amqp.Management.OverflowStrategy;
import com.rabbitmq.client.amqp.Management.QueueInfo;
import com.rabbitmq.client.amqp.Management.QueueLeaderLocator;
import com.rabbitmq.client.amqp.Management.QueueType;
import com.rabbitmq.client.amqp.Management.QuorumQueueDeadLetterStrategy;
import com.rabbitmq.client.amqp.Publisher;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RabbitMQ's AMQP 1.0 client for Java manages topology. */
@Timeout(60)
class RabbitClientManagementTest {

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  @SuppressWarnings("NullAway.Init")
  private RabbitClient client;

  @SuppressWarnings("NullAway.Init")
  private Management management;

  @BeforeEach
  void connect() {
    client = RabbitClient.connect(BROKER);
    management = client.management();
  }

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLASSIC", "QUORUM"})
  void tellsAllOfADeclaredQueue(QueueType type) {
    String name = "mgmt.all." + type;
    QueueInfo declared = management.queue(name).type(type).maxLength(10).declare();

    for (QueueInfo info : new QueueInfo[] {declared, management.queueInfo(name)}) {
      assertThat(info.name()).isEqualTo(name);
      assertThat(info.type()).isEqualTo(type);
      assertThat(info.durable()).isTrue();
      assertThat(info.autoDelete()).isFalse();
      assertThat(info.exclusive()).isFalse();
      assertThat(info.messageCount()).isZero();
      assertThat(info.consumerCount()).isZero();
      assertThat(info.leader()).startsWith("warren@");
      assertThat(info.members()).containsExactly(info.leader());
      assertThat(info.arguments())
          .containsEntry("x-queue-type", type.name().toLowerCase(java.util.Locale.ROOT))
          .hasEntrySatisfying(
              "x-max-length", length -> assertThat(((Number) length).longValue()).isEqualTo(10));
    }
    management.queueDelete(name);
  }

  @Test
  void takesEveryArgumentOfAClassicQueue() {
    management
        .queue("mgmt.classic")
        .deadLetterExchange("dead")
        .deadLetterRoutingKey("key")
        .overflowStrategy(OverflowStrategy.REJECT_PUBLISH_DLX)
        .expires(Duration.ofMinutes(1))
        .maxLength(5)
        .maxLengthBytes(ByteCapacity.MB(1))
        .singleActiveConsumer(true)
        .messageTtl(Duration.ofSeconds(30))
        .leaderLocator(QueueLeaderLocator.BALANCED)
        .argument("x-unknown", "kept")
        .classic()
        .maxPriority(5)
        .version(ClassicQueueVersion.V2)
        .queue()
        .declare();

    assertThat(management.queueInfo("mgmt.classic").arguments())
        .containsEntry("x-dead-letter-exchange", "dead")
        .containsEntry("x-overflow", "reject-publish-dlx")
        .containsEntry("x-single-active-consumer", true)
        .containsEntry("x-unknown", "kept")
        .containsKeys("x-max-priority", "x-expires", "x-message-ttl", "x-queue-version");
    management.queueDelete("mgmt.classic");
  }

  @Test
  void takesEveryArgumentOfAQuorumQueue() {
    management
        .queue("mgmt.quorum")
        .deadLetterExchange("dead")
        .overflowStrategy(OverflowStrategy.REJECT_PUBLISH)
        .quorum()
        .deadLetterStrategy(QuorumQueueDeadLetterStrategy.AT_LEAST_ONCE)
        .deliveryLimit(3)
        .initialMemberCount(1)
        .delayedRetryType(DelayedRetryType.ALL)
        .delayedRetryMin(Duration.ofSeconds(1))
        .delayedRetryMax(Duration.ofSeconds(9))
        .consumerTimeout(Duration.ofMinutes(5))
        .queue()
        .declare();

    assertThat(management.queueInfo("mgmt.quorum").type()).isEqualTo(QueueType.QUORUM);
    management.queueDelete("mgmt.quorum");
  }

  @Test
  void declaresAgainWhatIsTheSame() {
    management.queue("mgmt.same").maxLength(10).declare();
    // An int where there was a long.
    management.queue("mgmt.same").argument("x-max-length", 10).classic().queue().declare();
    management.queueDelete("mgmt.same");
  }

  @Test
  void refusesWhatDiffersAndSaysWhere() {
    management.queue("mgmt.differs").declare();

    assertThatThrownBy(() -> management.queue("mgmt.differs").maxLength(10).declare())
        .isInstanceOf(AmqpException.class)
        .hasMessageContaining("409")
        .hasMessageContaining(
            "inequivalent arg 'x-max-length' for queue 'mgmt.differs' in vhost '/': "
                + "received the value '10' of type 'signedint' but current is none");
    assertThatThrownBy(() -> management.queue("mgmt.differs").quorum().queue().declare())
        .hasMessageContaining("inequivalent arg 'x-queue-type'");
    assertThatThrownBy(() -> management.queue("mgmt.differs").autoDelete(true).declare())
        .hasMessageContaining("inequivalent arg 'auto_delete'")
        .hasMessageContaining("received 'true' but current is 'false'");
    management.queueDelete("mgmt.differs");
  }

  @Test
  void namesAQueueWithoutAName() {
    QueueInfo first = management.queue().exclusive(true).declare();
    QueueInfo second = management.queue().exclusive(true).declare();

    assertThat(first.name()).isNotEmpty().isNotEqualTo(second.name());
    assertThat(first.exclusive()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mgmt/a b", "mgmt.ü?&=+;%2F", "mgmt:@!$'()*,~", "messages"})
  void encodesNamesOnTheWay(String name) throws InterruptedException {
    management.queue(name).declare();
    management.exchange(name).type(ExchangeType.DIRECT).declare();
    management.binding().sourceExchange(name).destinationQueue(name).key(name).bind();

    Publisher publisher = client.publisher(to -> to.exchange(name).key(name));
    assertThat(RabbitClient.publish(publisher, "x")).isEqualTo(Publisher.Status.ACCEPTED);
    assertThat(management.queueInfo(name).messageCount()).isEqualTo(1);

    management.unbind().sourceExchange(name).destinationQueue(name).key(name).unbind();
    assertThat(RabbitClient.publish(publisher, "x")).isEqualTo(Publisher.Status.RELEASED);
    management.exchangeDelete(name);
    management.queueDelete(name);
    assertThatThrownBy(() -> management.queueInfo(name))
        .isInstanceOf(AmqpEntityDoesNotExistException.class);
  }

  @Test
  void doesNotFindWhatIsNotThere() {
    assertThatThrownBy(() -> management.queueInfo("mgmt.none"))
        .isInstanceOf(AmqpEntityDoesNotExistException.class)
        .hasMessageContaining("queue 'mgmt.none' in vhost '/' not found");
    assertThatThrownBy(() -> management.queuePurge("mgmt.none"))
        .isInstanceOf(AmqpEntityDoesNotExistException.class);
    assertThatThrownBy(
            () ->
                management
                    .binding()
                    .sourceExchange("amq.direct")
                    .destinationQueue("mgmt.none")
                    .key("k")
                    .bind())
        .isInstanceOf(AmqpEntityDoesNotExistException.class)
        .hasMessageContaining("no queue 'mgmt.none' in vhost '/'");
    // Deleting what is not there is no error.
    management.queueDelete("mgmt.none");
    management.exchangeDelete("mgmt.none");
  }

  @Test
  void purgesAndCounts() throws InterruptedException {
    management.queue("mgmt.purge").declare();
    Publisher publisher = client.publisher(to -> to.queue("mgmt.purge"));
    for (int i = 0; i < 3; i++) {
      RabbitClient.publish(publisher, "x");
    }
    assertThat(management.queueInfo("mgmt.purge").messageCount()).isEqualTo(3);
    assertThat(management.queuePurge("mgmt.purge").messageCount()).isEqualTo(3);
    assertThat(management.queueInfo("mgmt.purge").messageCount()).isZero();
    management.queueDelete("mgmt.purge");
  }

  @Test
  void countsConsumers() {
    management.queue("mgmt.consumers").declare();
    var consumer = client.consume("mgmt.consumers", (context, message) -> context.accept());
    Awaitility.await().until(() -> management.queueInfo("mgmt.consumers").consumerCount() == 1);
    consumer.close();
    Awaitility.await().until(() -> management.queueInfo("mgmt.consumers").consumerCount() == 0);
    management.queueDelete("mgmt.consumers");
  }

  @Test
  void declaresExchangesOfEveryTypeAgainAndAgain() {
    for (ExchangeType type : ExchangeType.values()) {
      String name = "mgmt.x." + type;
      for (int i = 0; i < 2; i++) {
        management.exchange(name).type(type).declare();
      }
      management.exchangeDelete(name);
    }
    management.exchange("amq.topic").type(ExchangeType.TOPIC).declare();
    management
        .exchange("mgmt.x.auto")
        .type("fanout")
        .autoDelete(true)
        .argument("alternate-exchange", "amq.fanout")
        .declare();
    management.exchangeDelete("mgmt.x.auto");
  }

  @Test
  void refusesExchangesThatCannotBe() {
    management.exchange("mgmt.x").type(ExchangeType.FANOUT).declare();
    assertThatThrownBy(() -> management.exchange("mgmt.x").type(ExchangeType.TOPIC).declare())
        .hasMessageContaining("409")
        .hasMessageContaining("inequivalent arg 'type' for exchange 'mgmt.x' in vhost '/'");
    assertThatThrownBy(() -> management.exchange("mgmt.y").type("odd").declare())
        .hasMessageContaining("400")
        .hasMessageContaining("unknown exchange type 'odd'");
    assertThatThrownBy(() -> management.exchange("amq.mine").declare()).hasMessageContaining("403");
    assertThatThrownBy(() -> management.exchangeDelete("amq.topic")).hasMessageContaining("403");
    management.exchangeDelete("mgmt.x");
  }

  @Test
  void refusesQueuesThatCannotBe() {
    assertThatThrownBy(() -> management.queue("amq.mine").declare()).hasMessageContaining("403");
    assertThatThrownBy(() -> management.queue("mgmt.s").stream().queue().declare())
        .hasMessageContaining("400")
        .hasMessageContaining("queue type 'stream' is not available here");
    assertThatThrownBy(() -> management.queue("mgmt.p").argument("x-max-length", -1).declare())
        .hasMessageContaining("409")
        .hasMessageContaining("invalid arg 'x-max-length' for queue 'mgmt.p' in vhost '/'");
    assertThatThrownBy(() -> management.queue("mgmt.p").argument("x-max-age", "1D").declare())
        .hasMessageContaining(
            "invalid arg 'x-max-age' for queue 'mgmt.p' in vhost '/' of queue type classic");
    assertThatThrownBy(() -> management.queue("mgmt.p").quorum().queue().exclusive(true).declare())
        .hasMessageContaining("400")
        .hasMessageContaining("exclusive-owner");
  }

  @Test
  void keepsAnExclusiveQueueForItsConnection() {
    management.queue("mgmt.mine").exclusive(true).declare();
    try (RabbitClient other = RabbitClient.connect(BROKER)) {
      assertThatThrownBy(() -> other.management().queue("mgmt.mine").exclusive(true).declare())
          .hasMessageContaining("400")
          .hasMessageContaining("exclusive access to locked queue 'mgmt.mine' in vhost '/'");
      assertThatThrownBy(() -> other.management().queueDelete("mgmt.mine"))
          .hasMessageContaining("locked");
      assertThatThrownBy(() -> other.management().queuePurge("mgmt.mine"))
          .hasMessageContaining("locked");
      assertThatThrownBy(
              () ->
                  other
                      .management()
                      .binding()
                      .sourceExchange("amq.fanout")
                      .destinationQueue("mgmt.mine")
                      .bind())
          .hasMessageContaining("locked");
      assertThat(other.management().queueInfo("mgmt.mine").exclusive()).isTrue();

      client.connection().close();
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> other.management().queueInfo("mgmt.mine"))
                      .isInstanceOf(AmqpEntityDoesNotExistException.class));
    }
  }

  @Test
  void deletesAnAutoDeleteQueueWithItsLastConsumer() {
    management.queue("mgmt.auto").autoDelete(true).declare();
    client.consume("mgmt.auto", (context, message) -> context.accept()).close();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> management.queueInfo("mgmt.auto"))
                    .isInstanceOf(AmqpEntityDoesNotExistException.class));
  }

  @Test
  void bindsAndUnbindsWithArguments() throws InterruptedException {
    management.exchange("mgmt.headers").type(ExchangeType.HEADERS).declare();
    management.queue("mgmt.h").declare();
    Map<String, Object> red = Map.of("x-match", "all", "colour", "red", "size", 3L);
    Map<String, Object> blue = Map.of("x-match", "any", "colour", "blue");
    for (Map<String, Object> arguments : java.util.List.of(red, blue)) {
      management
          .binding()
          .sourceExchange("mgmt.headers")
          .destinationQueue("mgmt.h")
          .arguments(arguments)
          .bind();
    }
    Publisher publisher = client.publisher(to -> to.exchange("mgmt.headers"));
    assertThat(publish(publisher, "red")).isEqualTo(Publisher.Status.ACCEPTED);
    assertThat(publish(publisher, "blue")).isEqualTo(Publisher.Status.ACCEPTED);

    management
        .unbind()
        .sourceExchange("mgmt.headers")
        .destinationQueue("mgmt.h")
        .arguments(red)
        .unbind();
    assertThat(publish(publisher, "red")).isEqualTo(Publisher.Status.RELEASED);
    assertThat(publish(publisher, "blue")).isEqualTo(Publisher.Status.ACCEPTED);
    management.queueDelete("mgmt.h");
    management.exchangeDelete("mgmt.headers");
  }

  private static Publisher.Status publish(Publisher publisher, String colour)
      throws InterruptedException {
    return RabbitClient.publish(
        publisher,
        publisher.message(RabbitClient.bytes("x")).property("colour", colour).property("size", 3));
  }

  @Test
  void bindsExchangesToExchanges() throws InterruptedException {
    management.exchange("mgmt.from").type(ExchangeType.TOPIC).declare();
    management.exchange("mgmt.to").type(ExchangeType.FANOUT).declare();
    management.queue("mgmt.e2e").declare();
    management.binding().sourceExchange("mgmt.to").destinationQueue("mgmt.e2e").bind();
    management
        .binding()
        .sourceExchange("mgmt.from")
        .destinationExchange("mgmt.to")
        .key("a.#")
        .argument("note", "to be found again")
        .bind();
    BlockingQueue<String> received = client.acceptAll("mgmt.e2e");
    Publisher publisher = client.publisher(to -> to.exchange("mgmt.from").key("a.b"));
    RabbitClient.publish(publisher, "through two");
    assertThat(RabbitClient.next(received)).isEqualTo("through two");

    management
        .unbind()
        .sourceExchange("mgmt.from")
        .destinationExchange("mgmt.to")
        .key("a.#")
        .argument("note", "to be found again")
        .unbind();
    assertThat(RabbitClient.publish(publisher, "x")).isEqualTo(Publisher.Status.RELEASED);
  }

  @Test
  void opensItsLinksAgainAfterClosingThem() {
    management.queue("mgmt.again").declare();
    management.close();
    assertThat(client.management().queueInfo("mgmt.again").name()).isEqualTo("mgmt.again");
    client.management().queueDelete("mgmt.again");
  }
}
