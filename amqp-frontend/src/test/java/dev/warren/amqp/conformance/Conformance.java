package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.AmqpServerOptions;
import dev.warren.amqp.BrokerHarness;
import dev.warren.amqp.RawPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the classes of this suite share: a broker of their own, a peer for each test, and a
 * neighbour which must still be served when the test is over.
 */
@DisplayNameGeneration(SpecNames.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
abstract class Conformance {
  BrokerHarness harness;
  RawPeer peer;
  private RawPeer neighbour;

  @BeforeAll
  void start(@TempDir Path directory) {
    harness = BrokerHarness.start(directory, options());
  }

  @AfterAll
  void stop() {
    harness.close();
  }

  /** The server's settings, for a class that needs its own. */
  AmqpServerOptions options() {
    return BrokerHarness.options();
  }

  @BeforeEach
  void connect() throws IOException {
    neighbour = connected().begin().attachSender(0, "/queues/neighbour");
    neighbour.next(Flow.class);
    peer = connected();
  }

  /** One more peer, which has said nothing yet. */
  final RawPeer connected() throws IOException {
    return new RawPeer(harness.port());
  }

  @AfterEach
  void othersNoticeNothing() throws IOException {
    neighbour.transfer(RawPeer.transfer(0, 0), RawPeer.message("still here"));
    assertThat(neighbour.next(Disposition.class).getState()).hasToString("Accepted{}");
    neighbour.close();
    peer.close();
  }

  /** Sends all in one write, since the server may close the socket after the first of it. */
  final void sendAtOnce(byte[]... parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    peer.send(all.toByteArray());
  }

  /** Publishes a message on a connection of its own. */
  final void publish(String address, String body) throws IOException {
    try (RawPeer publisher = connected().begin().attachSender(0, address)) {
      publisher.next(Flow.class);
      publisher.transfer(RawPeer.transfer(0, 0), RawPeer.message(body));
      assertThat(publisher.next(Disposition.class).getState()).hasToString("Accepted{}");
    }
  }

  /** Takes all messages out of a queue and tells how many there were. */
  final int empty(String address) throws IOException {
    try (RawPeer reader = connected().begin()) {
      reader.attachReceiver(0, address).credit(0, 0, 1000, true, false);
      int count = 0;
      Object body = reader.readFrame().body();
      while (!(body instanceof Flow)) {
        if (body instanceof Transfer) {
          reader.send(0, SessionsTest.accepted(count++));
        }
        body = reader.readFrame().body();
      }
      reader.send(0, new Close());
      reader.next(Close.class);
      return count;
    }
  }

  /** The condition of an error a peer was told, or null if there was none. */
  static @Nullable String condition(@Nullable ErrorCondition error) {
    return error == null || error.getCondition() == null ? null : error.getCondition().toString();
  }
}
