package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** While others send damaged streams to the same port, a connection gets every message through. */
class FuzzNeighbourTest {
  private static final int MESSAGES = 100;
  private static final int INPUTS_MIN = 300;
  private static final long SEED = 4711;

  @TempDir Path directory;

  @Test
  @Timeout(120)
  void aConnectionBesideDamagedOnesGetsEveryMessageThrough() throws Exception {
    try (BrokerHarness harness = BrokerHarness.start(directory, BrokerHarness.options());
        RawPeer publisher = new RawPeer(harness.port());
        RawPeer consumer = new RawPeer(harness.port())) {
      publisher.begin().attachSender(0, "/queues/neighbour");
      publisher.next(Flow.class);
      consumer.begin().attachReceiver(0, "/queues/neighbour");
      consumer.credit(0, 0, 1000, false, false);
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger inputs = new AtomicInteger();
      Thread fuzzer = new Thread(() -> damage(harness.port(), over, inputs), "fuzzer");
      fuzzer.start();
      try {
        int number = 0;
        while (number < MESSAGES || inputs.get() < INPUTS_MIN) {
          roundTrip(publisher, consumer, number++);
          assertThat(fuzzer.isAlive()).isTrue();
        }
      } finally {
        over.set(true);
        fuzzer.join();
      }
    }
  }

  private static void roundTrip(RawPeer publisher, RawPeer consumer, int number)
      throws IOException {
    byte[] message = RawPeer.message("number " + number);
    publisher.transfer(RawPeer.transfer(0, number), message);
    assertThat(publisher.next(Disposition.class).getState()).isInstanceOf(Accepted.class);
    RawPeer.Frame delivered = consumer.nextFrame(Transfer.class);
    assertThat(new String(delivered.payload(), StandardCharsets.UTF_8))
        .as("seed %s", SEED)
        .endsWith("number " + number);
    Disposition settled = new Disposition();
    settled.setRole(Role.RECEIVER);
    settled.setFirst(UnsignedInteger.valueOf(number));
    settled.setSettled(true);
    settled.setState(Accepted.getInstance());
    consumer.send(0, settled);
    consumer.credit(0, number + 1, 1000, false, false);
  }

  private static void damage(int port, AtomicBoolean over, AtomicInteger inputs) {
    List<List<byte[]>> streams = new FuzzStreams().all();
    SplittableRandom random = new SplittableRandom(SEED);
    while (!over.get()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        OutputStream out = socket.getOutputStream();
        out.write(FuzzInput.of(streams, random.nextLong()).bytes());
        out.flush();
        // The next one comes when this one is done with, or the machine is what gives way first.
        socket.shutdownOutput();
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      } catch (IOException refused) {
        // The broker may close such a connection before it has read all of it.
      }
      inputs.incrementAndGet();
    }
  }
}
