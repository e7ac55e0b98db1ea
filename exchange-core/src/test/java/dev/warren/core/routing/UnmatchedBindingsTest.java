package dev.warren.core.routing;

import static dev.warren.core.routing.TopologyBuilder.aTopology;
import static dev.warren.core.routing.TopologyBuilder.routed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.routing.TopologyChange.Bind;
import dev.warren.core.routing.TopologyChange.Unbind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which bindings no message was routed by. */
class UnmatchedBindingsTest {
  private static Set<Binding> unmatched(Topology topology, String exchange) {
    Exchange found = Objects.requireNonNull(topology.exchange(exchange));
    return found.bindings().stream().filter(found.unmatched()).collect(Collectors.toSet());
  }

  @Test
  void aBindingOfEveryTypeIsMatchedByTheFirstMessageItRoutes() {
    Map<String, @Nullable Object> video = Map.of("kind", "video");
    Topology topology =
        aTopology()
            .exchange("d", ExchangeType.DIRECT)
            .exchange("f", ExchangeType.FANOUT)
            .exchange("t", ExchangeType.TOPIC)
            .exchange("h", ExchangeType.HEADERS)
            .queues("q")
            .bind("d", "q", "k")
            .bind("f", "q", "")
            .bind("t", "q", "a.*.#")
            .with(new Bind(new Binding("h", Destination.queue("q"), "", video)))
            .build();
    for (String exchange : List.of("d", "f", "t", "h")) {
      assertThat(unmatched(topology, exchange)).hasSize(1);
    }

    routed(topology, Messages.message("d", "k"));
    routed(topology, Messages.message("f", ""));
    routed(topology, Messages.message("t", "a.b"));
    routed(topology, Messages.withProperties("h", Map.of("kind", "video")));

    for (String exchange : List.of("d", "f", "t", "h")) {
      assertThat(unmatched(topology, exchange)).isEmpty();
    }
  }

  @Test
  void aBindingThatComesLaterBesideAMatchedOneIsNotMatchedYet() {
    TopologyBuilder builder =
        aTopology().exchange("d", ExchangeType.DIRECT).queues("q", "r").bind("d", "q", "k");
    routed(builder.build(), Messages.message("d", "k"));

    Topology later = builder.bind("d", "r", "k").build();

    assertThat(unmatched(later, "d")).containsExactly(Binding.toQueue("d", "r", "k"));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.routing.Seeds#seeds")
  void bindingAndUnbindingKeepTheMarksOfTheOthers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TopologyBuilder builder = aTopology().exchange("f", ExchangeType.FANOUT);
    for (int i = 0; i < 12; i++) {
      builder.queues("q" + i).exchange("x" + i, ExchangeType.FANOUT);
    }
    Set<Binding> bound = new HashSet<>();
    Set<Binding> unmatched = new HashSet<>();
    for (int step = 0; step < 300; step++) {
      int end = random.nextInt(12);
      Binding binding =
          random.nextBoolean()
              ? Binding.toQueue("f", "q" + end, "")
              : Binding.toExchange("f", "x" + end, "");
      if (random.nextInt(8) == 0) {
        routed(builder.build(), Messages.message("f", ""));
        unmatched.clear();
      } else if (bound.add(binding)) {
        builder.with(new Bind(binding));
        unmatched.add(binding);
      } else {
        builder.with(new Unbind(binding));
        bound.remove(binding);
        unmatched.remove(binding);
      }
      assertThat(unmatched(builder.build(), "f"))
          .as("seed %d, step %d", seed, step)
          .isEqualTo(unmatched);
    }
  }
}
