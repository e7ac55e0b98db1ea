package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.BrokerFixture.Receiver;
import dev.warren.core.broker.BrokerFixture.Sender;
import dev.warren.core.journal.Journal;
import dev.warren.core.journal.QuietLog;
import dev.warren.core.journal.SimStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What publishers and consumers see of a disk that refuses. */
@ExtendWith(QuietLog.class)
@SuppressWarnings("NullAway") // a missing annotation shall fail the test
class DiskFailureTest {
  @TempDir Path directory;
  private final SimStorage disk = new SimStorage();

  private BrokerFixture open() {
    return BrokerFixture.in(directory).on(disk).queue("q").open();
  }

  @ParameterizedTest
  @EnumSource(names = {"FORCES", "WRITES"})
  void neverConfirmsWhatARefusedSyncOrWriteCovered(SimStorage.Fault fault) {
    BrokerFixture broken = open();
    Sender sender = broken.sender(0);
    sender.sendAndConfirm("", "q", "before");
    disk.fail(fault);
    assertThat(sender.send("", "q", "during")).isEqualTo(Publisher.Result.PARKED);
    broken.runUntil("failed", () -> broken.journal.state() == Journal.State.FAILED);
    disk.heal();
    assertThat(sender.send("", "q", "after")).isEqualTo(Publisher.Result.NO_ROOM);
    broken.pass(60_000);
    assertThat(sender.outcomes).containsEntry("before", "ACCEPTED").doesNotContainKey("during");
    assertThat(broken.journal.state()).isEqualTo(Journal.State.FAILED);
    broken.close();
    assertThat(sender.outcomes).doesNotContainKey("during");
    disk.crash(new SplittableRandom(1));
    try (BrokerFixture again = open()) {
      Receiver receiver = again.receiver(0, "q");
      assertThat(BrokerFixture.body(receiver.take().message())).isEqualTo("before");
      Sender next = again.sender(1);
      next.sendAndConfirm("", "q", "next");
      assertThat(next.outcomes).containsEntry("next", "ACCEPTED");
    }
  }

  @Test
  void noPublisherIsConfirmedBySyncsThatFail() {
    BrokerFixture broken = open();
    Sender one = broken.sender(0);
    Sender other = broken.sender(1);
    one.sendAndConfirm("", "q", "a");
    other.sendAndConfirm("", "q", "b");
    disk.fail(SimStorage.Fault.FORCES);
    one.send("", "q", "c");
    other.send("", "q", "d");
    broken.runUntil("failed", () -> broken.journal.state() == Journal.State.FAILED);
    broken.pass(60_000);
    assertThat(one.outcomes).doesNotContainEntry("c", "ACCEPTED");
    assertThat(other.outcomes).doesNotContainEntry("d", "ACCEPTED");
    broken.close();
  }

  @Test
  void deliversABacklogWhenTheDiskCanBeReadAgain() {
    try (BrokerFixture broker =
        BrokerFixture.in(directory).on(disk).payloadBytesMax(256 << 10).queue("q").open()) {
      Sender sender = broker.sender(0);
      int count = 2000;
      String padding = "x".repeat(1000);
      for (int i = 0; i < count; i++) {
        sender.send(BrokerFixture.message("", "q", i + " " + padding, true), "m" + i);
        if (sender.publisher.room() == 0) {
          broker.runUntil("room", () -> sender.publisher.room() > 500);
        }
      }
      broker.runUntil("confirmed", () -> sender.outcomes.size() == count);
      disk.fail(SimStorage.Fault.READS);
      Receiver receiver = broker.receiver(1, "q");
      receiver.credit(count);
      broker.runUntil("refused", () -> disk.refusals() > 0);
      broker.runAll();
      assertThat(receiver.deliveries).hasSizeLessThan(count);
      disk.heal();
      broker.runUntil("delivered", () -> receiver.deliveries.size() == count);
      List<String> bodies = receiver.bodies();
      for (int i = 0; i < count; i++) {
        assertThat(bodies.get(i)).startsWith(i + " ");
      }
    }
  }
}
