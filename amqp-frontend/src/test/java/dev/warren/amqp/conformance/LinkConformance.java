package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.AmqpServerOptions;
import dev.warren.amqp.RawPeer;
import dev.warren.core.broker.Actor;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.message.AmqpReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Role;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;

/** What the classes about links share: messages in a queue, and what became of them. */
abstract class LinkConformance extends Conformance {
  private int queues;

  /** Unsettled deliveries of one link that are kept, so also those a publisher may have. */
  static final int UNSETTLED_MAX = 24;

  @Override
  AmqpServerOptions options() {
    return super.options()
        .withSuspension(new AmqpServerOptions.Suspension(86_400_000, 100, 100, UNSETTLED_MAX, 100));
  }

  /** A queue for one test alone. */
  String queue = "";

  @BeforeEach
  final void newQueue() {
    queue = "queue-" + queues++;
    try {
      harness
          .broker
          .virtualHost("/")
          .orElseThrow()
          .by(Actor.BROKER)
          .declareQueue(QueueDeclaration.durable(queue, Map.of()))
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  final String address() {
    return "/queues/" + queue;
  }

  final void publish(String body) throws IOException {
    publish(address(), body);
  }

  final void awaitMessages(long ready, long unsettled) {
    Awaitility.await()
        .untilAsserted(
            () -> {
              Management.QueueFigures figures =
                  harness.broker.management().queue("/", queue).orElseThrow().figures();
              assertThat(List.of(figures.ready(), figures.unsettled()))
                  .as("ready and unsettled messages of %s", queue)
                  .containsExactly(ready, unsettled);
            });
  }

  static Disposition accepted(int id) {
    Disposition disposition = new Disposition();
    disposition.setRole(Role.RECEIVER);
    disposition.setFirst(UnsignedInteger.valueOf(id));
    disposition.setState(Accepted.getInstance());
    disposition.setSettled(true);
    return disposition;
  }

  static String body(RawPeer.Frame transfer) {
    AmqpReader reader = new AmqpReader(transfer.payload(), 0, transfer.payload().length);
    while (reader.readDescriptor() != 0x75) {
      reader.skipValue();
    }
    return StandardCharsets.UTF_8
        .decode((ByteBuffer) Objects.requireNonNull(reader.readValue()))
        .toString();
  }

  /** [3.2.1] the last field of the header. */
  static long deliveryCount(RawPeer.Frame transfer) {
    AmqpReader reader = new AmqpReader(transfer.payload(), 0, transfer.payload().length);
    assertThat(reader.readDescriptor()).isEqualTo(0x70);
    List<?> header = (List<?>) Objects.requireNonNull(reader.readValue());
    return ((Number) Objects.requireNonNull(header.get(4))).longValue();
  }
}
