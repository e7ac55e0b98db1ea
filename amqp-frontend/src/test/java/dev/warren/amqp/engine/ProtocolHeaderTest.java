package dev.warren.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolHeaderTest {
  @ParameterizedTest
  @CsvSource({
    "414d515003010000, SASL",
    "414d515000010000, PLAIN",
    "414d515002010000, AMQP_TLS",
    "414d515000000901, AMQP_0_9",
    "414d515001010009, AMQP_0_9",
    "414d515001010800, AMQP_0_9",
    "414d515000020000, OTHER_AMQP",
    "414d515009010000, OTHER_AMQP",
    "16030102, TLS",
    "47455420, HTTP",
    "50524920, HTTP",
    "00000000, UNKNOWN",
    "414d5151, UNKNOWN",
    "414d5150, INCOMPLETE",
    "414d5150030100, INCOMPLETE",
    "4745, INCOMPLETE",
    "'', INCOMPLETE"
  })
  void theFirstOctetsTellTheProtocol(String hex, ProtocolHeader expected) {
    ByteBuffer in = ByteBuffer.allocate(hex.length() / 2);
    for (int i = 0; i < hex.length(); i += 2) {
      in.put((byte) Integer.parseInt(hex.substring(i, i + 2), 16));
    }
    in.flip();

    assertThat(ProtocolHeader.of(in)).isEqualTo(expected);
    assertThat(in.position()).isZero();
  }

  @Test
  void theServedHeaderIsTheOneThatIsAccepted() {
    assertThat(ProtocolHeader.of(ByteBuffer.wrap(ProtocolHeader.served())))
        .isEqualTo(ProtocolHeader.SASL);
    assertThat(new String(ProtocolHeader.served(), StandardCharsets.ISO_8859_1))
        .startsWith("AMQP\3");
  }
}
