package dev.warren.core.routing;

import static dev.warren.core.routing.TopologyBuilder.aTopology;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import dev.warren.core.routing.RouteExplanation.Explained;
import dev.warren.core.routing.RouteExplanation.Step;
import dev.warren.core.routing.TopologyChange.Bind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteExplanationTest {
  private static Step explain(Topology topology, Message message) {
    return explained(topology, message).first();
  }

  private static Explained explained(Topology topology, Message message) {
    return Objects.requireNonNull(
        RouteExplanation.of(topology, message.envelope(), message), "no such exchange");
  }

  private static List<String> texts(Step step) {
    return step.tests().stream()
        .map(test -> (test.matched() ? "yes: " : "no: ") + test.why())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "orders.*   | orders.eu     | yes: the pattern matches the routing key 'orders.eu'",
        "orders.us  | orders.eu     | no: word 2 of the key is 'eu', not 'us'",
        "orders.*.* | orders.eu     | no: the key has 2 words, 3 were expected",
        "orders     | orders.eu     | no: the key has 2 words, 1 were expected",
        "#.paid     | orders.eu     | no: what comes at or after # does not match the key",
        "a.b.#.c    | a             | no: the key has 1 words, at least 3 were expected",
      })
  void aTopicPatternSaysWhereTheKeyDiffers(String pattern, String key, String told) {
    Topology topology =
        aTopology().exchange("t", ExchangeType.TOPIC).queues("q").bind("t", "q", pattern).build();

    assertThat(texts(explain(topology, Messages.message("t", key)))).containsExactly(told);
  }

  @Test
  void aDirectExchangeNamesTheKeyThatMatched() {
    Topology topology =
        aTopology()
            .exchange("d", ExchangeType.DIRECT)
            .queues("q", "r")
            .bind("d", "q", "b")
            .bind("d", "r", "c")
            .build();

    assertThat(texts(explain(topology, Messages.message("d", "a", "b"))))
        .containsExactly(
            "yes: the binding key is the routing key 1 of CC",
            "no: the binding key is none of the 2 routing keys");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "all | video | yes: the one value is as expected",
        "all | audio | no: 'kind' is 'video', not 'audio'",
        "any | video | yes: 'kind' is as expected",
        "any | audio | no: the one value is not as expected",
      })
  void aHeadersExchangeNamesTheValueThatDecides(String mode, String kind, String told) {
    Map<String, @Nullable Object> arguments = Map.of("x-match", mode, "kind", kind);
    Topology topology =
        aTopology()
            .exchange("h", ExchangeType.HEADERS)
            .queues("q")
            .with(new Bind(new Binding("h", Destination.queue("q"), "", arguments)))
            .build();

    assertThat(texts(explain(topology, Messages.withProperties("h", Map.of("kind", "video")))))
        .containsExactly(told);
  }

  @Test
  void theDefaultExchangeIsAskedForTheQueueOfTheKeyOnly() {
    Topology topology = aTopology().queues("q", "r").build();

    assertThat(texts(explain(topology, Messages.message("", "q")))).hasSize(1);
    assertThat(texts(explain(topology, Messages.message("", "missing"))))
        .containsExactly("no: there is no queue of this name");
    assertThat(
            RouteExplanation.of(
                topology, Messages.message("x", "").envelope(), Messages.message("x", "")))
        .isNull();
  }

  @Test
  void theAlternateExchangeIsToldOnlyIfNothingMatches() {
    Topology topology =
        aTopology()
            .exchange("rest", ExchangeType.FANOUT)
            .exchangeWithAlternate("d", ExchangeType.DIRECT, "rest")
            .queues("q", "caught")
            .bind("d", "q", "k")
            .bind("rest", "caught", "")
            .build();

    assertThat(explain(topology, Messages.message("d", "k")).alternate()).isNull();
    Step missed = explain(topology, Messages.message("d", "other"));
    assertThat(Objects.requireNonNull(missed.alternate()).exchange().name()).isEqualTo("rest");
    assertThat(explained(topology, Messages.message("d", "other")).queues())
        .extracting(RoutedQueue::name)
        .containsExactly("caught");
  }

  @Test
  void aCycleIsToldOnce() {
    Topology topology =
        aTopology()
            .exchange("a", ExchangeType.FANOUT)
            .exchange("b", ExchangeType.FANOUT)
            .bindExchange("a", "b", "")
            .bindExchange("b", "a", "")
            .build();

    Step b =
        Objects.requireNonNull(explain(topology, Messages.message("a", "")).tests().get(0).next());
    assertThat(b.isRepeated()).isFalse();
    Step again = Objects.requireNonNull(b.tests().get(0).next());
    assertThat(again.isRepeated()).isTrue();
    assertThat(again.tests()).isEmpty();
  }

  @Test
  void findsEveryQueueThoughItDoesNotTellEveryBinding() {
    TopologyBuilder builder = aTopology().exchange("x0", ExchangeType.FANOUT);
    int exchanges = RouteExplanation.STEPS_MAX + 50;
    for (int i = 1; i < exchanges; i++) {
      builder.exchange("x" + i, ExchangeType.FANOUT).bindExchange("x" + (i - 1), "x" + i, "");
    }
    builder.queues("last").bind("x" + (exchanges - 1), "last", "");
    for (int i = 0; i < RouteExplanation.TESTS_MAX + 10; i++) {
      builder.queues("q" + i).bind("x0", "q" + i, "");
    }

    Explained explained = explained(builder.build(), Messages.message("x0", ""));

    assertThat(explained.queues()).hasSize(RouteExplanation.TESTS_MAX + 11);
    assertThat(explained.first().tests().size() + explained.first().untold())
        .isEqualTo(RouteExplanation.TESTS_MAX + 11);
  }

  @Test
  void explainingMarksNoBindingAsMatched() {
    Topology topology =
        aTopology().exchange("d", ExchangeType.DIRECT).queues("q").bind("d", "q", "k").build();

    explain(topology, Messages.message("d", "k"));

    Exchange exchange = Objects.requireNonNull(topology.exchange("d"));
    assertThat(exchange.bindings()).hasSize(1).allMatch(exchange.unmatched());
  }
}
