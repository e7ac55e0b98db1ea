package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.filter.MessageFilter;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Decimal128;
import org.apache.qpid.proton.amqp.Decimal32;
import org.apache.qpid.proton.amqp.Decimal64;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnknownDescribedType;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which filters of a source can be had, and what is said of the others (contract §6). */
class FilterSetTest {
  private static final String SQL = "amqp:sql-filter";
  private static final String PROPERTIES = "amqp:properties-filter";
  private static final String APPLICATION_PROPERTIES = "amqp:application-properties-filter";
  private static final String SELECTOR = "apache.org:selector-filter:string";
  private static final String NO_LOCAL = "apache.org:no-local-filter:list";

  private static final Message RED = message("colour", "red", 0);
  private static final Message BLUE = message("colour", "blue", 0);

  private final Map<Symbol, Object> asked = new LinkedHashMap<>();

  private static Message message(String name, Object value, long publisherId) {
    byte[] bare =
        new AmqpWriter().writeSectionDescriptor(0x74).writeValue(Map.of(name, value)).toByteArray();
    return new Message(
        Envelope.of("", "q"),
        MessageHeader.DURABLE,
        new byte[0],
        ByteSlice.of(bare),
        0,
        publisherId);
  }

  private void ask(String key, Object descriptor, @Nullable Object value) {
    asked.put(Symbol.valueOf(key), new UnknownDescribedType(descriptor, value));
  }

  private FilterSet set() {
    return FilterSet.of(asked, 5);
  }

  static Stream<Arguments> descriptors() {
    Map<?, ?> red = Map.of("colour", "red");
    return Stream.of(
        Arguments.of(SQL, 0x120L, "colour = 'red'"),
        Arguments.of(APPLICATION_PROPERTIES, 0x174L, red),
        Arguments.of(SELECTOR, 0x0000468C00000004L, "colour in ('red')"));
  }

  @ParameterizedTest
  @MethodSource("descriptors")
  void takesADescriptorByNameAndByCode(String name, long code, Object value) {
    for (Object descriptor : List.of(Symbol.valueOf(name), UnsignedLong.valueOf(code))) {
      asked.clear();
      ask("mine", descriptor, value);
      FilterSet set = set();
      assertThat(set.filter().matches(RED, 0)).isTrue();
      assertThat(set.filter().matches(BLUE, 0)).isFalse();
      assertThat(set.echo()).isEqualTo(asked);
      assertThat(set.errors()).isEmpty();
      assertThat(set.isNoLocal()).isFalse();
    }
  }

  @Test
  void takesAPropertiesFilterByNameAndByCode() {
    Map<Symbol, Object> fields = new LinkedHashMap<>();
    fields.put(Symbol.valueOf("subject"), null);
    for (Object descriptor : List.of(Symbol.valueOf(PROPERTIES), UnsignedLong.valueOf(0x173))) {
      asked.clear();
      ask("p", descriptor, fields);
      assertThat(set().echo()).isEqualTo(asked);
      assertThat(set().filter().matches(RED, 0)).isTrue();
    }
  }

  @Test
  void knowsTheConnectionsOwnMessages() {
    for (Object descriptor :
        List.of(Symbol.valueOf(NO_LOCAL), UnsignedLong.valueOf(0x0000468C00000003L))) {
      asked.clear();
      ask("no-local", descriptor, "NoLocalFilter{}");
      FilterSet set = set();
      assertThat(set.isNoLocal()).isTrue();
      assertThat(set.filter().matches(message("x", 1, 5), 0)).isFalse();
      assertThat(set.filter().matches(message("x", 1, 6), 0)).isTrue();
      assertThat(set.filter().matches(message("x", 1, 0), 0)).isTrue();
    }
  }

  @Test
  void isEverythingWithoutFilters() {
    assertThat(FilterSet.of(null, 5).filter()).isSameAs(MessageFilter.ALL);
    assertThat(set().filter()).isSameAs(MessageFilter.ALL);
    assertThat(set().echo()).isNull();
  }

  @Test
  void leavesOutWhatIsUnsupportedAndSaysSo() {
    ask("rabbitmq:stream-offset-spec", Symbol.valueOf("rabbitmq:stream-offset-spec"), "first");
    ask("colour", Symbol.valueOf(SQL), "colour = 'red'");
    FilterSet set = set();
    assertThat(set.echo()).containsOnlyKeys(Symbol.valueOf("colour"));
    assertThat(set.filter().matches(BLUE, 0)).isFalse();
    assertThat(set.errors())
        .containsExactly(
            Map.entry(
                Symbol.valueOf("rabbitmq:stream-offset-spec"),
                "unsupported filter rabbitmq:stream-offset-spec"));
  }

  @Test
  void saysWhereAnExpressionIsMalformed() {
    ask("sql-filter", Symbol.valueOf(SQL), "colour =\n 'red' OR OR");
    FilterSet set = set();
    assertThat(set.echo()).isEmpty();
    assertThat(set.filter()).isSameAs(MessageFilter.ALL);
    assertThat(set.errors())
        .containsExactly(
            Map.entry(
                Symbol.valueOf("sql-filter"),
                "line 2, column 11 (position 19): found OR, expected a literal, a name or '('"));
  }

