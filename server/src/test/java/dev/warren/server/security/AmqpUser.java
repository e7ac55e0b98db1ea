package dev.warren.server.security;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.DeliveryMode;
import org.apache.qpid.protonj2.client.DistributionMode;
import org.apache.qpid.protonj2.client.ErrorCondition;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.SenderOptions;
import org.apache.qpid.protonj2.client.Session;
import org.apache.qpid.protonj2.client.Tracker;
import org.apache.qpid.protonj2.client.exceptions.ClientResourceRemotelyClosedException;

/**
 * Somebody who is connected by AMQP 1.0 to the virtual host {@code m}, with his name as password.
 * What he may not do fails with the client's exception. Owned by one test thread.
 */
final class AmqpUser implements AutoCloseable {
  static final long LIMIT_S = 20;
  private static final String MANAGEMENT = "/management";

  private static final Pattern REFUSAL = Pattern.compile("(.*) \\[condition = (.*)]");

  private final Client client;
  private final Connection connection;

  private AmqpUser(Client client, Connection connection) {
    this.client = client;
    this.connection = connection;
  }

  static AmqpUser connect(int port, String name) throws Exception {
    return connect(port, name, name);
  }

  static AmqpUser connect(int port, String name, String password) throws Exception {
    return connect(port, name, password, "vhost:m");
  }

  static AmqpUser connect(int port, String name, String password, String hostname)
      throws Exception {
    Client client = Client.create();
    try {
      Connection connection =
          client.connect(
              "127.0.0.1",
              port,
              new ConnectionOptions()
                  .user(name)
                  .password(password)
                  .virtualHost(hostname)
                  .openTimeout(LIMIT_S, TimeUnit.SECONDS)
                  .requestTimeout(LIMIT_S, TimeUnit.SECONDS)
                  .sendTimeout(LIMIT_S, TimeUnit.SECONDS)
                  .closeTimeout(LIMIT_S, TimeUnit.SECONDS));
      connection.openFuture().get(LIMIT_S, TimeUnit.SECONDS);
      return new AmqpUser(client, connection);
    } catch (Exception e) {
      client.close();
      throw e;
    }
  }

