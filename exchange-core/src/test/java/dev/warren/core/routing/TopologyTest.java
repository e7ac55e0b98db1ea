package dev.warren.core.routing;

import static dev.warren.core.routing.Messages.message;
import static dev.warren.core.routing.TopologyBuilder.aTopology;
import static dev.warren.core.routing.TopologyBuilder.routed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.routing.TopologyChange.Bind;
import dev.warren.core.routing.TopologyChange.DeclareExchange;
import dev.warren.core.routing.TopologyChange.DeclareQueue;
import dev.warren.core.routing.TopologyChange.DeleteExchange;
import dev.warren.core.routing.TopologyChange.DeleteQueue;
import dev.warren.core.routing.TopologyChange.Unbind;
import dev.warren.core.routing.TopologyException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TopologyTest {
  private static final ExchangeDefinition DIRECT =
      ExchangeDefinition.durable("x", ExchangeType.DIRECT);

  @ParameterizedTest
  @CsvSource({
    "'', direct, false",
    "amq.direct, direct, false",
    "amq.fanout, fanout, false",
    "amq.topic, topic, false",
    "amq.headers, headers, false",
    "amq.match, headers, false",
    "amq.rabbitmq.trace, topic, true",
  })
  void everyVirtualHostHasThePredeclaredExchanges(String name, String type, boolean internal) {
    Exchange exchange = Topology.of("/").exchange(name);
    assertThat(exchange).isNotNull();
    assertThat(exchange.definition())
        .isEqualTo(
            new ExchangeDefinition(
                name, ExchangeType.parse(type), true, false, internal, Map.of()));
  }

  @Test
  void hasNoExchangeBesidesThePredeclaredOnes() {
    assertThat(Topology.of("/").exchanges()).hasSize(7);
    assertThat(Topology.of("/").exchangeCount()).isEqualTo(7);
  }

  static Stream<Arguments> refusals() {
    return Stream.concat(exchangeRefusals(), bindingRefusals());
  }

  private static Stream<Arguments> exchangeRefusals() {
    return Stream.of(
        refusal(
            new DeclareExchange(ExchangeDefinition.durable("", ExchangeType.DIRECT)),
            Code.ACCESS_REFUSED,
            "operation not permitted on the default exchange"),
        refusal(
            new DeclareExchange(ExchangeDefinition.durable("amq.new", ExchangeType.DIRECT)),
            Code.ACCESS_REFUSED,
            "exchange name 'amq.new' contains reserved prefix 'amq.*'"),
        refusal(
            new DeclareExchange(ExchangeDefinition.durable("amq.topic", ExchangeType.DIRECT)),
            Code.PRECONDITION_FAILED,
            "inequivalent arg 'type' for exchange 'amq.topic' in vhost '/': "
                + "received 'direct' but current is 'topic'"),
        refusal(
            declare(ExchangeType.FANOUT, true, false, false, Map.of()),
            Code.PRECONDITION_FAILED,
            "inequivalent arg 'type' for exchange 'x' in vhost '/': "
                + "received 'fanout' but current is 'direct'"),
        refusal(
            declare(ExchangeType.DIRECT, false, false, false, Map.of()),
            Code.PRECONDITION_FAILED,
            "inequivalent arg 'durable' for exchange 'x' in vhost '/': "
                + "received 'false' but current is 'true'"),
        refusal(
            declare(ExchangeType.DIRECT, true, true, false, Map.of()),
            Code.PRECONDITION_FAILED,
            "inequivalent arg 'auto_delete' for exchange 'x' in vhost '/': "
                + "received 'true' but current is 'false'"),
        refusal(
            declare(ExchangeType.DIRECT, true, false, true, Map.of()),
            Code.PRECONDITION_FAILED,
            "inequivalent arg 'internal' for exchange 'x' in vhost '/': "
                + "received 'true' but current is 'false'"),
        refusal(
            declare(ExchangeType.DIRECT, true, false, false, Map.of("alternate-exchange", "a")),
            Code.PRECONDITION_FAILED,
            "inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': "
                + "received the value 'a' of type 'longstr' but current is none"),
        refusal(
            declare(ExchangeType.DIRECT, true, false, false, Map.of("alternate-exchange", 1)),
            Code.INVALID,
            "invalid arg 'alternate-exchange' for exchange 'x' in vhost '/': not a string"),
        refusal(
            new DeclareExchange(ExchangeDefinition.durable("a\nb", ExchangeType.DIRECT)),
            Code.INVALID,
            "exchange name contains a line break"),
        refusal(
            new DeclareExchange(ExchangeDefinition.durable("é".repeat(128), ExchangeType.DIRECT)),
            Code.INVALID,
            "exchange name is longer than 255 bytes"),
        refusal(
            new DeleteExchange(""),
            Code.ACCESS_REFUSED,
            "operation not permitted on the default exchange"),
        refusal(
            new DeleteExchange("amq.topic"),
            Code.ACCESS_REFUSED,
            "deletion of system exchange 'amq.topic' in vhost '/' not allowed"));
  }

  private static Stream<Arguments> bindingRefusals() {
    return Stream.of(
        refusal(
            new Bind(Binding.toQueue("no", "q", "")),
            Code.NOT_FOUND,
            "no exchange 'no' in vhost '/'"),
        refusal(
            new Bind(Binding.toQueue("x", "no", "")), Code.NOT_FOUND, "no queue 'no' in vhost '/'"),
        refusal(
            new Bind(Binding.toExchange("x", "no", "")),
            Code.NOT_FOUND,
            "no exchange 'no' in vhost '/'"),
        refusal(
            new Bind(Binding.toQueue("", "q", "k")),
            Code.ACCESS_REFUSED,
            "operation not permitted on the default exchange"),
        refusal(
            new Bind(Binding.toExchange("x", "", "k")),
            Code.ACCESS_REFUSED,
            "operation not permitted on the default exchange"),
        refusal(
            new Unbind(Binding.toQueue("", "q", "q")),
            Code.ACCESS_REFUSED,
            "operation not permitted on the default exchange"),
        refusal(
            new Bind(Binding.toQueue("amq.topic", "q", "#.a.#.b.#")),
            Code.INVALID,
            "invalid binding key '#.a.#.b.#': more than two '#' wildcards"),
        refusal(
            new Bind(Binding.toQueue("x", "q", "k".repeat(256))),
            Code.INVALID,
            "binding key is longer than 255 bytes"),
        refusal(
            new Bind(
                new Binding("amq.match", Destination.queue("q"), "", Map.of("x-match", "some"))),
            Code.INVALID,
            "invalid x-match field value 'some'; expected all, any, all-with-x, or any-with-x"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("refusals")
  void refuses(TopologyChange change, Code code, String text) {
    Topology topology = aTopology().with(new DeclareExchange(DIRECT)).queues("q").build();
    assertThatThrownBy(() -> topology.with(change))
        .isInstanceOfSatisfying(TopologyException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(text);
  }

  @Test
  void refusesAnUnknownExchangeType() {
    assertThatThrownBy(() -> ExchangeType.parse("x-random"))
        .isInstanceOf(TopologyException.class)
        .hasMessage("unknown exchange type 'x-random'");
  }

  static Stream<TopologyChange> changesInForce() {
    return Stream.of(
        new DeclareExchange(DIRECT),
        declare(ExchangeType.DIRECT, true, false, false, Map.of("x-other", "not compared")),
        new DeclareExchange(ExchangeDefinition.durable("amq.topic", ExchangeType.TOPIC)),
        new DeclareQueue(new FakeQueue("q")),
        new Bind(Binding.toQueue("x", "q", "k")),
        new DeleteExchange("no"),
        new DeleteQueue("no"),
        new Unbind(Binding.toQueue("x", "q", "other")),
        new Unbind(Binding.toQueue("no", "q", "k")),
        new Unbind(Binding.toExchange("x", "no", "k")));
  }

  @ParameterizedTest
  @MethodSource("changesInForce")
  void changeInForceAlreadyChangesNothing(TopologyChange change) {
    Topology topology =
        aTopology().with(new DeclareExchange(DIRECT)).queues("q").bind("x", "q", "k").build();
    assertThat(topology.with(change)).isSameAs(topology);
  }

  @Test
  void queueDeclaredAgainStaysTheSame() {
    RoutedQueue first = new FakeQueue("q");
    Topology topology = aTopology().with(new DeclareQueue(first)).build();
    Topology again = topology.with(new DeclareQueue(new FakeQueue("q", false)));
    assertThat(again.queue("q")).isSameAs(first);
  }

  @Test
  void widthOfAnIntegerDoesNotTellBindingsApart() {
    Binding asInt = new Binding("x", Destination.queue("q"), "", Map.of("n", 1));
    Binding asLong = new Binding("x", Destination.queue("q"), "", Map.of("n", 1L));
    assertThat(asInt).isEqualTo(asLong);
  }

  @Test
  void deletingAQueueRemovesItsBindings() {
    Topology topology =
        aTopology()
            .queues("q", "r")
            .bind("amq.fanout", "q", "")
            .bind("amq.fanout", "r", "")
            .build();
    Topology after = topology.with(new DeleteQueue("q"));
    assertThat(after.bindingsFrom("amq.fanout")).containsExactly(bound("amq.fanout", "r", ""));
    assertThat(after.bindingsTo(Destination.queue("q"))).isEmpty();
    assertThat(after.queue("q")).isNull();
    assertThat(routed(after, message("amq.fanout", ""))).containsExactly("r");
  }

  @Test
  void deletingAnExchangeRemovesBindingsBothWays() {
    Topology topology =
        aTopology()
            .with(new DeclareExchange(DIRECT))
            .queues("q")
            .bind("x", "q", "k")
            .bindExchange("amq.fanout", "x", "")
            .bindExchange("x", "x", "self")
            .build();
    Topology after = topology.with(new DeleteExchange("x"));
    assertThat(after.exchange("x")).isNull();
    assertThat(after.bindingsFrom("amq.fanout")).isEmpty();
    assertThat(after.bindingsTo(Destination.queue("q"))).containsExactly(bound("", "q", "q"));
    assertThat(after.bindingsTo(Destination.exchange("x"))).isEmpty();
  }

  @Test
  void autoDeleteExchangeStaysUntilItsFirstBindingHasGone() {
    Topology declared = aTopology().autoDelete("x").queues("q").build();
    assertThat(declared.with(new DeleteQueue("q")).exchange("x")).isNotNull();
    Topology bound =
        declared
            .with(new Bind(bound("x", "q", "1")))
            .with(new Bind(bound("x", "q", "2")))
            .with(new Unbind(bound("x", "q", "1")));
    assertThat(bound.exchange("x")).isNotNull();
    assertThat(bound.with(new Unbind(bound("x", "q", "2"))).exchange("x")).isNull();
    assertThat(bound.with(new DeleteQueue("q")).exchange("x")).isNull();
  }

  @Test
  void bindingsToAnAutoDeleteExchangeDoNotKeepIt() {
    Topology topology =
        aTopology()
            .autoDelete("x")
            .queues("q")
            .bindExchange("amq.fanout", "x", "")
            .bind("x", "q", "")
            .build();
    Topology after = topology.with(new DeleteQueue("q"));
    assertThat(after.exchange("x")).isNull();
    assertThat(after.bindingsFrom("amq.fanout")).isEmpty();
  }

  @Test
  void autoDeleteGoesThroughALongChainAndTellsIt() {
    int length = 3000;
    TopologyBuilder builder = aTopology().queues("q").autoDelete("x0");
    for (int i = 1; i < length; i++) {
      builder.autoDelete("x" + i).bindExchange("x" + i, "x" + (i - 1), "");
    }
    Topology topology = builder.bind("x0", "q", "").build();
    List<TopologyChange> consequences = new ArrayList<>();
    Topology after = topology.with(new DeleteQueue("q"), consequences::add);
    assertThat(after.exchangeCount()).isEqualTo(7);
    assertThat(after.bindings()).isEmpty();
    assertThat(consequences)
        .startsWith(new Unbind(bound("x0", "q", "")))
        .endsWith(new DeleteExchange("x" + (length - 1)))
        .hasSize(2 * length);
  }

  @Test
  void consequencesAppliedOneByOneLeadToTheSameTopology() {
    Topology topology =
        aTopology()
            .queues("q", "r")
            .autoDelete("a")
            .autoDelete("b")
            .bind("a", "q", "")
            .bind("a", "q", "2")
            .bindExchange("b", "a", "")
            .bindExchange("amq.topic", "b", "#")
            .build();
    List<TopologyChange> consequences = new ArrayList<>();
    Topology expected = topology.with(new DeleteQueue("q"), consequences::add);
    Topology replayed = topology;
    for (TopologyChange change : consequences) {
      replayed = replayed.with(change);
    }
    replayed = replayed.with(new DeleteQueue("q"));
    assertThat(replayed.bindings()).containsExactlyElementsOf(expected.bindings());
    assertThat(names(replayed)).containsExactlyInAnyOrderElementsOf(names(expected));
  }

  @Test
  void listsImplicitBindingsOfTheDefaultExchange() {
    Topology topology = aTopology().queues("q").bind("amq.direct", "q", "k").build();
    assertThat(topology.bindings())
        .containsExactlyInAnyOrder(bound("", "q", "q"), bound("amq.direct", "q", "k"));
    assertThat(topology.bindingsFrom("")).containsExactly(bound("", "q", "q"));
    assertThat(topology.bindingsTo(Destination.queue("q")))
        .containsExactlyInAnyOrder(bound("", "q", "q"), bound("amq.direct", "q", "k"));
    assertThat(topology.bindingsFrom("no")).isEmpty();
    assertThat(topology.queues()).extracting(RoutedQueue::name).containsExactly("q");
    assertThat(topology.queueCount()).isEqualTo(1);
  }

  @Test
  void bindingIsDurableIfBothEndsAre() {
    Topology topology =
        aTopology()
            .with(declare(ExchangeType.DIRECT, false, false, false, Map.of()))
            .queues("durable")
            .with(new DeclareQueue(new FakeQueue("transient", false)))
            .build();
    assertThat(topology.isDurable(bound("amq.direct", "durable", ""))).isTrue();
    assertThat(topology.isDurable(bound("amq.direct", "transient", ""))).isFalse();
    assertThat(topology.isDurable(bound("x", "durable", ""))).isFalse();
    assertThat(topology.isDurable(Binding.toExchange("amq.direct", "amq.topic", ""))).isTrue();
    assertThat(topology.isDurable(Binding.toExchange("amq.direct", "x", ""))).isFalse();
    assertThat(topology.isDurable(bound("amq.direct", "no", ""))).isFalse();
  }

  private static List<String> names(Topology topology) {
    return topology.exchanges().stream().map(Exchange::name).toList();
  }

  private static Binding bound(String source, String queue, String key) {
    return Binding.toQueue(source, queue, key);
  }

  private static DeclareExchange declare(
      ExchangeType type,
      boolean durable,
      boolean autoDelete,
      boolean internal,
      Map<String, Object> arguments) {
    return new DeclareExchange(
        new ExchangeDefinition("x", type, durable, autoDelete, internal, arguments));
  }

  private static Arguments refusal(TopologyChange change, Code code, String text) {
    return Arguments.of(change, code, text);
  }
}
