package dev.warren.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BrokerUrlTest {

  @Test
  void usesTheDefaultWithoutArgumentOrEnvironment() {
    assertThat(BrokerUrl.from(new String[0], Map.of()))
        .isEqualTo(new BrokerUrl("127.0.0.1", 5672, "guest", "guest"));
  }

  @Test
  void prefersTheArgumentToTheEnvironment() {
    Map<String, String> environment = Map.of("WARREN_URL", "amqp://there");
    assertThat(BrokerUrl.from(new String[0], environment).host()).isEqualTo("there");
    assertThat(BrokerUrl.from(new String[] {"amqp://here:99"}, environment))
        .isEqualTo(new BrokerUrl("here", 99, "guest", "guest"));
  }

  @Test
  void decodesUserAndPassword() {
    BrokerUrl url = BrokerUrl.parse("amqp://ada:p%3Aw%40@h");
    assertThat(url.user()).isEqualTo("ada");
    assertThat(url.password()).isEqualTo("p:w@");
    assertThat(BrokerUrl.parse(url.text())).isEqualTo(url);
  }

  @Test
  void doesNotShowThePassword() {
    assertThat(BrokerUrl.parse("amqp://ada:secret@h:1")).hasToString("amqp://h:1");
  }

  @Test
  void refusesAnotherProtocol() {
    assertThatThrownBy(() -> BrokerUrl.parse("http://h"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
