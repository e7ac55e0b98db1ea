package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The address rules of contract §3. */
class AddressParserTest {
  private final AddressParser parser = new AddressParser(true);
  private final AddressParser strict = new AddressParser(false);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/exchanges/x|x|''",
        "/exchanges/x/|x|''",
        "/exchanges/x/k|x|k",
        "/exchanges/amq.topic/a.b.c|amq.topic|a.b.c",
        "/exchanges/a%2Fb/c%2Fd|a/b|c/d",
        "/exchanges/x/a+b|x|a+b",
        "/exchanges/x/a:b@c|x|a:b@c",
        "/exchanges/x/%C3%A9|x|é",
        "/exchanges/x/é|x|é",
        "/exchanges/x/%2525|x|%25",
        "/exchanges/X/K|X|K"
      })
  void aTargetNamesAnExchangeAndARoutingKey(String text, String exchange, String key) {
    assertThat(strict.target(text)).isEqualTo(new Address.Exchange(exchange, key));
    assertThat(strict.to(text)).isEqualTo(new Address.Exchange(exchange, key));
  }

  @ParameterizedTest
  @CsvSource({
    "/queues/q,q",
    "/queues/a%20b,a b",
    "/queues/a/b,a/b",
    "/queues/a%2Fb,a/b",
    "/queues/amq.default,amq.default",
    "/queues/%E2%82%AC,€"
  })
  void anAddressNamesAQueue(String text, String queue) {
    assertThat(strict.target(text)).isEqualTo(new Address.Queue(queue));
    assertThat(strict.source(text)).isEqualTo(new Address.Queue(queue));
    assertThat(strict.to(text)).isEqualTo(new Address.Queue(queue));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/queues",
        "/queues/",
        "/queue/q",
        "/exchange/x/k",
        "/topic/k",
        "/amq/queue/q",
        "/exchanges/",
        "/exchanges//k",
        "/exchanges/amq.default/k",
        "/exchanges/x/k/more",
        "/exchanges/x/%",
        "/exchanges/x/%4",
        "/exchanges/x/%zz",
        "/exchanges/%ff/k",
        "/queues/%c3",
        "/Queues/q",
        "/management/more"
      })
  void otherTextIsMalformed(String text) {
    assertThat(strict.target(text)).isInstanceOf(Address.Malformed.class);
    assertThat(strict.source(text)).isInstanceOf(Address.Malformed.class);
    assertThat(strict.to(text)).isInstanceOf(Address.Malformed.class);
  }

  @Test
  void namesAreLimitedTo255Bytes() {
    assertThat(strict.target("/queues/" + "q".repeat(255))).isInstanceOf(Address.Queue.class);
    assertThat(strict.target("/queues/" + "q".repeat(256))).isInstanceOf(Address.Malformed.class);
    assertThat(strict.target("/queues/" + "é".repeat(128))).isInstanceOf(Address.Malformed.class);
    assertThat(strict.target("/exchanges/x/" + "k".repeat(256)))
        .isInstanceOf(Address.Malformed.class);
    assertThat(strict.target("/exchanges/" + "x".repeat(256)))
        .isInstanceOf(Address.Malformed.class);
  }

  @Test
  void aBareNameIsAQueueOnlyWhenThatIsSwitchedOn() {
    assertThat(parser.target("orders")).isEqualTo(new Address.Queue("orders"));
    assertThat(parser.source("a%20b")).isEqualTo(new Address.Queue("a%20b"));
    assertThat(strict.target("orders")).isInstanceOf(Address.Malformed.class);
    assertThat(parser.target("/orders")).isInstanceOf(Address.Malformed.class);
  }

  @Test
  void noAddressIsTheAnonymousTerminusOfATargetAndNothingElse() {
    assertThat(strict.target(null)).isEqualTo(Address.ANONYMOUS);
    assertThat(strict.source(null)).isInstanceOf(Address.Malformed.class);
    assertThat(strict.to(null)).isInstanceOf(Address.Malformed.class);
    assertThat(strict.to(7L)).isInstanceOf(Address.Malformed.class);
  }

  @Test
  void theManagementNodeIsATerminusAndNoMessageGoesThere() {
    assertThat(strict.target("/management")).isEqualTo(Address.MANAGEMENT);
    assertThat(strict.source("/management")).isEqualTo(Address.MANAGEMENT);
    assertThat(strict.to("/management")).isInstanceOf(Address.Malformed.class);
  }

  @Test
  void anExchangeIsNoSource() {
    assertThat(strict.source("/exchanges/x/k")).isInstanceOf(Address.Malformed.class);
  }
}
