package dev.warren.server.interop;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/**
 * A client that is a process of its own, so that a test can stop it with a signal. It says what it
 * does, a line each; when its connection is cut it says so and connects again.
 *
 * <pre>
 * publish PORT QUEUE COUNT     publishes, says "confirmed N" and ends when all are
 * hold    PORT QUEUE CREDIT    says "got N" and settles nothing
 * accept  PORT QUEUE CREDIT    says "got N" and accepts
 * </pre>
 */
final class ClientProgram {

  private static final int WINDOW = 50;
  private static final int PAYLOAD_BYTES = 500;
  private static final long POLL_MS = 20;

  private final int port;
  private final String queue;
  private final int number;

  private ClientProgram(int port, String queue, int number) {
    this.port = port;
    this.queue = queue;
    this.number = number;
  }

  public static void main(String[] arguments) {
    ClientProgram program =
        new ClientProgram(
            Integer.parseInt(arguments[1]), arguments[2], Integer.parseInt(arguments[3]));
    switch (arguments[0]) {
      case "publish" -> program.publish();
      case "hold" -> program.consume(false);
      case "accept" -> program.consume(true);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private void publish() {
    ConfirmLedger said = (publisher, confirmed) -> say("confirmed " + confirmed);
    NumberedPublisher publisher =
        new NumberedPublisher(port, 0, "/queues/" + queue, WINDOW, PAYLOAD_BYTES, List.of(said));
    publisher.publishExactly(number);
  }

  private void consume(boolean accepts) {
    while (true) {
      try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", port)) {
        ReceiverOptions options =
            new ReceiverOptions()
                .autoAccept(false)
                .autoSettle(false)
                .creditWindow(accepts ? number : 0);
        Receiver receiver = client.connection().openReceiver("/queues/" + queue, options);
        if (!accepts) {
          receiver.addCredit(number);
        }
        receiver.openFuture().get(ProtonJ2Client.LIMIT_S, TimeUnit.SECONDS);
        say("connected");
        while (true) {
          Delivery delivery = receiver.receive();
          say("got " + delivery.message().property("number"));
          if (accepts) {
            delivery.accept();
          }
        }
      } catch (ClientException | java.util.concurrent.ExecutionException e) {
        say("cut " + e.getMessage());
      } catch (java.util.concurrent.TimeoutException e) {
        say("cut no answer");
      } catch (InterruptedException e) {
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
    }
  }

  private static void say(String what) {
    System.out.println(what);
  }
}
