package dev.warren.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DestinationsTest {
  @Test
  void twoVersionsMadeFromOneDoNotSeeEachOther() {
    Destinations base = with(with(with(Destinations.NONE, "a"), "b"), "c");
    Destinations left = with(base, "left");
    Destinations right = with(base, "right");
    Destinations further = with(with(right, "r2"), "r3");
    assertThat(names(base)).containsExactly("a", "b", "c");
    assertThat(names(left)).containsExactly("a", "b", "c", "left");
    assertThat(names(further)).containsExactly("a", "b", "c", "right", "r2", "r3");
  }

  @Test
  void removingLeavesEarlierVersionsAlone() {
    RoutedQueue middle = new FakeQueue("m");
    Destinations all = with(with(Destinations.NONE, "a").with(Destination.queue("m"), middle), "z");
    Destinations fewer = all.without(Destination.queue("m"), middle);
    assertThat(names(fewer)).containsExactly("a", "z");
    assertThat(names(with(fewer, "new"))).containsExactly("a", "z", "new");
    assertThat(names(all)).containsExactly("a", "m", "z");
  }

  @Test
  void exchangesAndQueuesOfOneNameAreTwoDestinations() {
    Destinations both =
        with(Destinations.NONE, "n")
            .with(Destination.exchange("n"), null)
            .with(Destination.exchange("o"), null);
    Destinations queueOnly =
        both.without(Destination.exchange("n"), null).without(Destination.exchange("o"), null);
    assertThat(both.exchanges()).containsExactly("n", "o");
    assertThat(names(queueOnly)).containsExactly("n");
    assertThat(queueOnly.exchanges()).isEmpty();
  }

  private static Destinations with(Destinations before, String queue) {
    return before.with(Destination.queue(queue), new FakeQueue(queue));
  }

  private static List<String> names(Destinations destinations) {
    return Arrays.stream(destinations.queues(), 0, destinations.queueCount())
        .map(RoutedQueue::name)
        .toList();
  }
}
