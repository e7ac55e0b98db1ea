package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that stands still (SIGSTOP) with its connection open. The others go on, the broker holds
 * no more for it than it may, and when it goes on it finds its connection as it was; or, if the
 * idle time-out was shorter, it was cut and its messages are with the others.
 */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
@EnabledOnOs({OS.LINUX, OS.MAC})
class StoppedClientTest {

  private static final String STOPPED = "stop.stopped";
  private static final String LIVELY = "stop.lively";
  private static final int GOES_ON = 2_000;
  private static final int BACKLOG = 40_000;
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final DeliveryLedger lively = new DeliveryLedger(LIVELY, 1);
  private final List<NumberedPublisher> publishers = new ArrayList<>();
  private final List<NumberedConsumer> consumers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private RunningBroker broker;

  @SuppressWarnings("NullAway.Init")
  private BrokerApi api;

  private void start(String idleTimeout) throws IOException, InterruptedException {
    Path config = directory.resolve("stop.yaml");
    Files.writeString(
        config,
        """
        listeners:
          amqp:
            idle-timeout: %s
        journal:
          segment-size: 2MiB
        limits:
          max-message-size: 64KiB
          payload-memory: 4MiB
        virtual-hosts:
          - name: /
            queues:
              - name: %s
              - name: %s
        """
            .formatted(idleTimeout, STOPPED, LIVELY));
    broker = RunningBroker.prepare(config, directory.resolve("data")).withHeap("64m");
    broker.restart();
    api = new BrokerApi(broker.httpPort());
    publish(0, LIVELY, 300, lively);
    consume(lively);
  }

  @AfterEach
  void stopEverything() {
    publishers.forEach(NumberedPublisher::stop);
    consumers.forEach(NumberedConsumer::stop);
    threads.forEach(Thread::interrupt);
    broker.close();
    System.out.println(lively);
  }

  @Test
  void cutsAConsumerThatStandsStillAndGivesItsMessagesToTheOthers() throws Exception {
    start("2s");
    int messages = 100;
    int held = 40;
    try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", broker.amqpPort())) {
      for (int i = 0; i < messages; i++) {
        client.publish("/queues/" + STOPPED, Message.create(new byte[100]).property("number", i));
      }
    }
    try (ClientProcess stopped = ClientProcess.start("hold", broker.amqpPort(), STOPPED, held)) {
      await().atMost(LIMIT).until(() -> stopped.said("got").size() == held);
      stopped.pause();
      awaitUnsettled(held);
      awaitOthersGoOn();
      awaitUnsettled(0);
      takeAll(messages, held);

      stopped.resume();
      await().atMost(LIMIT).until(() -> stopped.said("cut").size() == 1);
      await().atMost(LIMIT).until(() -> stopped.said("connected").size() == 2);
      try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", broker.amqpPort())) {
        client.publish(
            "/queues/" + STOPPED, Message.create(new byte[100]).property("number", messages));
      }
      await().atMost(LIMIT).until(() -> stopped.numbers("got").contains(messages));
    }
    endOthers();
  }

  @Test
  void boundsWhatItHoldsForAConsumerThatStandsStillAndLetsItGoOn() throws Exception {
    start("60s");
    DeliveryLedger backlog = new DeliveryLedger(STOPPED, 1);
    try (ClientProcess stopped =
        ClientProcess.start("accept", broker.amqpPort(), STOPPED, 2 * BACKLOG)) {
      await().atMost(LIMIT).until(() -> stopped.said("connected").size() == 1);
      stopped.pause();
      NumberedPublisher publisher = publish(0, STOPPED, 1_000, backlog);
      publisher.allow(BACKLOG);
      await().atMost(LIMIT).until(() -> backlog.confirmed() == BACKLOG);
      awaitOthersGoOn();
      assertThat(api.node().path("mem_alarm").asBoolean()).as("of 64 MiB of heap").isFalse();

      stopped.resume();
      await().atMost(LIMIT).until(() -> stopped.said("got").size() == BACKLOG);
      assertThat(stopped.numbers("got")).isEqualTo(IntStream.range(0, BACKLOG).boxed().toList());
      assertThat(stopped.said("cut")).as("its connection is the one it had").isEmpty();
      awaitEmpty();
    }
    endOthers();
  }

  @Test
  void goesOnWithAPublisherThatStoodStill() throws Exception {
    start("60s");
    int messages = 20_000;
    try (ClientProcess stopped =
        ClientProcess.start("publish", broker.amqpPort(), STOPPED, messages)) {
      await().atMost(LIMIT).until(() -> stopped.said("confirmed").size() > 500);
      stopped.pause();
      awaitOthersGoOn();

      stopped.resume();
      assertThat(stopped.awaitExit()).isZero();
      await().atMost(LIMIT).until(() -> stopped.said("confirmed").size() == messages);
    }
    takeAll(messages, 0);
    endOthers();
  }

  /** Takes the numbers from 0 on out of the queue, in order; the first so many are marked. */
  private void takeAll(int messages, int marked) throws Exception {
    try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", broker.amqpPort())) {
      Receiver receiver = client.receiver(STOPPED);
      receiver.addCredit(2 * messages);
      for (int i = 0; i < messages; i++) {
        Delivery delivery = receiver.receive(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(delivery).as("message %s", i).isNotNull();
        assertThat(delivery.message().property("number")).isEqualTo(i);
        assertThat(delivery.message().firstAcquirer()).as("message %s", i).isEqualTo(i >= marked);
        delivery.accept();
      }
    }
    awaitEmpty();
  }

  private void awaitUnsettled(int wanted) {
    await()
        .atMost(LIMIT)
        .until(() -> api.queue(STOPPED).path("messages_unacknowledged").asInt(-1) == wanted);
  }

  private void awaitEmpty() {
    await().atMost(LIMIT).until(() -> api.queue(STOPPED).path("messages").asInt(-1) == 0);
  }

  /** Publishing and consuming go on, whoever stands still. */
  private void awaitOthersGoOn() {
    long before = lively.deliveries();
    publishers.get(0).allow(2 * GOES_ON);
    await().atMost(LIMIT).until(() -> lively.deliveries() > before + GOES_ON);
  }

  private void endOthers() {
    publishers.forEach(NumberedPublisher::stop);
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(lively.missing()).as(lively.toString()).isZero());
    lively.checkNothingSkipped();
    assertThat(lively.violations()).isEmpty();
    assertThat(broker.isAlive()).isTrue();
  }

  private NumberedPublisher publish(int number, String queue, int bytes, DeliveryLedger ledger) {
    NumberedPublisher publisher =
        new NumberedPublisher(
            broker.amqpPort(), number, "/queues/" + queue, 100, bytes, List.of(ledger));
    publishers.add(publisher);
    start(publisher);
    return publisher;
  }

  private void consume(DeliveryLedger ledger) {
    NumberedConsumer consumer =
        new NumberedConsumer(broker.amqpPort(), ledger, new SplittableRandom(1));
    consumers.add(consumer);
    start(consumer);
  }

  private void start(Runnable work) {
    Thread thread = new Thread(work, "load-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }
}
