package dev.warren.server.interop;

import static org.apache.qpid.protonj2.client.DeliveryState.Type.ACCEPTED;
import static org.apache.qpid.protonj2.client.DeliveryState.Type.RELEASED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.DeliveryState;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.Tracker;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Qpid's protonj2 client against the running broker. */
@Timeout(60)
class ProtonJ2InteropTest {

  private static final List<String> QUEUES =
      List.of("interop.red", "interop.blue", "interop.work", "interop.rejected");

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  private final List<ProtonJ2Client> opened = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private ProtonJ2Client client;

  @BeforeEach
  void connectAndEmptyTheQueues() throws Exception {
    client = connect();
    for (String queue : QUEUES) {
      client.takeAll(queue);
    }
  }

  @AfterEach
  void disconnect() {
    opened.forEach(ProtonJ2Client::close);
  }

  @ParameterizedTest
  @CsvSource({
    "/exchanges/interop.direct/red, true, false",
    "/exchanges/interop.direct/blue, false, true",
    "/exchanges/interop.direct/redder, false, false",
    "/exchanges/interop.direct, false, false",
    "/exchanges/interop.topic/a.red, true, false",
    "/exchanges/interop.topic/a.red.b.c, true, false",
    "/exchanges/interop.topic/blue, false, true",
    "/exchanges/interop.topic/a.red.blue, true, true",
    "/exchanges/interop.topic/red, false, false",
    "/exchanges/interop.topic/a.blue.b, false, false",
    "/exchanges/interop.fanout, true, true",
    "/exchanges/interop.fanout/any.key, true, true",
    "/queues/interop.red, true, false",
  })
  void routesByKey(String address, boolean red, boolean blue) throws Exception {
    DeliveryState.Type outcome = client.publish(address, Message.create(address));
    assertThat(outcome).isEqualTo(red || blue ? ACCEPTED : RELEASED);
    assertThat(client.takeAll("interop.red")).hasSize(red ? 1 : 0);
    assertThat(client.takeAll("interop.blue")).hasSize(blue ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "/exchanges/interop.direct/red, true, false",
    "/exchanges/interop.topic/a.red.blue, true, true",
    "/exchanges/interop.direct/nobody, false, false",
    "/queues/interop.blue, false, true",
    "/queues/interop.missing, false, false",
  })
  void routesByTheToFieldWithoutTarget(String to, boolean red, boolean blue) throws Exception {
    Sender sender = client.connection().openAnonymousSender();
    DeliveryState.Type outcome =
        ProtonJ2Client.outcome(sender, Message.create(to).to(to).durable(true));
    assertThat(outcome).isEqualTo(red || blue ? ACCEPTED : RELEASED);
    assertThat(client.takeAll("interop.red")).hasSize(red ? 1 : 0);
    assertThat(client.takeAll("interop.blue")).hasSize(blue ? 1 : 0);
  }

  @Test
  void answersARequestThroughADynamicReceiver() throws Exception {
    Receiver replies = client.connection().openDynamicReceiver();
    client.publish("/queues/interop.work", Message.create("question").replyTo(replies.address()));
    ProtonJ2Client responder = connect();
    Delivery asked = ProtonJ2Client.next(responder.receiver("interop.work"));
    String replyTo = asked.message().replyTo();
    asked.accept();
    assertThat(responder.publish(replyTo, Message.create("answer"))).isEqualTo(ACCEPTED);
    Delivery reply = replies.receive(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS);
    assertThat(reply.message().body()).isEqualTo("answer");
  }

  @Test
  void routesByHeaders() throws Exception {
    assertThat(publishHeaders(Map.of("colour", "red", "size", 1))).isEqualTo(ACCEPTED);
    assertThat(client.takeAll("interop.red")).as("all match").hasSize(1);
    assertThat(client.takeAll("interop.blue")).as("none of any").isEmpty();

    assertThat(publishHeaders(Map.of("sky", true, "colour", "red"))).isEqualTo(ACCEPTED);
    assertThat(client.takeAll("interop.red")).as("one of all is missing").isEmpty();
    assertThat(client.takeAll("interop.blue")).as("one of any").hasSize(1);

    assertThat(publishHeaders(Map.of("colour", "red", "size", "1"))).isEqualTo(RELEASED);
    assertThat(publishHeaders(Map.of())).isEqualTo(RELEASED);
    assertThat(client.takeAll("interop.red")).as("a string is no number").isEmpty();
    assertThat(client.takeAll("interop.blue")).isEmpty();
  }

