package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketOriginsTest {
  @ParameterizedTest
  @CsvSource({
    "http://localhost:15672, localhost:15672, true, true",
    "http://127.0.0.1:15672, 127.0.0.1:15672, true, true",
    "https://broker.example, broker.example, false, true",
    // A stranger's name that points to this machine.
    "http://evil.example:15672, evil.example:15672, true, false",
    "http://evil.example:15672, localhost:15672, true, false",
    "http://evil.example, broker.example, false, false",
  })
  void onlyPagesOfItsOwnOriginConnect(String origin, String host, boolean here, boolean allowed) {
    assertThat(WebSocketOrigins.SAME.allows(origin, host, here)).isEqualTo(allowed);
  }

  @Test
  void originsThatAreNamedConnectFromAnywhere() {
    WebSocketOrigins named = new WebSocketOrigins(Set.of("https://Shop.example"));

    assertThat(named.allows("https://shop.example", "broker.example", true)).isTrue();
    assertThat(named.allows("https://other.example", "broker.example", true)).isFalse();
    assertThat(new WebSocketOrigins(Set.of("*")).allows("https://any.example", null, true))
        .isTrue();
  }

  @Test
  void aClientThatIsNoBrowserSendsNoOrigin() {
    assertThat(WebSocketOrigins.SAME.allows(null, "evil.example", true)).isTrue();
  }
}
