package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** JMS's topics, subscriptions and temporary destinations, through Qpid JMS. */
@Timeout(60)
class QpidJmsTopicTest {
  private static final long LIMIT_MS = 20_000;
  private static final String TOPIC = "/exchanges/amq.topic/";

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  private final List<Connection> connections = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private Session session;

  @BeforeEach
  void connect() throws JMSException {
    session = session(null);
  }

  @AfterEach
  void disconnect() throws JMSException {
    for (Connection connection : connections) {
      connection.close();
    }
  }

  private Session session(@Nullable String clientId) throws JMSException {
    Connection connection =
        new JmsConnectionFactory(
                "guest", "guest", "amqp://" + BROKER.host() + ":" + BROKER.amqpPort())
            .createConnection();
    connections.add(connection);
    if (clientId != null) {
      connection.setClientID(clientId);
    }
    connection.start();
    return connection.createSession(Session.AUTO_ACKNOWLEDGE);
  }

  /** Ends the newest connection, and with it its consumers. */
  private void closeNewest() throws JMSException {
    connections.remove(connections.size() - 1).close();
  }

  private Topic topic(String key) throws JMSException {
    return session.createTopic(TOPIC + key);
  }

  /** Publishes to subscriptions; what nobody subscribes to is released by the broker. */
  private void publish(Destination to, String text) throws JMSException {
    try (MessageProducer producer = session.createProducer(to)) {
      producer.send(session.createTextMessage(text));
    }
  }

  private static String text(MessageConsumer consumer) throws JMSException {
    TextMessage message = (TextMessage) consumer.receive(LIMIT_MS);
    assertThat(message).as("a message").isNotNull();
    return message.getText();
  }

  /** A node goes after its last link's detach was answered, not before. */
  private static void eventually(ThrowingRunnable assertion) {
    Awaitility.await().untilAsserted(assertion);
  }

  private static void assertNothingLeft(MessageConsumer consumer) throws JMSException {
    assertThat(consumer.receiveNoWait()).isNull();
  }

  @Test
  void givesEachSubscriberOfATopicItsOwnCopy() throws JMSException {
    MessageConsumer first = session.createConsumer(topic("copies.*"));
    MessageConsumer second = session(null).createConsumer(topic("copies.#"));
    MessageConsumer other = session.createConsumer(topic("other"));
    publish(topic("copies.a"), "hello");
    assertThat(text(first)).isEqualTo("hello");
    assertThat(text(second)).isEqualTo("hello");
    assertNothingLeft(other);
  }

  @Test
  void givesSubscribersNothingFromBeforeTheyCame() throws JMSException {
    MessageConsumer early = session.createConsumer(topic("late"));
    publish(topic("late"), "one");
    MessageConsumer late = session.createConsumer(topic("late"));
    publish(topic("late"), "two");
    assertThat(text(early)).isEqualTo("one");
    assertThat(text(late)).isEqualTo("two");
  }

  @Test
  void refusesATopicWhoseExchangeIsMissing() throws JMSException {
    Topic missing = session.createTopic("/exchanges/no-such-exchange/k");
    assertThatThrownBy(() -> session.createConsumer(missing))
        .isInstanceOf(JMSException.class)
        .hasMessageContaining("no exchange 'no-such-exchange'");
  }

  @Test
  void keepsADurableSubscriptionWhileItsClientIsAway() throws JMSException {
    Session app = session("app.one");
    MessageConsumer subscriber = app.createDurableSubscriber(topic("durable"), "orders");
    publish(topic("durable"), "one");
    assertThat(text(subscriber)).isEqualTo("one");
    closeNewest();
    publish(topic("durable"), "two");
    app = session("app.one");
    subscriber = app.createDurableSubscriber(topic("durable"), "orders");
    assertThat(text(subscriber)).isEqualTo("two");
    subscriber.close();
    publish(topic("durable"), "three");
    subscriber = app.createDurableSubscriber(topic("durable"), "orders");
    assertThat(text(subscriber)).isEqualTo("three");
    subscriber.close();
    app.unsubscribe("orders");
  }