  @Test
  void keepsTheOrderOfOneSender() throws Exception {
    Sender sender = client.sender("/exchanges/interop.direct/red");
    List<Object> sent = new ArrayList<>();
    List<Tracker> trackers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      sent.add(i);
      trackers.add(sender.send(Message.create(i).durable(true)));
    }
    for (Tracker tracker : trackers) {
      tracker.awaitAccepted(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS);
    }
    assertThat(client.takeAll("interop.red")).isEqualTo(sent);
  }

  @Test
  void deliversTheBareMessageAsItWasSent() throws Exception {
    byte[] large = new byte[300_000];
    new java.util.SplittableRandom(7).nextBytes(large);
    Message<byte[]> sent =
        Message.create(large)
            .messageId("m-1")
            .correlationId("c-1")
            .subject("s")
            .contentType("application/octet-stream")
            .property("number", 42L)
            .property("text", "grüße");
    client.publish("/exchanges/interop.direct/red", sent);

    Delivery delivery = ProtonJ2Client.next(client.receiver("interop.red"));
    Message<Object> received = delivery.message();
    assertThat(received.body()).isEqualTo(large);
    assertThat(received.messageId()).isEqualTo("m-1");
    assertThat(received.correlationId()).isEqualTo("c-1");
    assertThat(received.subject()).isEqualTo("s");
    assertThat(received.contentType()).isEqualTo("application/octet-stream");
    assertThat(received.property("number")).isEqualTo(42L);
    assertThat(received.property("text")).isEqualTo("grüße");
    assertThat(received.durable()).isTrue();
    assertThat(received.annotation("x-exchange")).isEqualTo("interop.direct");
    assertThat(received.annotation("x-routing-key")).isEqualTo("red");
    delivery.accept();
  }

  @Test
  void removesWhatIsAccepted() throws Exception {
    Delivery delivery = work();
    assertAttempt(delivery, true, 0);
    delivery.accept();
    assertThat(client.takeAll("interop.work")).isEmpty();
    assertThat(client.takeAll("interop.rejected")).isEmpty();
  }

  @Test
  void requeuesWhatIsReleasedWithoutCountingIt() throws Exception {
    Receiver receiver = workReceiver();
    ProtonJ2Client.next(receiver).release();
    Delivery again = ProtonJ2Client.next(receiver);
    assertAttempt(again, false, 0);
    again.accept();
    assertThat(client.takeAll("interop.work")).isEmpty();
  }

  @Test
  void countsWhatIsModifiedAsFailed() throws Exception {
    Receiver receiver = workReceiver();
    ProtonJ2Client.next(receiver).modified(true, false);
    Delivery again = ProtonJ2Client.next(receiver);
    assertAttempt(again, false, 1);
    again.modified(true, false);
    Delivery third = ProtonJ2Client.next(receiver);
    assertAttempt(third, false, 2);
    third.accept();
  }

  @Test
  void requeuesWhatIsModifiedButDidNotFail() throws Exception {
    Receiver receiver = workReceiver();
    Delivery first = ProtonJ2Client.next(receiver);
    first.disposition(DeliveryState.modified(false, false, Map.of("x-note", "later")), true);
    Delivery again = ProtonJ2Client.next(receiver);
    assertAttempt(again, false, 0);
    assertThat(again.message().annotation("x-note")).isEqualTo("later");
    again.accept();
  }

  @Test
  void deadLettersWhatIsRejected() throws Exception {
    Delivery delivery = work();
    delivery.reject("test:broken", "no good");
    assertThat(client.takeAll("interop.work")).isEmpty();
    Delivery dead = ProtonJ2Client.next(client.receiver("interop.rejected"));
    assertThat(dead.message().body()).isEqualTo("job");
    assertAttempt(dead, false, 1);
    assertThat(dead.message().annotation("x-first-death-queue")).isEqualTo("interop.work");
    assertThat(dead.message().annotation("x-first-death-reason")).isEqualTo("rejected");
    assertThat(dead.message().annotation("x-first-death-exchange")).isEqualTo("");
    assertThat(dead.message().annotation("x-opt-deaths")).isNotNull();
    dead.accept();
  }

  @Test
  void deadLettersWhatIsModifiedAsUndeliverable() throws Exception {
    Delivery delivery = work();
    delivery.modified(false, true);
    assertThat(client.takeAll("interop.work")).isEmpty();
    Delivery dead = ProtonJ2Client.next(client.receiver("interop.rejected"));
    assertAttempt(dead, false, 0);
    dead.accept();
  }

  @Test
  void requeuesInPlaceWhenTheLinkIsDetached() throws Exception {
    client.publish("/queues/interop.work", Message.create("first"));
    client.publish("/queues/interop.work", Message.create("second"));
    Receiver receiver = client.receiver("interop.work");
    assertThat(ProtonJ2Client.next(receiver).message().body()).isEqualTo("first");
    receiver.close();

    Receiver next = client.receiver("interop.work");
    Delivery again = ProtonJ2Client.next(next);
    assertThat(again.message().body()).isEqualTo("first");
    assertAttempt(again, false, 0);
    again.accept();
    ProtonJ2Client.next(next).accept();
  }

  @Test
  void countsAsFailedWhatALostConnectionHeld() throws Exception {
    client.publish("/queues/interop.work", Message.create("job"));
    ProtonJ2Client other = connect();
    assertAttempt(ProtonJ2Client.next(other.receiver("interop.work")), true, 0);
    other.close();

    Delivery again = ProtonJ2Client.next(client.receiver("interop.work"));
    assertAttempt(again, false, 1);
    again.accept();
  }

  @Test
  void sharesAQueueAmongItsConsumers() throws Exception {
    Receiver one = client.receiver("interop.work");
    Receiver two = connect().receiver("interop.work");
    one.addCredit(1);
    two.addCredit(1);
    one.openFuture().get(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS);
    two.openFuture().get(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS);
    client.publish("/queues/interop.work", Message.create("a"));
    client.publish("/queues/interop.work", Message.create("b"));
    Delivery first = one.receive(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS);
    Delivery second = two.receive(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS);
    assertThat(List.of(first.message().body(), second.message().body()))
        .containsExactlyInAnyOrder("a", "b");
    first.accept();
    second.accept();
  }

  @Test
  void refusesASenderToAMissingExchange() {
    assertThatThrownBy(() -> client.publish("/exchanges/interop.missing/k", Message.create("x")))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("no exchange 'interop.missing' in vhost '/'");
  }

  @Test
  void refusesAReceiverFromAMissingQueue() {
    assertThatThrownBy(() -> ProtonJ2Client.next(client.receiver("interop.missing")))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("no queue 'interop.missing' in vhost '/'");
  }

  private ProtonJ2Client connect() throws ClientException {
    ProtonJ2Client another = ProtonJ2Client.connect(BROKER.host(), BROKER.amqpPort());
    opened.add(another);
    return another;
  }

  private DeliveryState.Type publishHeaders(Map<String, Object> properties) throws Exception {
    Message<String> message = Message.create("headers");
    for (Map.Entry<String, Object> property : properties.entrySet()) {
      message.property(property.getKey(), property.getValue());
    }
    return client.publish("/exchanges/interop.headers", message);
  }

  private Receiver workReceiver() throws ClientException {
    client.publish("/queues/interop.work", Message.create("job"));
    return client.receiver("interop.work");
  }

  private Delivery work() throws ClientException {
    return ProtonJ2Client.next(workReceiver());
  }

  private static void assertAttempt(Delivery delivery, boolean first, long count)
      throws ClientException {
    assertThat(delivery.message().firstAcquirer()).as("first-acquirer").isEqualTo(first);
    assertThat(delivery.message().deliveryCount()).as("delivery-count").isEqualTo(count);
  }
}