  /** What the broker said: condition, colon, description; the failure itself if it said nothing. */
  static String said(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClientResourceRemotelyClosedException closed
          && closed.getErrorCondition() != null) {
        ErrorCondition condition = closed.getErrorCondition();
        return condition.condition() + ": " + condition.description();
      }
    }
    // What refuses a connection comes as text only.
    Matcher text = REFUSAL.matcher(String.valueOf(failure.getMessage()));
    return text.find() ? text.group(2) + ": " + text.group(1) : "nothing said: " + failure;
  }

  Connection connection() {
    return connection;
  }

  /** A sender whose link is open. */
  Sender sender(String address) throws Exception {
    Sender sender = connection.openSender(address);
    sender.openFuture().get(LIMIT_S, TimeUnit.SECONDS);
    return sender;
  }

  /** A receiver whose link is open. */
  Receiver receiver(String address, ReceiverOptions options) throws Exception {
    Receiver receiver = connection.openReceiver(address, options);
    receiver.openFuture().get(LIMIT_S, TimeUnit.SECONDS);
    return receiver;
  }

  void publish(String address, Map<String, Object> annotations) throws Exception {
    send(sender(address), message(annotations));
  }

  /** In a transaction, which is committed. */
  void publishInTransaction(String address) throws Exception {
    try (Session session = connection.openSession()) {
      session.openFuture().get(LIMIT_S, TimeUnit.SECONDS);
      session.beginTransaction();
      Sender sender = session.openSender(address);
      sender.openFuture().get(LIMIT_S, TimeUnit.SECONDS);
      sender.send(message(Map.of()));
      session.commitTransaction();
    }
  }

  /** A message that says it is somebody else's, and what became of it. */
  String publishAs(String address, String userId) throws Exception {
    Message<String> message = message(Map.of()).userId(userId.getBytes(StandardCharsets.UTF_8));
    Tracker tracker = sender(address).send(message);
    tracker.settlementFuture().get(LIMIT_S, TimeUnit.SECONDS);
    return tracker.remoteState().getType().name();
  }

  /** By the anonymous terminus. */
  void publishTo(String address, Map<String, Object> annotations) throws Exception {
    Sender sender = connection.openAnonymousSender();
    sender.openFuture().get(LIMIT_S, TimeUnit.SECONDS);
    send(sender, message(annotations).to(address));
  }

  private static Message<String> message(Map<String, Object> annotations) throws Exception {
    Message<String> message = Message.create("text").durable(true);
    for (Map.Entry<String, Object> annotation : annotations.entrySet()) {
      message.annotation(annotation.getKey(), annotation.getValue());
    }
    return message;
  }

  /** Sends it and waits for its outcome, whatever that is. */
  static void send(Sender sender, Message<?> message) throws Exception {
    Tracker tracker = sender.send(message);
    tracker.settlementFuture().get(LIMIT_S, TimeUnit.SECONDS);
  }

  void consume(String address, boolean copies) throws Exception {
    ReceiverOptions options = new ReceiverOptions().creditWindow(0);
    if (copies) {
      options.sourceOptions().distributionMode(DistributionMode.COPY);
    }
    receiver(address, options);
  }

  /** As a JMS consumer of a topic does. */
  void subscribe(String address) throws Exception {
    ReceiverOptions options = new ReceiverOptions().creditWindow(0);
    options.sourceOptions().capabilities("topic");
    receiver(address, options);
  }

  /** As a JMS client with a durable subscription does. */
  void subscribeDurably(String address) throws Exception {
    ReceiverOptions options = new ReceiverOptions().creditWindow(0);
    options.sourceOptions().capabilities("topic");
    connection
        .openDurableReceiver(address, "lasting", options)
        .openFuture()
        .get(LIMIT_S, TimeUnit.SECONDS);
  }

  void receiveFromTemporaryQueue() throws Exception {
    receiveFrom("temporary-queue");
  }

  void receiveFromTemporaryTopic() throws Exception {
    receiveFrom("temporary-topic");
  }

  private void receiveFrom(String kind) throws Exception {
    ReceiverOptions options = new ReceiverOptions().creditWindow(0);
    options.sourceOptions().capabilities(kind);
    connection.openDynamicReceiver(options).openFuture().get(LIMIT_S, TimeUnit.SECONDS);
  }

  void receiveReplies() throws Exception {
    ReceiverOptions options = new ReceiverOptions().creditWindow(0).autoSettle(true);
    options.deliveryMode(DeliveryMode.AT_MOST_ONCE);
    options.sourceOptions().capabilities("rabbitmq:volatile-queue");
    connection.openDynamicReceiver(options).openFuture().get(LIMIT_S, TimeUnit.SECONDS);
  }

  /** A request to the management node; returns the status, which is a success. */
  int manage(String method, String path, Object body) throws Exception {
    int status = status(method, path, body);
    if (status / 100 != 2) {
      throw new ExecutionException(method + " " + path + ": status " + status, null);
    }
    return status;
  }

  /** A request to the management node; returns the status. */
  int status(String method, String path, Object body) throws Exception {
    Map<String, Object> paired = Map.of("paired", true);
    SenderOptions to =
        new SenderOptions()
            .linkName("pair")
            .properties(paired)
            .deliveryMode(DeliveryMode.AT_MOST_ONCE);
    ReceiverOptions from =
        new ReceiverOptions()
            .linkName("pair")
            .properties(paired)
            .deliveryMode(DeliveryMode.AT_MOST_ONCE)
            .creditWindow(1);
    Receiver answers = receiver(MANAGEMENT, from);
    Sender requests = connection.openSender(MANAGEMENT, to);
    requests.openFuture().get(LIMIT_S, TimeUnit.SECONDS);
    Message<?> request =
        Message.create(body).messageId("1").to(path).subject(method).replyTo("$me");
    requests.send(request);
    Delivery answer = answers.receive(LIMIT_S, TimeUnit.SECONDS);
    if (answer == null) {
      throw new ExecutionException("no answer to " + method + " " + path, null);
    }
    return Integer.parseInt(answer.message().subject());
  }

  @Override
  public void close() {
    connection.close();
    client.close();
  }
}
