package dev.warren.core.routing;

import static dev.warren.core.routing.Messages.message;
import static dev.warren.core.routing.TopologyBuilder.aTopology;
import static dev.warren.core.routing.TopologyBuilder.names;
import static dev.warren.core.routing.TopologyBuilder.routed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.routing.TopologyChange.Bind;
import dev.warren.core.routing.TopologyChange.DeclareQueue;
import dev.warren.core.routing.TopologyChange.DeleteQueue;
import dev.warren.core.routing.TopologyChange.Unbind;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
  @Test
  void defaultExchangeRoutesToTheQueueOfThatName() {
    Topology topology = aTopology().queues("a", "b").build();
    assertThat(routed(topology, message("", "a"))).containsExactly("a");
    assertThat(routed(topology, message("", "a", "b", "a", "c"))).containsExactly("a", "b");
    assertThat(routed(topology, message("", "c"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"k, q", "K, ''", "k., ''", "'', empty", "*, star"})
  void directMatchesTheKeyExactly(String key, String queue) {
    Topology topology =
        aTopology()
            .queues("q", "empty", "star")
            .bind("amq.direct", "q", "k")
            .bind("amq.direct", "empty", "")
            .bind("amq.direct", "star", "*")
            .build();
    assertThat(String.join(",", routed(topology, message("amq.direct", key)))).isEqualTo(queue);
  }

  @Test
  void fanoutIgnoresTheKey() {
    Topology topology =
        aTopology()
            .queues("a", "b")
            .bind("amq.fanout", "a", "x")
            .bind("amq.fanout", "b", "")
            .build();
    assertThat(routed(topology, message("amq.fanout", "y"))).containsExactly("a", "b");
  }

  @Test
  void fanoutReachesEachOfThousandsOfQueuesOnce() {
    TopologyBuilder builder = aTopology().exchange("x", ExchangeType.FANOUT);
    List<String> expected = IntStream.range(0, 3000).mapToObj(i -> "q" + i).toList();
    for (String queue : expected) {
      builder.queues(queue).bind("x", queue, "").bind("amq.fanout", queue, "");
    }
    Topology topology = builder.bindExchange("x", "amq.fanout", "").build();
    assertThat(routed(topology, message("x", ""))).containsExactlyElementsOf(expected);
  }

  @Test
  void topicMatchesByWords() {
    Topology topology =
        aTopology()
            .queues("a", "b", "c")
            .bind("amq.topic", "a", "*.orange.*")
            .bind("amq.topic", "b", "lazy.#")
            .bind("amq.topic", "c", "#")
            .build();
    assertThat(routed(topology, message("amq.topic", "lazy.orange.fox")))
        .containsExactlyInAnyOrder("a", "b", "c");
    assertThat(routed(topology, message("amq.topic", ""))).containsExactly("c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"amq.headers", "amq.match"})
  void headersMatchesApplicationProperties(String exchange) {
    Topology topology =
        aTopology()
            .queues("a", "b", "c")
            .with(new Bind(new Binding(exchange, Destination.queue("a"), "", Map.of("n", 1))))
            .with(new Bind(new Binding(exchange, Destination.queue("b"), "k", Map.of("n", 2))))
            .with(new Bind(Binding.toQueue(exchange, "c", "")))
            .build();
    assertThat(routed(topology, Messages.withProperties(exchange, Map.of("n", 1L))))
        .containsExactlyInAnyOrder("a", "c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"amq.direct", "amq.topic"})
  void allKeysCountAndAQueueGetsOneCopy(String exchange) {
    Topology topology =
        aTopology()
            .queues("a", "b")
            .bind(exchange, "a", "k1")
            .bind(exchange, "a", "k2")
            .bind(exchange, "b", "k2")
            .build();
    assertThat(routed(topology, message(exchange, "k1", "k2", "k3"))).containsExactly("a", "b");
  }

  @ParameterizedTest
  @EnumSource
  void bindingTwiceIsOnceAndUnbindingOneOfTwoLeavesTheOther(ExchangeType type) {
    Binding plain = Binding.toQueue("x", "q", "");
    Binding other = new Binding("x", Destination.queue("q"), "", Map.of("x-match", "all"));
    Topology topology =
        aTopology()
            .exchange("x", type)
            .queues("q")
            .with(new Bind(other))
            .with(new Bind(plain))
            .with(new Bind(plain))
            .build();
    assertThat(topology.bindingsFrom("x")).containsExactlyInAnyOrder(plain, other);
    assertThat(routed(topology, message("x", ""))).containsExactly("q");
    Topology oneLeft = topology.with(new Unbind(plain));
    assertThat(oneLeft.bindingsFrom("x")).containsExactly(other);
    assertThat(routed(oneLeft, message("x", ""))).containsExactly("q");
    Topology noneLeft = oneLeft.with(new Unbind(other));
    assertThat(routed(noneLeft, message("x", ""))).isEmpty();
    assertThat(routed(topology, message("x", ""))).as("earlier snapshot").containsExactly("q");
  }

  @Test
  void diamondGivesOneCopyAndKeepsTheKey() {
    Topology topology =
        aTopology()
            .exchange("top", ExchangeType.FANOUT)
            .exchange("left", ExchangeType.DIRECT)
            .exchange("right", ExchangeType.TOPIC)
            .exchange("bottom", ExchangeType.FANOUT)
            .queues("q")
            .bindExchange("top", "left", "")
            .bindExchange("top", "right", "")
            .bindExchange("left", "bottom", "k")
            .bindExchange("right", "bottom", "#")
            .bind("left", "q", "k")
            .bind("bottom", "q", "")
            .build();
    assertThat(routed(topology, message("top", "k"))).containsExactly("q");
  }

  @Test
  void cyclesEnd() {
    Topology topology =
        aTopology()
            .exchange("a", ExchangeType.FANOUT)
            .exchange("b", ExchangeType.FANOUT)
            .queues("q")
            .bindExchange("a", "b", "")
            .bindExchange("b", "a", "")
            .bindExchange("a", "a", "")
            .bind("b", "q", "")
            .build();
    assertThat(routed(topology, message("a", ""))).containsExactly("q");
    assertThat(routed(topology, message("b", ""))).containsExactly("q");
  }

  @Test
  void longChainOfExchangesNeedsNoStack() {
    TopologyBuilder builder = aTopology().queues("q").exchange("x0", ExchangeType.FANOUT);
    for (int i = 1; i <= 5000; i++) {
      builder.exchange("x" + i, ExchangeType.FANOUT).bindExchange("x" + (i - 1), "x" + i, "");
    }
    Topology topology = builder.bind("x5000", "q", "").build();
    assertThat(routed(topology, message("x0", ""))).containsExactly("q");
  }

  @Test
  void alternateExchangeGetsWhatNothingMatches() {
    Topology topology = withAlternate("k").build();
    assertThat(routed(topology, message("x", "other"))).containsExactly("spare");
    assertThat(routed(topology, message("x", "k"))).containsExactly("q");
    assertThat(routed(topology, message("x", "other", "k"))).containsExactly("q");
  }

  @Test
  void alternateExchangeIsNotAskedIfAnExchangeMatchedButFoundNoQueue() {
    Topology topology =
        withAlternate("k")
            .exchange("dead-end", ExchangeType.DIRECT)
            .bindExchange("x", "dead-end", "d")
            .build();
    assertThat(routed(topology, message("x", "d"))).isEmpty();
  }

  @Test
  void alternateExchangesFormAChainThatMayBeACycle() {
    Topology topology =
        aTopology()
            .exchangeWithAlternate("a", ExchangeType.DIRECT, "b")
            .exchangeWithAlternate("b", ExchangeType.TOPIC, "c")
            .exchangeWithAlternate("c", ExchangeType.DIRECT, "a")
            .queues("q")
            .bind("c", "q", "k")
            .build();
    assertThat(routed(topology, message("a", "k"))).containsExactly("q");
    assertThat(routed(topology, message("a", "other"))).isEmpty();
  }

  @Test
  void missingAlternateExchangeIsUnroutable() {
    Topology topology = aTopology().exchangeWithAlternate("x", ExchangeType.FANOUT, "no").build();
    RouteResult result = new RouteResult();
    Router.route(topology, message("x", ""), result);
    assertThat(result.hasRoute()).isFalse();
    assertThat(result.exchangeMissing()).isFalse();
  }

  @Test
  void exchangeReachedThroughABindingUsesItsOwnAlternate() {
    Topology topology = withAlternate("k").bindExchange("amq.fanout", "x", "").build();
    assertThat(routed(topology, message("amq.fanout", "other"))).containsExactly("spare");
  }

  @Test
  void missingExchangeIsTold() {
    RouteResult result = new RouteResult();
    Router.route(aTopology().build(), message("no", "k"), result);
    assertThat(result.exchangeMissing()).isTrue();
    assertThat(result.hasRoute()).isFalse();
    Router.route(aTopology().queues("q").build(), message("", "q"), result);
    assertThat(result.exchangeMissing()).as("after the next route").isFalse();
    assertThat(names(result)).containsExactly("q");
  }

  @Test
  void anotherEnvelopeThanTheMessagesCanBeUsed() {
    Topology topology = aTopology().queues("q", "dead").build();
    RouteResult result = new RouteResult();
    Message message = message("", "q");
    Router.route(topology, Envelope.of("", "dead"), message, result);
    assertThat(names(result)).containsExactly("dead");
  }

  @Test
  void resultIsReusableAcrossSizes() {
    TopologyBuilder builder = aTopology();
    for (int i = 0; i < 50; i++) {
      builder.queues("q" + i).bind("amq.direct", "q" + i, "k" + i % 3);
      builder.bind("amq.direct", "q" + i, "all");
    }
    Topology topology = builder.build();
    RouteResult result = new RouteResult();
    for (int round = 0; round < 3; round++) {
      Router.route(topology, message("amq.direct", "k0", "k1", "k2", "all"), result);
      assertThat(names(result)).hasSize(50).doesNotHaveDuplicates();
      Router.route(topology, message("amq.direct", "k0", "all"), result);
      assertThat(names(result)).hasSize(50).doesNotHaveDuplicates();
      Router.route(topology, message("amq.direct", "none"), result);
      assertThat(names(result)).isEmpty();
    }
  }

  @Test
  void topicFollowsBindingsThatComeAndGoAfterAKeyWasRouted() {
    Topology before = aTopology().queues("a", "b").bind("amq.topic", "a", "k.#").build();
    assertThat(routed(before, message("amq.topic", "k"))).containsExactly("a");
    Topology after = before.with(new Bind(Binding.toQueue("amq.topic", "b", "*")));
    assertThat(routed(after, message("amq.topic", "k"))).containsExactlyInAnyOrder("a", "b");
    Topology without = after.with(new DeleteQueue("a"));
    assertThat(routed(without, message("amq.topic", "k"))).containsExactly("b");
    Topology redeclared = without.with(new DeclareQueue(new FakeQueue("a")));
    assertThat(routed(redeclared, message("amq.topic", "k"))).containsExactly("b");
    assertThat(routed(before, message("amq.topic", "k"))).containsExactly("a");
  }

  @Test
  void topicRemembersMoreKeysThanItCanHoldWithoutMixingThemUp() {
    TopologyBuilder builder = aTopology();
    for (int i = 0; i < 10; i++) {
      builder.queues("q" + i).bind("amq.topic", "q" + i, "*." + i);
    }
    Topology topology = builder.build();
    RouteResult result = new RouteResult();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 20_000; i++) {
        Router.route(topology, message("amq.topic", i + "." + i % 11), result);
        assertThat(names(result)).isEqualTo(i % 11 == 10 ? List.of() : List.of("q" + i % 11));
      }
    }
  }

  @Test
  void topicWithMoreQueuesThanAreRememberedReachesAll() {
    TopologyBuilder builder = aTopology();
    for (int i = 0; i < 500; i++) {
      builder.queues("q" + i).bind("amq.topic", "q" + i, i % 2 == 0 ? "#" : "a.*");
    }
    Topology topology = builder.build();
    RouteResult result = new RouteResult();
    for (int round = 0; round < 2; round++) {
      Router.route(topology, message("amq.topic", "a.b", "c"), result);
      assertThat(names(result)).hasSize(500).doesNotHaveDuplicates();
    }
  }

  @Test
  void severalLoopsRouteByOneSnapshotAtOnce() throws Exception {
    TopologyBuilder builder = aTopology();
    for (int i = 0; i < 10; i++) {
      builder.queues("q" + i).bind("amq.topic", "q" + i, "#." + i);
    }
    Topology topology = builder.build();
    ExecutorService loops = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> routes = Collections.nCopies(4, () -> routesAllKeys(topology));
      for (Future<Boolean> routed : loops.invokeAll(routes)) {
        assertThat(routed.get()).isTrue();
      }
    } finally {
      loops.shutdown();
    }
  }

  private static boolean routesAllKeys(Topology topology) {
    RouteResult result = new RouteResult();
    for (int i = 0; i < 30_000; i++) {
      Router.route(topology, message("amq.topic", i % 9000 + "." + i % 10), result);
      if (!names(result).equals(List.of("q" + i % 10))) {
        return false;
      }
    }
    return true;
  }

  private static TopologyBuilder withAlternate(String key) {
    return aTopology()
        .exchange("alt", ExchangeType.FANOUT)
        .exchangeWithAlternate("x", ExchangeType.DIRECT, "alt")
        .queues("q", "spare")
        .bind("x", "q", key)
        .bind("alt", "spare", "");
  }
}
