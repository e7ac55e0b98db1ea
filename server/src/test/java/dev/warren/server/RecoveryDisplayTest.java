package dev.warren.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.time.BrokerClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RecoveryDisplayTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private long nowNs;

  private final BrokerClock clock =
      new BrokerClock() {
        @Override
        public long epochMs() {
          return nowNs / 1_000_000;
        }

        @Override
        public long nanoTime() {
          return nowNs;
        }
      };

  private RecoveryDisplay display(boolean isTerminal) {
    return new RecoveryDisplay(
        new PrintStream(shown, true, StandardCharsets.UTF_8), isTerminal, clock);
  }

  private void read(RecoveryDisplay display, int segments, int of) {
    nowNs += 500_000_000;
    display.read(segments, of, segments * 1000L);
  }

  @Test
  void aTerminalShowsABarThatGrowsAndGoes() {
    RecoveryDisplay display = display(true);
    read(display, 1, 10);
    read(display, 5, 10);
    read(display, 10, 10);
    String text = shown.toString(StandardCharsets.UTF_8);
    assertThat(text)
        .contains("recovering [###...........................] 1 of 10 segments, 1,000 records")
        .contains("recovering [###############...............] 5 of 10 segments, 5,000 records")
        .endsWith(" \r");
  }

  @Test
  void aRecoveryThatIsOverAtOnceShowsNothing() {
    display(true).read(10, 10, 5000);
    assertThat(shown.size()).isZero();
  }

  @Test
  void whatIsNoTerminalGetsNoBar() {
    RecoveryDisplay display = display(false);
    for (int i = 1; i <= 10; i++) {
      read(display, i, 10);
    }
    assertThat(shown.size()).isZero();
  }
}
