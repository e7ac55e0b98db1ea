package dev.warren.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Symbol;
import dev.warren.core.routing.TopologyChange.Bind;
import dev.warren.core.routing.TopologyChange.DeclareExchange;
import dev.warren.core.routing.TopologyChange.DeclareQueue;
import dev.warren.core.routing.TopologyChange.DeleteExchange;
import dev.warren.core.routing.TopologyChange.DeleteQueue;
import dev.warren.core.routing.TopologyChange.Unbind;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopologyChangeCodecTest {
  static Stream<TopologyChange> changes() {
    return Stream.of(
        new DeclareExchange(ExchangeDefinition.durable("x", ExchangeType.DIRECT)),
        new DeclareExchange(
            new ExchangeDefinition("日本", ExchangeType.HEADERS, false, true, true, everyKind())),
        new DeleteExchange("x"),
        new DeleteQueue("q"),
        new Bind(Binding.toQueue("x", "q", "k")),
        new Bind(Binding.toExchange("x", "y", "")),
        new Bind(new Binding("x", Destination.queue("q"), "k", everyKind())),
        new Unbind(Binding.toQueue("x", "q", "k")),
        new Unbind(new Binding("x", Destination.exchange("y"), "#", everyKind())));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void comesBackAsItWas(TopologyChange change) {
    assertThat(TopologyChangeCodec.decode(TopologyChangeCodec.encode(change))).isEqualTo(change);
  }

  @Test
  void orderOfArgumentsMakesNoDifferenceToTheBytes() {
    Map<String, @Nullable Object> backwards = new HashMap<>();
    List.of("c", "b", "a").forEach(name -> backwards.put(name, name));
    assertThat(encoded(backwards)).isEqualTo(encoded(Map.of("a", "a", "b", "b", "c", "c")));
  }

  @Test
  void doesNotEncodeAQueue() {
    assertThatThrownBy(() -> TopologyChangeCodec.encode(new DeclareQueue(new FakeQueue("q"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  static Stream<Object> others() {
    return Stream.of(
        "bind",
        List.of(),
        List.of("unknown", "x"),
        List.of(1),
        List.of("delete-queue"),
        List.of("delete-queue", 1),
        List.of("bind", "x", "yes", "q", "k", Map.of()),
        List.of("bind", "x", true, "q", "k", Map.of(1, 2)),
        List.of("declare-exchange", "x", "nonsense", true, false, false, Map.of()),
        List.of("declare-exchange", "x", "direct", true, false, false));
  }

  @ParameterizedTest
  @MethodSource("others")
  void refusesWhatIsNotAChange(Object value) {
    byte[] bytes = new AmqpWriter().writeValue(value).toByteArray();
    assertThatThrownBy(() -> TopologyChangeCodec.decode(bytes))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void refusesEveryTruncation() {
    byte[] bytes =
        TopologyChangeCodec.encode(
            new Bind(new Binding("x", Destination.queue("q"), "k", everyKind())));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> TopologyChangeCodec.decode(cut))
          .as("first %d bytes", length)
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void deepestArgumentsThatAreAcceptedComeBack() {
    Object nested = "leaf";
    for (int depth = 0; depth < 15; depth++) {
      nested = depth % 2 == 0 ? List.of(nested) : Map.of("k", nested);
    }
    TopologyChange deepest = bind(Map.of("k", nested));
    assertThat(TopologyChangeCodec.decode(TopologyChangeCodec.encode(deepest))).isEqualTo(deepest);
    Object tooDeep = List.of(nested);
    assertThatThrownBy(() -> bind(Map.of("k", tooDeep))).isInstanceOf(TopologyException.class);
  }

  static Stream<Object> unsupported() {
    return Stream.of(
        BigInteger.TWO.pow(64),
        BigInteger.TWO.pow(63).negate().subtract(BigInteger.ONE),
        Map.of(1, 2),
        Thread.State.NEW);
  }

  @ParameterizedTest
  @MethodSource("unsupported")
  void argumentsThatCouldNotComeBackAreRefused(Object value) {
    assertThatThrownBy(() -> bind(Map.of("k", value))).isInstanceOf(TopologyException.class);
  }

  private static byte[] encoded(Map<String, @Nullable Object> arguments) {
    return TopologyChangeCodec.encode(bind(arguments));
  }

  private static TopologyChange bind(Map<String, @Nullable Object> arguments) {
    return new Bind(new Binding("x", Destination.queue("q"), "k", arguments));
  }

  private static Map<String, @Nullable Object> everyKind() {
    Map<String, @Nullable Object> arguments = new HashMap<>();
    arguments.put("null", null);
    arguments.put("int", 1);
    arguments.put("long", Long.MIN_VALUE);
    arguments.put("ulong", BigInteger.TWO.pow(64).subtract(BigInteger.ONE));
    arguments.put("double", 1.5);
    arguments.put("float", 0.1f);
    arguments.put("text", "é");
    arguments.put("symbol", new Symbol("s"));
    arguments.put("flag", true);
    arguments.put("instant", Instant.parse("2026-01-01T00:00:00.123456Z"));
    arguments.put("uuid", new UUID(1, 2));
    arguments.put("bytes", new byte[] {0, -1});
    arguments.put("array", new Object[] {1, "a"});
    arguments.put("list", List.of(1, List.of(), Map.of("k", List.of("v"))));
    return arguments;
  }
}
