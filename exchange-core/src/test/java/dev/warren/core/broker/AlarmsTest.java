package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When memory is short: not by an old figure, and not for longer than it is. */
@SuppressWarnings("NullAway.Init")
class AlarmsTest {
  private static final double LIMIT_RATIO = 0.5;

  @TempDir Path directory;
  private final SimClock clock = new SimClock();
  private final PretendedHeap heap = new PretendedHeap();
  private Alarms alarms;

  /** 100 bytes, of which so many are told, and so many would be told after a collection. */
  private static final class PretendedHeap implements Alarms.Heap {
    long told;
    long live;
    int collections;

    void set(long toldBytes, long liveBytes) {
      told = toldBytes;
      live = liveBytes;
    }

    @Override
    public long liveBytes() {
      return told;
    }

    @Override
    public long maxBytes() {
      return 100;
    }

    @Override
    public void collect() {
      collections++;
      told = live;
    }
  }

  @BeforeEach
  void start() {
    BrokerOptions options =
        new BrokerOptions("n", "1", 1000, 10, 0, LIMIT_RATIO, TransactionLimits.DEFAULTS);
    alarms = new Alarms(options, directory, heap, clock);
  }

  @Test
  void belowTheLimitNothingIsCollected() {
    heap.set(50, 50);
    alarms.check();

    assertThat(alarms.active()).isEmpty();
    assertThat(heap.collections).isZero();
  }

  @Test
  void anOldFigureRaisesNoAlarm() {
    heap.set(90, 10);
    alarms.check();

    assertThat(alarms.active()).isEmpty();
    assertThat(heap.collections).isEqualTo(1);
  }

  @Test
  void anAlarmEndsWhenMemoryIsFreedThoughNothingIsAllocated() {
    heap.set(90, 90);
    alarms.check();
    assertThat(alarms.active()).containsExactly("memory");

    heap.live = 10;
    clock.advanceMs(1_000);
    alarms.check();
    assertThat(alarms.active()).isEmpty();
  }

  @Test
  void aLastingAlarmCollectsLessAndLessOften() {
    heap.set(90, 90);
    for (int second = 0; second < 600; second++) {
      alarms.check();
      clock.advanceMs(1_000);
    }

    // At 0, 1, 3, 7, 15 and 31 s, then at 63 s (a pause of 32 s) and once a minute.
    assertThat(heap.collections).isEqualTo(7 + (599 - 63) / 60);
    assertThat(alarms.active()).containsExactly("memory");
  }

  @Test
  void theNextAlarmIsLookedIntoAtOnce() {
    heap.set(90, 90);
    alarms.check();
    heap.set(10, 10);
    alarms.check();
    heap.set(90, 20);
    alarms.check();

    assertThat(heap.collections).isEqualTo(2);
    assertThat(alarms.active()).isEmpty();
  }
}
