package dev.warren.core.filter;

import static dev.warren.core.filter.MessageBuilder.aMessage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Symbol;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What JMS selectors say of a message as Qpid JMS sends it. */
class JmsSelectorTest {
  private static final Message MESSAGE =
      aMessage()
          .header(new MessageHeader(true, 9, 1000))
          .property(PropertyField.MESSAGE_ID, "ID:host:1")
          .property(PropertyField.USER_ID, "guest".getBytes(StandardCharsets.UTF_8))
          .property(PropertyField.TO, "/queues/q")
          .property(PropertyField.SUBJECT, "car")
          .property(PropertyField.REPLY_TO, "/queues/r")
          .property(PropertyField.CORRELATION_ID, "c-1")
          .property(PropertyField.CONTENT_TYPE, new Symbol("text/plain"))
          .property(PropertyField.ABSOLUTE_EXPIRY_TIME, Instant.ofEpochMilli(2000))
          .property(PropertyField.CREATION_TIME, Instant.ofEpochMilli(1000))
          .property(PropertyField.GROUP_ID, "g")
          .property(PropertyField.GROUP_SEQUENCE, 2L)
          .property(PropertyField.REPLY_TO_GROUP_ID, "rg")
          .with("colour", "blue")
          .with("weight", 2500L)
          .with("ratio", 0.5)
          .with("rush", true)
          .with("$money", 1L)
          .with("größe", 3L)
          .with("my-name", "hyphen")
          .with("say \"hi\"", "quotes")
          .build();

  private static void assertTruth(String selector, String expected) {
    assertThat(JmsSelector.parse(selector).truth(MESSAGE, 0))
        .as(selector)
        .isEqualTo(Truth.valueOf(expected.toUpperCase(Locale.ROOT)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "JMSType = 'car'; true",
        "JMSPriority > 8; true",
        "JMSDeliveryMode = 'PERSISTENT'; true",
        "JMSMessageID = 'ID:host:1'; true",
        "JMSCorrelationID = 'c-1'; true",
        "JMSTimestamp = 1000; true",
        "JMSExpiration = 2000; true",
        "JMSDestination = '/queues/q'; true",
        "JMSReplyTo LIKE '%/r'; true",
        "JMSXUserID = 'guest'; true",
        "JMSXGroupID = 'g'; true",
        "JMSXGroupSeq = 2; true",
        "JMS_AMQP_REPLY_TO_GROUP_ID = 'rg'; true",
        "JMS_AMQP_CONTENT_TYPE = 'text/plain'; true",
        "JMS_AMQP_TTL = 1000; true",
        "amqp.message_id = 'ID:host:1'; true",
        "amqp.subject = 'car'; true",
        "amqp.priority = 9; true",
        "amqp.durable; true",
        "$money = 1; true",
        "größe = 3; true",
        "\"my-name\" = 'hyphen'; true",
        "\"say \"\"hi\"\"\" = 'quotes'; true",
      })
  void findsHeaderFieldsAndProperties(String selector, String expected) {
    assertTruth(selector, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "JMSType = 'car' AND colour = 'blue' AND weight > 2000; true",
        "jmstype = 'car'; unknown",
        "colour in ('red', 'blue') and not rush = false; true",
        "Colour Is Null; true",
        "colour is not null Or nothing; true",
        "weight between 2500 and 2500; true",
        "weight BETWEEN 1 AND 2; false",
        "weight NOT BETWEEN 1 AND 2; true",
        "weight not between 2000 and 3000; false",
        "missing BETWEEN 1 AND 2; unknown",
        "missing NOT BETWEEN 1 AND 2; unknown",
        "weight BETWEEN 1 AND missing; unknown",
        "weight BETWEEN 3000 AND missing; false",
        "weight BETWEEN 1 AND 2 OR rush; true",
        "weight + 1 BETWEEN 2 * 1000 AND 2 * 1500; true",
        "weight = 2500L; true",
        "weight = 0x9C4; true",
        "weight = 04704; true",
        "ratio = .5; true",
        "ratio = 5E-1; true",
        "ratio = 0.5d; true",
        "ratio = 0.5F; true",
        "weight = 2500f; true",
        "5 / 2 = 2; true",
        "5 / 2.0 = 2.5; true",
        "weight / 1000 = 2; true",
        "weight = '2500'; false",
        "weight <> '2500'; false",
        "weight <> 1; true",
        "rush = TRUE; true",
        "rush <> false; true",
        "colour LIKE 'bl!%%' ESCAPE '!'; false",
        "colour like 'bl__' ; true",
        "colour = 'it''s'; false",
        "UTC IS NULL; true",
      })
  void evaluates(String selector, String expected) {
    assertTruth(selector, expected);
  }

  @Test
  void selectsEverythingIfBlank() {
    assertThat(JmsSelector.parse(" ").matches(MESSAGE, 0)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"MESSAGE_ID, JMSMessageID", "CORRELATION_ID, JMSCorrelationID"})
  void showsIdentifiersAsQpidJmsDoes(PropertyField field, String name) {
    UUID uuid = new UUID(1, 2);
    assertIdentifier(field, name, "ID:x", "ID:x");
    assertIdentifier(field, name, uuid, "ID:AMQP_UUID:" + uuid);
    assertIdentifier(field, name, 17L, "ID:AMQP_ULONG:17");
    assertIdentifier(
        field, name, BigInteger.ONE.shiftLeft(63), "ID:AMQP_ULONG:9223372036854775808");
    assertIdentifier(field, name, new byte[] {10, (byte) 0xbc}, "ID:AMQP_BINARY:0ABC");
  }

  @Test
  void marksOnlyAMessageIdWithoutItsPrefix() {
    assertIdentifier(PropertyField.MESSAGE_ID, "JMSMessageID", "x", "ID:AMQP_NO_PREFIX:x");
    assertIdentifier(PropertyField.CORRELATION_ID, "JMSCorrelationID", "x", "x");
  }

  private static void assertIdentifier(
      PropertyField field, String name, Object onTheWire, String shown) {
    Message message = aMessage().property(field, onTheWire).build();
    assertThat(JmsSelector.parse(name + " = '" + shown + "'").matches(message, 0))
        .as("%s", onTheWire)
        .isTrue();
  }

  @Test
  void knowsAMessageThatIsNotDurable() {
    Message message = aMessage().header(MessageHeader.TRANSIENT).build();
    assertThat(JmsSelector.parse("JMSDeliveryMode = 'NON_PERSISTENT'").matches(message, 0))
        .isTrue();
    assertThat(JmsSelector.parse("JMSPriority = 4").matches(message, 0)).isTrue();
  }

  @Test
  void neverMatchesAMessageThatCannotBeDecoded() {
    Message broken = aMessage().message(new byte[] {0, 0x53, 0x73, (byte) 0xc0, 9, 2, 7});
    assertThat(JmsSelector.parse("JMSType IS NULL").matches(broken, 0)).isFalse();
  }
}