  @Test
  void namesTheQueueOfADurableSubscriptionAfterClientAndSubscription() throws Exception {
    Session app = session("naming");
    app.createDurableSubscriber(topic("named"), "orders", "size > 3", false).close();
    String queue = http("/api/queues/%2F/jms.durable.naming.orders");
    assertThat(queue)
        .contains("\"x-subscription\":\"/exchanges/amq.topic/named\"")
        .contains("\"x-subscription-client\":\"naming\"")
        .contains("\"x-subscription-name\":\"orders\"")
        .contains("\"x-subscription-selector\":\"size > 3\"")
        .contains("\"x-subscription-shared\":false");
    app.unsubscribe("orders");
  }

  private static String http(String path) throws Exception {
    var request =
        java.net.http.HttpRequest.newBuilder(
                java.net.URI.create("http://" + BROKER.host() + ":" + BROKER.httpPort() + path))
            .header(
                "Authorization",
                "Basic "
                    + java.util.Base64.getEncoder()
                        .encodeToString(
                            "guest:guest".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
            .build();
    return java.net.http.HttpClient.newHttpClient()
        .send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void letsOneConsumerUseADurableSubscriptionAtATime() throws JMSException {
    Session first = session("busy");
    first.createDurableSubscriber(topic("busy"), "s");
    assertThatThrownBy(() -> session("busy").createDurableSubscriber(topic("busy"), "s"))
        .isInstanceOf(JMSException.class)
        .hasMessageContaining("is in use");
  }

  @Test
  void endsADurableSubscriptionWhenItIsUnsubscribed() throws JMSException {
    Session app = session("leaver");
    app.createDurableSubscriber(topic("left"), "s").close();
    app.unsubscribe("s");
    MessageConsumer witness = session.createConsumer(topic("left"));
    publish(topic("left"), "missed");
    assertThat(text(witness)).isEqualTo("missed");
    assertNothingLeft(app.createDurableSubscriber(topic("left"), "s"));
    assertThatThrownBy(() -> app.unsubscribe("never-there")).isInstanceOf(JMSException.class);
  }

  @Test
  void replacesADurableSubscriptionByAnotherTopicOrSelector() throws JMSException {
    Session app = session("changer");
    app.createDurableSubscriber(topic("before"), "s").close();
    MessageConsumer witness = session.createConsumer(topic("before"));
    publish(topic("before"), "old");
    assertThat(text(witness)).isEqualTo("old");
    MessageConsumer changed = app.createDurableSubscriber(topic("after"), "s");
    publish(topic("before"), "not for the new one");
    publish(topic("after"), "new");
    assertThat(text(changed)).isEqualTo("new");
    changed.close();
    publish(topic("after"), "for the former selector");
    assertNothingLeft(app.createDurableSubscriber(topic("after"), "s", "a = 1", false));
  }

  @Test
  void keepsOnlyWhatASubscriptionSelects() throws Exception {
    Session app = session("chooser");
    app.createDurableSubscriber(topic("chosen"), "s", "colour = 'red'", false).close();
    try (MessageProducer producer = session.createProducer(topic("chosen"))) {
      for (String colour : List.of("red", "blue", "red")) {
        TextMessage message = session.createTextMessage(colour);
        message.setStringProperty("colour", colour);
        producer.send(message);
      }
    }
    MessageConsumer subscriber =
        app.createDurableSubscriber(topic("chosen"), "s", "colour = 'red'", false);
    assertThat(text(subscriber)).isEqualTo("red");
    assertThat(text(subscriber)).isEqualTo("red");
    assertNothingLeft(subscriber);
    assertThat(http("/api/queues/%2F/jms.durable.chooser.s"))
        .as("what is not selected does not pile up")
        .contains("\"messages\":0");
  }

  @Test
  void sharesADurableSubscriptionAmongConsumers() throws JMSException {
    shares("shared-durable", true, session("sharer"), session("sharer"));
    Session later = session("sharer");
    publish(topic("shared-durable"), "kept");
    MessageConsumer again = later.createSharedDurableConsumer(topic("shared-durable"), "s");
    assertThat(text(again)).isEqualTo("kept");
    again.close();
    later.unsubscribe("s");
  }

  @Test
  void sharesASubscriptionOfNoClientAmongConnections() throws JMSException {
    shares("global-durable", true, session(null), session(null));
    session(null).unsubscribe("s");
    shares("global-volatile", false, session(null), session(null));
  }

  @Test
  void endsASharedSubscriptionThatIsNotDurableWithItsLastConsumer() throws JMSException {
    shares("shared-volatile", false, session("fleeting"), session("fleeting"));
    eventually(
        () ->
            assertThatThrownBy(() -> publish(topic("shared-volatile"), "to nobody"))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("released"));
  }

  /** Two consumers get each message once between them; then both leave. */
  private void shares(String key, boolean durable, Session one, Session two) throws JMSException {
    MessageConsumer first =
        durable
            ? one.createSharedDurableConsumer(topic(key), "s")
            : one.createSharedConsumer(topic(key), "s");
    MessageConsumer second =
        durable
            ? two.createSharedDurableConsumer(topic(key), "s")
            : two.createSharedConsumer(topic(key), "s");
    List<String> received = java.util.Collections.synchronizedList(new ArrayList<>());
    first.setMessageListener(message -> add(received, message));
    second.setMessageListener(message -> add(received, message));
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add("m" + i);
      publish(topic(key), "m" + i);
    }
    Awaitility.await()
        .untilAsserted(() -> assertThat(received).containsExactlyInAnyOrderElementsOf(sent));
    first.close();
    second.close();
  }

  private static void add(List<String> to, jakarta.jms.Message message) {
    try {
      to.add(((TextMessage) message).getText());
    } catch (JMSException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void answersARequestThroughATemporaryQueue() throws JMSException {
    Queue requests = session.createQueue("/queues/interop.work");
    TemporaryQueue replies = session.createTemporaryQueue();
    TextMessage request = session.createTextMessage("question");
    request.setJMSReplyTo(replies);
    try (MessageProducer producer = session.createProducer(requests)) {
      producer.send(request);
    }
    Session responder = session(null);
    TextMessage asked = (TextMessage) responder.createConsumer(requests).receive(LIMIT_MS);
    assertThat(asked.getJMSReplyTo()).isInstanceOf(TemporaryQueue.class);
    MessageProducer answers = responder.createProducer(null);
    answers.send(asked.getJMSReplyTo(), responder.createTextMessage("answer"));
    MessageConsumer consumer = session.createConsumer(replies);
    assertThat(text(consumer)).isEqualTo("answer");
    consumer.close();
    replies.delete();
    eventually(
        () ->
            assertThatThrownBy(
                    () -> answers.send(asked.getJMSReplyTo(), responder.createTextMessage("late")))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("released"));
  }

  @Test
  void publishesAndSubscribesOnATemporaryTopic() throws JMSException {
    TemporaryTopic temporary = session.createTemporaryTopic();
    MessageConsumer first = session.createConsumer(temporary);
    MessageConsumer second = session.createConsumer(temporary);
    Session other = session(null);
    Topic same = other.createTopic(temporary.getTopicName());
    other.createProducer(same).send(other.createTextMessage("to all"));
    assertThat(text(first)).isEqualTo("to all");
    assertThat(text(second)).isEqualTo("to all");
    assertThatThrownBy(() -> other.createConsumer(same))
        .isInstanceOf(JMSException.class)
        .hasMessageContaining("belongs to another connection");
    first.close();
    second.close();
    temporary.delete();
    eventually(
        () ->
            assertThatThrownBy(() -> other.createProducer(same))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("no exchange"));
  }
}
