package dev.warren.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.journal.RecoveryReport;
import org.junit.jupiter.api.Test;

class GreetingTest {

  @Test
  void saysThatNothingWasThere() {
    assertThat(Greeting.recovered(new RecoveryReport(true, 0, 0, 0, 0, 0, 3), 7))
        .isEqualTo("nothing, the data directory was empty; 7 queues declared");
  }

  @Test
  void saysWhatWasRecovered() {
    assertThat(Greeting.recovered(new RecoveryReport(true, 2, 1, 90, 12, 0, 34), 7))
        .isEqualTo("12 messages in 7 queues from 2 segments in 34 ms");
  }

  @Test
  void saysWhatACrashLeft() {
    assertThat(Greeting.recovered(new RecoveryReport(false, 2, 1, 90, 12, 512, 34), 7))
        .isEqualTo(
            "12 messages in 7 queues from 2 segments in 34 ms; the last run was not stopped in"
                + " order; cut off 512 bytes of an incomplete write");
  }

  @Test
  void bracketsIpv6Addresses() {
    assertThat(Greeting.address("::1", 5672)).isEqualTo("[::1]:5672");
    assertThat(Greeting.address("0.0.0.0", 5672)).isEqualTo("0.0.0.0:5672");
  }
}
