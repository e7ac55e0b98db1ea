package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

/** A connection of the protonj2 client, with every wait bounded. Owned by one test thread. */
final class ProtonJ2Client implements AutoCloseable {

  static final long LIMIT_S = 20;

  private final Client client;
  private final Connection connection;

  private ProtonJ2Client(Client client, Connection connection) {
    this.client = client;
    this.connection = connection;
  }

  static ProtonJ2Client connect(String host, int port) throws ClientException {
    ConnectionOptions options =
        new ConnectionOptions()
            .user("guest")
            .password("guest")
            .openTimeout(LIMIT_S, TimeUnit.SECONDS)
            .requestTimeout(LIMIT_S, TimeUnit.SECONDS)
            .sendTimeout(LIMIT_S, TimeUnit.SECONDS)
            .closeTimeout(LIMIT_S, TimeUnit.SECONDS);
    Client client = Client.create();
    try {
      Connection connection = client.connect(host, port, options);
      connection.openFuture().get(LIMIT_S, TimeUnit.SECONDS);
      return new ProtonJ2Client(client, connection);
    } catch (ClientException | ExecutionException | TimeoutException e) {
      client.close();
      throw e instanceof ClientException known
          ? known
          : new ClientException("cannot connect to " + host + ":" + port, e);
    } catch (InterruptedException e) {
      client.close();
      Thread.currentThread().interrupt();
      throw new ClientException("interrupted while connecting", e);
    }
  }

  Connection connection() {
    return connection;
  }

  Sender sender(String address) throws ClientException {
    return connection.openSender(address);
  }

  /** A receiver without credit that settles nothing by itself. */
  Receiver receiver(String queue) throws ClientException {
    return connection.openReceiver(
        "/queues/" + queue,
        new ReceiverOptions().autoAccept(false).autoSettle(false).creditWindow(0));
  }

  /** Sends and returns the broker's outcome. */
  static DeliveryState.Type outcome(Sender sender, Message<?> message) throws ClientException {
    Tracker tracker = sender.send(message);
    tracker.awaitSettlement(LIMIT_S, TimeUnit.SECONDS);
    assertThat(tracker.remoteSettled()).as("settled by the broker").isTrue();
    return tracker.remoteState().getType();
  }

  /** Sends to an address through a link of its own and returns the broker's outcome. */
  DeliveryState.Type publish(String address, Message<?> message) throws ClientException {
    Sender sender = sender(address);
    try {
      return outcome(sender, message.durable(true));
    } finally {
      sender.close();
    }
  }

  /** The next delivery; the test fails if none comes. */
  static Delivery next(Receiver receiver) throws ClientException {
    receiver.addCredit(1);
    Delivery delivery = receiver.receive(LIMIT_S, TimeUnit.SECONDS);
    assertThat(delivery).as("a message from %s", receiver.address()).isNotNull();
    return delivery;
  }

  /** Accepts everything that is ready in a queue; draining says when that is all. */
  List<Object> takeAll(String queue) throws Exception {
    List<Object> bodies = new ArrayList<>();
    Receiver receiver = receiver(queue);
    try {
      receiver.addCredit(100);
      receiver.drain().get(LIMIT_S, TimeUnit.SECONDS);
      Delivery delivery = receiver.tryReceive();
      while (delivery != null) {
        bodies.add(delivery.message().body());
        delivery.accept();
        delivery = receiver.tryReceive();
      }
    } finally {
      receiver.close();
    }
    return bodies;
  }

  @Override
  public void close() {
    connection.close();
    client.close();
  }
}
