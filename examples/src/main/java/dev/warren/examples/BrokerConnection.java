package dev.warren.examples;

import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.DeliveryState;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.Tracker;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the broker, and the few calls the examples make on it. Nothing here is special to
 * Warren: it is the client library with the time-outs filled in.
 */
final class BrokerConnection implements AutoCloseable {

  /** How long the broker may take to do any one thing. */
  static final long PATIENCE_S = 20;

  private final Client client;
  private final Connection connection;

  private BrokerConnection(Client client, Connection connection) {
    this.client = client;
    this.connection = connection;
  }

  static BrokerConnection open(BrokerUrl url) throws ClientException {
    ConnectionOptions options =
        new ConnectionOptions()
            .user(url.user())
            .password(url.password())
            .openTimeout(PATIENCE_S, TimeUnit.SECONDS)
            .requestTimeout(PATIENCE_S, TimeUnit.SECONDS)
            .sendTimeout(PATIENCE_S, TimeUnit.SECONDS)
            .closeTimeout(PATIENCE_S, TimeUnit.SECONDS);
    Client client = Client.create();
    try {
      return new BrokerConnection(client, client.connect(url.host(), url.port(), options));
    } catch (ClientException e) {
      client.close();
      throw e;
    }
  }

  /** A sender to one address, for example {@code /exchanges/signup/email}. */
  Sender sender(String address) throws ClientException {
    return connection.openSender(address);
  }

  /** A sender whose messages each say where they go, in their {@code to} field. */
  Sender anonymousSender() throws ClientException {
    return connection.openAnonymousSender();
  }

  /** A receiver that settles nothing by itself and asks for messages only when told to. */
  Receiver receiver(String address) throws ClientException {
    return connection.openReceiver(
        address, new ReceiverOptions().autoAccept(false).autoSettle(false).creditWindow(0));
  }

  /**
   * Sends one message and waits until the broker has taken responsibility for it.
   *
   * @throws UnexpectedTurnException if the outcome is not accepted
   */
  static void publish(Sender sender, Message<?> message) throws ClientException {
    Tracker tracker = sender.send(message);
    tracker.awaitSettlement(PATIENCE_S, TimeUnit.SECONDS);
    DeliveryState outcome = tracker.remoteState();
    if (outcome == null || !outcome.isAccepted()) {
      throw new UnexpectedTurnException("a message was not accepted but " + describe(outcome));
    }
  }

  /**
   * Asks for one message and waits for it.
   *
   * @throws UnexpectedTurnException if none comes
   */
  static Delivery next(Receiver receiver) throws ClientException {
    receiver.addCredit(1);
    Delivery delivery = receiver.receive(PATIENCE_S, TimeUnit.SECONDS);
    if (delivery == null) {
      throw new UnexpectedTurnException("no message came from " + receiver.address());
    }
    return delivery;
  }

  /** Whether this may be a second attempt: somebody had the message before, or tried and failed. */
  static boolean isRedelivered(Delivery delivery) throws ClientException {
    return !delivery.message().firstAcquirer() || delivery.message().deliveryCount() > 0;
  }

  private static String describe(@Nullable DeliveryState outcome) {
    return outcome == null ? "forgotten" : String.valueOf(outcome.getType());
  }

  @Override
  public void close() {
    connection.close();
    client.close();
  }
}
