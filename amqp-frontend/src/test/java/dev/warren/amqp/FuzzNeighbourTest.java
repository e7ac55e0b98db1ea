package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
        Neighbour neighbour = new Neighbour(harness.port())) {
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger inputs = new AtomicInteger();
      Thread fuzzer = new Thread(() -> damage(harness.port(), over, inputs), "fuzzer");
      fuzzer.start();
      try {
        int number = 0;
        while (number < MESSAGES || inputs.get() < INPUTS_MIN) {
          neighbour.roundTrip("seed " + SEED);
          number++;
          assertThat(fuzzer.isAlive()).isTrue();
        }
      } finally {
        over.set(true);
        fuzzer.join();
      }
    }
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
