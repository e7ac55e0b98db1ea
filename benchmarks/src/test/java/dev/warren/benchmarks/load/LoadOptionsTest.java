package dev.warren.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadOptionsTest {

  @Test
  void dividesTheCountAmongTheSenders() {
    LoadOptions options = parse("--senders 3 --count 11");
    assertThat(options.countOf(0) + options.countOf(1) + options.countOf(2)).isEqualTo(11);
    assertThat(options.countOf(2)).isEqualTo(3);
  }

  @Test
  void numbersTheAddresses() {
    LoadOptions options = parse("--to /queues/q%d --from /queues/p%d");
    assertThat(options.target(2)).isEqualTo("/queues/q2");
    assertThat(options.source(1)).isEqualTo("/queues/p1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--what 1",
        "--count",
        "--count many",
        "--count 1.5",
        "--size 8",
        "--durable yes",
        "--url http://h",
        "--senders 0 --receivers 0",
        "--count 0",
      })
  void refusesWhatMakesNoSense(String line) {
    assertThatThrownBy(() -> parse(line)).isInstanceOf(IllegalArgumentException.class);
  }

  private static LoadOptions parse(String line) {
    return LoadOptions.parse(line.split(" ", -1));
  }
}