  @Test
  void leavesOutValuesOfTheWrongType() {
    ask("a", Symbol.valueOf(SQL), Symbol.valueOf("TRUE"));
    ask("b", Symbol.valueOf(SELECTOR), null);
    ask("c", Symbol.valueOf(PROPERTIES), "x");
    ask("d", Symbol.valueOf(APPLICATION_PROPERTIES), Map.of("x", List.of(1)));
    ask("e", Symbol.valueOf(APPLICATION_PROPERTIES), Map.of(1, "x"));
    ask("f", Symbol.valueOf(PROPERTIES), Map.of(Symbol.valueOf("to"), "&to"));
    asked.put(Symbol.valueOf("g"), "colour = 'red'");
    ask("h", 17, "TRUE");
    FilterSet set = set();
    assertThat(set.echo()).isEmpty();
    assertThat(set.errors()).hasSize(8);
    assertThat(set.errors().get(Symbol.valueOf("g")))
        .isEqualTo("a filter must be a described value");
  }

  @Test
  void takesSqlOrPropertyFiltersWhicheverComesFirst() {
    ask("a", Symbol.valueOf(APPLICATION_PROPERTIES), Map.of("colour", "red"));
    ask("s", Symbol.valueOf(SQL), "colour = 'blue'");
    assertThat(set().echo()).containsOnlyKeys(Symbol.valueOf("a"));
    assertThat(set().filter().matches(RED, 0)).isTrue();

    asked.clear();
    ask("s", Symbol.valueOf(SQL), "colour = 'blue'");
    ask("a", Symbol.valueOf(APPLICATION_PROPERTIES), Map.of("colour", "red"));
    ask("p", Symbol.valueOf(PROPERTIES), Map.of(Symbol.valueOf("to"), "x"));
    assertThat(set().echo()).containsOnlyKeys(Symbol.valueOf("s"));
    assertThat(set().filter().matches(BLUE, 0)).isTrue();
    assertThat(set().errors())
        .containsValue("SQL and property filters exclude each other")
        .hasSize(2);
  }

  @Test
  void isNotExcludedByAFilterThatWasLeftOut() {
    ask("s", Symbol.valueOf(SQL), "colour =");
    ask("a", Symbol.valueOf(APPLICATION_PROPERTIES), Map.of("colour", "red"));
    assertThat(set().echo()).containsOnlyKeys(Symbol.valueOf("a"));
  }

  @Test
  void needsAllOfSeveralFilters() {
    ask("a", Symbol.valueOf(APPLICATION_PROPERTIES), Map.of("colour", "red"));
    ask("n", Symbol.valueOf(NO_LOCAL), List.of());
    ask("j", Symbol.valueOf(SELECTOR), "colour LIKE 'r%'");
    FilterSet set = set();
    assertThat(set.echo()).isEqualTo(asked);
    assertThat(set.filter().matches(RED, 0)).isTrue();
    assertThat(set.filter().matches(BLUE, 0)).isFalse();
    assertThat(set.filter().matches(message("colour", "red", 5), 0)).isFalse();
  }

  @Test
  void takesOneFilterOfAKind() {
    ask("1", Symbol.valueOf(SQL), "colour = 'red'");
    ask("2", Symbol.valueOf(SQL), "TRUE");
    assertThat(set().echo()).containsOnlyKeys(Symbol.valueOf("1"));
  }

  @Test
  void tellsOfAFewErrorsOnly() {
    for (int i = 0; i < 1000; i++) {
      ask("f" + i, Symbol.valueOf("unheard:of"), "x");
    }
    assertThat(set().errors()).hasSize(FilterSet.ERRORS_MAX);
  }

  @Test
  @SuppressWarnings("JavaUtilDate") // proton-j's timestamp
  void comparesSimpleValuesOfEveryType() {
    long ms = 1_700_000_000_000L;
    BigInteger huge = BigInteger.ONE.shiftLeft(63);
    UUID id = new UUID(1, 2);
    Map<Object, Object> values = new LinkedHashMap<>();
    values.put(UnsignedByte.valueOf((byte) 5), 5L);
    values.put(UnsignedShort.valueOf((short) 5), 5L);
    values.put(UnsignedInteger.valueOf(5), 5L);
    values.put(UnsignedLong.valueOf(5), 5L);
    values.put(UnsignedLong.valueOf(huge), huge);
    values.put((byte) -5, -5L);
    values.put((short) 5, 5L);
    values.put(5, 5L);
    values.put(5L, 5L);
    values.put(0.5f, 0.5);
    values.put(0.25, 0.25);
    values.put(true, true);
    values.put("text", "text");
    values.put(Symbol.valueOf("name"), "name");
    values.put('c', "c");
    values.put(Date.from(Instant.ofEpochMilli(ms)), Instant.ofEpochMilli(ms));
    values.put(id, id);
    values.put(new Binary(new byte[] {9, 1, 2}, 1, 2), new byte[] {1, 2});
    values.put(new Decimal32(7), new byte[] {0, 0, 0, 7});
    values.put(new Decimal64(7), new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
    values.put(new Decimal128(0, 7), ByteBuffer.allocate(16).put(15, (byte) 7).array());
    values.forEach(
        (reference, inMessage) -> {
          asked.clear();
          ask("a", Symbol.valueOf(APPLICATION_PROPERTIES), Map.of("x", reference));
          assertThat(set().filter().matches(message("x", inMessage, 0), 0))
              .as("%s of %s", reference, reference.getClass())
              .isTrue();
          assertThat(set().filter().matches(message("x", "another", 0), 0)).isFalse();
        });
  }
}
