package dev.warren.core.filter;

import static dev.warren.core.filter.MessageBuilder.aMessage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.warren.core.message.Message;
import dev.warren.core.message.Symbol;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The property filters, no-local, and their combination. */
class PropertyFiltersTest {
  private static final UUID ID = new UUID(7, 8);

  private static final Message MESSAGE =
      aMessage()
          .property(PropertyField.MESSAGE_ID, 42L)
          .property(PropertyField.USER_ID, "guest".getBytes(StandardCharsets.UTF_8))
          .property(PropertyField.SUBJECT, "&order")
          .property(PropertyField.CORRELATION_ID, ID)
          .property(PropertyField.CONTENT_TYPE, new Symbol("text/plain"))
          .property(PropertyField.CREATION_TIME, Instant.ofEpochMilli(99))
          .property(PropertyField.GROUP_SEQUENCE, 3L)
          .with("region", "EMEA")
          .with("size", 5L)
          .with("half", 0.5)
          .with("rush", true)
          .with("huge", BigInteger.ONE.shiftLeft(63))
          .with("nothing", null)
          .build();

  private static boolean properties(String name, @Nullable Object value) {
    return PropertiesFilter.of(Collections.singletonMap(name, value)).matches(MESSAGE, 0);
  }

  private static boolean application(String name, @Nullable Object value) {
    return ApplicationPropertiesFilter.of(Collections.singletonMap(name, value))
        .matches(MESSAGE, 0);
  }

  @Test
  void comparesFieldsByValue() {
    assertThat(properties("message-id", 42L)).isTrue();
    assertThat(properties("message-id", 43L)).isFalse();
    assertThat(properties("message-id", "42")).isFalse();
    assertThat(properties("user-id", ByteBuffer.wrap("guest".getBytes(StandardCharsets.UTF_8))))
        .isTrue();
    assertThat(properties("correlation-id", ID)).isTrue();
    assertThat(properties("content-type", new Symbol("text/plain"))).isTrue();
    assertThat(properties("content-type", "text/plain")).isTrue();
    assertThat(properties("creation-time", Instant.ofEpochMilli(99))).isTrue();
    assertThat(properties("group-sequence", 3L)).isTrue();
    assertThat(properties("to", "/queues/q")).isFalse();
    assertThat(properties("to", null)).isTrue();
  }

  @Test
  void comparesApplicationPropertiesByValue() {
    assertThat(application("region", "EMEA")).isTrue();
    assertThat(application("region", "APAC")).isFalse();
    assertThat(application("size", 5L)).isTrue();
    assertThat(application("size", 5.0)).isTrue();
    assertThat(application("size", "5")).isFalse();
    assertThat(application("half", 0.5)).isTrue();
    assertThat(application("rush", true)).isTrue();
    assertThat(application("rush", false)).isFalse();
    assertThat(application("huge", BigInteger.ONE.shiftLeft(63))).isTrue();
    assertThat(application("missing", 1L)).isFalse();
    assertThat(application("region", null)).isTrue();
    assertThat(application("missing", null)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "&p:EM, true",
    "&p:MEA, false",
    "&p:, true",
    "&s:EA, true",
    "&s:EM, false",
    "&s:XEMEA, false",
    "&&EMEA, false",
  })
  void understandsModifiers(String reference, boolean matches) {
    assertThat(application("region", reference)).isEqualTo(matches);
  }

  @Test
  void takesADoubledAmpersandForOne() {
    assertThat(properties("subject", "&&order")).isTrue();
    assertThat(properties("subject", "&p:&or")).isTrue();
  }

  @Test
  void appliesModifiersToTextOnly() {
    assertThat(application("size", "&p:5")).isFalse();
    assertThat(application("rush", "&s:e")).isFalse();
  }

  @Test
  void refusesAnUnknownModifier() {
    assertThatExceptionOfType(InvalidFilterException.class)
        .isThrownBy(() -> application("region", "&x:EM"))
        .withMessageContaining("&p:, &s: or &&");
    assertThatExceptionOfType(InvalidFilterException.class)
        .isThrownBy(() -> properties("subject", "&"));
  }

  @Test
  void refusesAnUnknownField() {
    for (String name : List.of("message_id", "priority", "")) {
      assertThatExceptionOfType(InvalidFilterException.class)
          .isThrownBy(() -> properties(name, "x"))
          .withMessageContaining("expected a field of the properties section")
          .satisfies(e -> assertThat(e.position()).isEqualTo(InvalidFilterException.NOWHERE));
    }
  }

  @Test
  void limitsTheNumberOfFields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    assertThatExceptionOfType(InvalidFilterException.class)
        .isThrownBy(() -> ApplicationPropertiesFilter.of(fields));
    for (int i = 0; i < 16; i++) {
      fields.put("f" + i, i);
    }
    assertThat(ApplicationPropertiesFilter.of(fields)).isNotNull();
    fields.put("one more", 1);
    assertThatExceptionOfType(InvalidFilterException.class)
        .isThrownBy(() -> ApplicationPropertiesFilter.of(fields))
        .withMessageContaining("17 fields");
  }

  @Test
  void needsEveryField() {
    Map<String, Object> fields = new HashMap<>(Map.of("region", "EMEA", "size", 5L));
    assertThat(ApplicationPropertiesFilter.of(fields).matches(MESSAGE, 0)).isTrue();
    fields.put("half", 1.0);
    assertThat(ApplicationPropertiesFilter.of(fields).matches(MESSAGE, 0)).isFalse();
  }

  @Test
  void neverMatchesAMessageThatCannotBeDecoded() {
    Message broken = aMessage().message(new byte[] {0, 0x53, 0x74, (byte) 0xc1, 9, 2, 7});
    assertThat(ApplicationPropertiesFilter.of(Map.of("x", "&p:")).matches(broken, 0)).isFalse();
    Message brokenToo = aMessage().message(new byte[] {0, 0x53, 0x73, (byte) 0xc0, 9, 2, 7});
    assertThat(PropertiesFilter.of(Collections.singletonMap("to", null)).matches(brokenToo, 0))
        .isFalse();
  }

  @Test
  void leavesOutWhatTheConnectionItselfPublished() {
    Message own = aMessage().publishedBy(3).build();
    assertThat(new NoLocal(3).matches(own, 0)).isFalse();
    assertThat(new NoLocal(4).matches(own, 0)).isTrue();
    assertThat(new NoLocal(3).matches(MESSAGE, 0)).isTrue();
  }

  @Test
  void remembersThePublisherWhenAMessageIsPublishedAgain() {
    Message own = aMessage().publishedBy(3).build();
    Message again = own.republished(own.envelope(), own.header(), own.annotations(), 1);
    assertThat(again.publisherId()).isEqualTo(3);
    assertThat(own).isEqualTo(aMessage().build());
  }

  @Test
  void combinesFilters() {
    MessageFilter yes = SqlFilter.parse("TRUE");
    MessageFilter no = SqlFilter.parse("FALSE");
    assertThat(AllOf.of(List.of())).isSameAs(MessageFilter.ALL);
    assertThat(AllOf.of(List.of(yes))).isSameAs(yes);
    assertThat(AllOf.of(List.of(yes, yes)).matches(MESSAGE, 0)).isTrue();
    assertThat(AllOf.of(List.of(yes, no)).matches(MESSAGE, 0)).isFalse();
  }
}
