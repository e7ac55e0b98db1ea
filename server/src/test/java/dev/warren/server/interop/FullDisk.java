package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.server.interop.SmallFileSystem.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Sender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that fills up while messages are published, with the alarm for free space and without it,
 * by the broker's own files and by those of somebody else. Publishers lose credit and the API says
 * why; consumers go on; when there is room publishers go on by themselves; nothing confirmed is
 * lost, not even by {@code kill -9} on the full disk.
 *
 * <p>Needs root, to mount a small file system; skipped without.
 */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
abstract class FullDisk {

  private static final String QUEUE = "disk.work";
  private static final int MEGABYTES = 20;
  private static final int PAYLOAD_BYTES = 4_000;
  private static final int MORE_THAN_FITS = 1_000_000;
  private static final long DISK_FREE_LIMIT = 6_000_000;
  private static final int GOES_ON = 500;
  private static final Duration PACE = Duration.ofMillis(50);
  private static final int PACE_MESSAGES = 60;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Kind kind;
  private final DeliveryLedger ledger = new DeliveryLedger(QUEUE, 1);
  private final List<Thread> threads = new ArrayList<>();

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private SmallFileSystem disk;

  @SuppressWarnings("NullAway.Init")
  private RunningBroker broker;

  @SuppressWarnings("NullAway.Init")
  private BrokerApi api;

  @SuppressWarnings("NullAway.Init")
  private NumberedPublisher publisher;

  @SuppressWarnings("NullAway.Init")
  private NumberedConsumer consumer;

  FullDisk(Kind kind) {
    this.kind = kind;
  }

  private void start(long diskFreeLimit) throws Exception {
    disk = SmallFileSystem.mount(kind, directory, MEGABYTES);
    Path config = directory.resolve("disk.yaml");
    Files.writeString(
        config,
        """
        journal:
          segment-size: 512KiB
        limits:
          max-message-size: 64KiB
          disk-free-limit: %dB
        virtual-hosts:
          - name: /
            queues:
              - name: %s
        """
            .formatted(diskFreeLimit, QUEUE));
    broker = RunningBroker.start(config, disk.data());
    api = new BrokerApi(broker.httpPort());
    int port = broker.amqpPort();
    publisher =
        new NumberedPublisher(port, 0, "/queues/" + QUEUE, 100, PAYLOAD_BYTES, List.of(ledger));
    consumer = new NumberedConsumer(port, ledger, new SplittableRandom(1));
  }

  @AfterEach
  void stopEverything() {
    // Nothing is there when the file system could not be mounted.
    if (publisher != null) {
      publisher.stop();
      consumer.stop();
      threads.forEach(Thread::interrupt);
    }
    if (broker != null) {
      broker.close();
    }
    if (disk != null) {
      disk.close();
    }
    System.out.println(ledger);
  }

  @Test
  void raisesAnAlarmBeforeTheDiskIsFullAndGoesOnWhenItIsDrained() throws Exception {
    start(DISK_FREE_LIMIT);
    publishSlowlyUntilTheAlarm();
    awaitBlocked();
    checkThatNobodyHasCredit();
    assertThat(disk.freeBytes()).as("the alarm came early enough").isPositive();
    assertThat(api.node().path("disk_free").asLong()).isLessThan(DISK_FREE_LIMIT);
    assertThat(api.node().path("disk_free_limit").asLong()).isEqualTo(DISK_FREE_LIMIT);
    assertThat(broker.output()).doesNotContain("journal has no room");

    start(consumer);
    publisher.allow(MORE_THAN_FITS);
    awaitPublishingGoesOn();
    endAndCheck();
  }

  @Test
  void fillsTheDiskWithoutAnAlarmAndGoesOnWhenItIsDrained() throws Exception {
    start(0);
    publisher.allow(MORE_THAN_FITS);
    start(publisher);
    awaitBlocked();
    checkThatNobodyHasCredit();
    assertThat(broker.output()).contains("journal has no room");

    start(consumer);
    awaitPublishingGoesOn();
    assertThat(broker.output()).contains("journal has room again");
    endAndCheck();
  }

  @Test
  void goesOnWhenSomebodyElseMakesRoom() throws Exception {
    start(0);
    publisher.allow(GOES_ON);
    start(publisher);
    await().atMost(LIMIT).until(() -> ledger.confirmed() == GOES_ON);
    disk.fillUp();
    publisher.allow(MORE_THAN_FITS);
    awaitBlocked();

    int before = ledger.confirmed();
    disk.makeRoom();
    await().atMost(LIMIT).until(() -> ledger.confirmed() > before + GOES_ON);
    start(consumer);
    endAndCheck();
  }

  @Test
  void survivesKillsOnAFullDisk() throws Exception {
    start(0);
    publisher.allow(GOES_ON);
    start(publisher);
    await().atMost(LIMIT).until(() -> ledger.confirmed() == GOES_ON);
    disk.fillUp();
    publisher.allow(MORE_THAN_FITS);
    awaitBlocked();

    broker.kill();
    broker.restart();
    awaitBlocked();
    broker.kill();
    // There is not even room for the process id.
    Files.deleteIfExists(disk.data().resolve("lock"));
    disk.fillUp();
    broker.launch();
    assertThat(broker.endsWithin(400)).as(broker.output()).isFalse();
    broker.kill();
    broker.restart();
    awaitBlocked();

    // Settlements have their place even now, and what they free is written to next.
    start(consumer);
    await().atMost(LIMIT).until(() -> ledger.missing() == 0);
    awaitPublishingGoesOn();
    disk.makeRoom();
    endAndCheck();
  }

  /** The free space is looked at four times a second, so a small disk must not fill up faster. */
  private void publishSlowlyUntilTheAlarm() {
    start(publisher);
    await()
        .atMost(LIMIT)
        .pollInterval(PACE)
        .until(
            () -> {
              publisher.allow(PACE_MESSAGES);
              return api.node().path("disk_free_alarm").asBoolean();
            });
  }

  private void checkThatNobodyHasCredit() throws Exception {
    try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", broker.amqpPort())) {
      Sender sender = client.sender("/queues/" + QUEUE);
      assertThat(sender.trySend(Message.create("no credit").durable(true)))
          .as("another publisher has no credit either")
          .isNull();
    }
  }

  /** The publisher is blocked, and an operator is told why. */
  private void awaitBlocked() {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              assertThat(api.node().path("disk_free_alarm").asBoolean()).isTrue();
              assertThat(api.connectionStates()).contains("blocked");
              assertThat(api.alarms().statusCode()).isEqualTo(503);
              assertThat(api.alarms().body()).contains("disk");
            });
  }

  private void awaitPublishingGoesOn() {
    int before = ledger.confirmed();
    await().atMost(LIMIT).until(() -> ledger.confirmed() > before + GOES_ON);
  }

  private void endAndCheck() throws Exception {
    publisher.stop();
    Thread publishing = threads.get(0);
    publishing.join(LIMIT.toMillis());
    assertThat(publishing.isAlive()).as("the publisher waits for confirms").isFalse();
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(ledger.missing()).as(ledger.toString()).isZero());
    ledger.checkNothingSkipped();
    assertThat(ledger.violations()).isEmpty();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              assertThat(api.node().path("disk_free_alarm").asBoolean()).isFalse();
              assertThat(api.alarms().statusCode()).isEqualTo(200);
              assertThat(api.queue(QUEUE).path("messages").asInt()).isZero();
            });
    assertThat(broker.output()).doesNotContain("journal failed");
  }

  private void start(Runnable work) {
    Thread thread = new Thread(work, "load-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }
}
