package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that stands still (SIGSTOP) for some seconds under load, as a virtual machine does that
 * is moved. Whoever is patient goes on with the connection it had; whoever was cut comes back.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@EnabledOnOs({OS.LINUX, OS.MAC})
class StoppedBrokerTest {

  private static final int GOES_ON = 2_000;
  private static final int MORE_THAN_NEEDED = 1_000_000;
  private static final long STOPPED_MS = 3_000;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final DeliveryLedger ledger = new DeliveryLedger("stop.work", 2);
  private final List<NumberedPublisher> publishers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private RunningBroker broker;

  @SuppressWarnings("NullAway.Init")
  private BrokerApi api;

  @SuppressWarnings("NullAway.Init")
  private NumberedConsumer consumer;

  private void start(String idleTimeout) throws IOException, InterruptedException {
    Path config = directory.resolve("stop.yaml");
    Files.writeString(
        config,
        """
        listeners:
          amqp:
            idle-timeout: %s
        virtual-hosts:
          - name: /
            queues:
              - name: stop.work
        """
            .formatted(idleTimeout));
    broker = RunningBroker.start(config, directory.resolve("data"));
    api = new BrokerApi(broker.httpPort());
    int port = broker.amqpPort();
    publishers.add(new NumberedPublisher(port, 0, "/queues/stop.work", 50, List.of(ledger)));
    publishers.add(new NumberedPublisher(port, 1, "/queues/stop.work", 200, List.of(ledger)));
    consumer = new NumberedConsumer(port, ledger, new SplittableRandom(1));
    publishers.forEach(this::start);
    start(consumer);
    publishers.forEach(publisher -> publisher.allow(MORE_THAN_NEEDED));
    awaitLoad();
  }

  @AfterEach
  void stopEverything() throws InterruptedException {
    publishers.forEach(NumberedPublisher::stop);
    consumer.stop();
    threads.forEach(Thread::interrupt);
    broker.close();
    System.out.println(ledger);
  }

  @Test
  void goesOnWithTheConnectionsItHad() throws Exception {
    start("30s");
    await().atMost(LIMIT).until(() -> api.connections().size() == 3);
    Set<String> before = api.connections();
    standStill();
    awaitLoad();
    assertThat(api.connections()).isEqualTo(before);
    endAndCheck();
    assertThat(ledger.redeliveries()).isZero();
  }

  @Test
  void losesNothingWhenItStoodStillForLongerThanTheIdleTimeOut() throws Exception {
    start("1s");
    standStill();
    awaitLoad();
    endAndCheck();
  }

  private void standStill() throws InterruptedException {
    Commands.pause(broker.pid());
    assertThat(broker.endsWithin(STOPPED_MS)).isFalse();
    Commands.resume(broker.pid());
  }

  private void awaitLoad() {
    long before = ledger.deliveries();
    int confirmed = ledger.confirmed();
    await()
        .atMost(LIMIT)
        .until(
            () ->
                ledger.deliveries() > before + GOES_ON && ledger.confirmed() > confirmed + GOES_ON);
  }

  private void endAndCheck() throws InterruptedException {
    publishers.forEach(NumberedPublisher::stop);
    for (Thread publisher : threads.subList(0, publishers.size())) {
      publisher.join(LIMIT.toMillis());
      assertThat(publisher.isAlive()).as("a publisher waits for confirms").isFalse();
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(ledger.missing()).as(ledger.toString()).isZero());
    ledger.checkNothingSkipped();
    assertThat(ledger.violations()).isEmpty();
  }

  private void start(Runnable work) {
    Thread thread = new Thread(work, "load-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }
}
