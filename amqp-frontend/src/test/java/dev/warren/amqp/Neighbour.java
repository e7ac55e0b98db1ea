package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;

/** A publisher and a consumer who mean no harm and want to be served while others do. */
final class Neighbour implements AutoCloseable {
  private final RawPeer publisher;
  private final RawPeer consumer;
  private int number;

  /** Both on connections of their own. */
  Neighbour(int port) throws IOException {
    publisher = new RawPeer(port);
    consumer = new RawPeer(port);
    publisher.begin().attachSender(0, "/queues/neighbour");
    publisher.next(Flow.class);
    consumer.begin().attachReceiver(0, "/queues/neighbour");
    consumer.credit(0, 0, 1000, false, false);
  }

  /** A message is published, confirmed, delivered and accepted. */
  void roundTrip(String about) throws IOException {
    byte[] message = RawPeer.message("number " + number);
    publisher.transfer(RawPeer.transfer(0, number), message);
    assertThat(publisher.next(Disposition.class).getState()).isInstanceOf(Accepted.class);
    RawPeer.Frame delivered = consumer.nextFrame(Transfer.class);
    assertThat(new String(delivered.payload(), StandardCharsets.UTF_8))
        .as(about)
        .endsWith("number " + number);
    Disposition settled = new Disposition();
    settled.setRole(Role.RECEIVER);
    settled.setFirst(UnsignedInteger.valueOf(number));
    settled.setSettled(true);
    settled.setState(Accepted.getInstance());
    consumer.send(0, settled);
    number++;
    consumer.credit(0, number, 1000, false, false);
  }

  @Override
  public void close() throws IOException {
    publisher.close();
    consumer.close();
  }
}
