package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What queue a JMS subscription has, by what its clients send. */
class SubscriptionNameTest {

  @ParameterizedTest
  @CsvSource({
    "orders, app, true, false, jms.durable.app.orders",
    "orders|global, , true, true, jms.durable-global.orders",
    "orders|global2, , true, true, jms.durable-global.orders",
    "orders|3, app, true, true, jms.durable.app.orders",
    "orders|volatile1, app, false, true, jms.shared.app.orders",
    "orders|global-volatile2, , false, true, jms.shared-global.orders",
    "a|b, app, true, false, jms.durable.app.a|b",
  })
  void namesTheQueueAfterClientAndSubscription(
      String link, String client, boolean durable, boolean shared, String queue) {
    assertThat(SubscriptionName.of(link, client, durable, shared).queue()).isEqualTo(queue);
  }

  @ParameterizedTest
  @CsvSource({
    "orders, jms.durable.app.orders",
    "orders|global, jms.durable-global.orders",
    "orders|2, jms.durable.app.orders",
  })
  void looksUpDurableSubscriptionsOnly(String link, String queue) {
    assertThat(SubscriptionName.ofLookUp(link, "app").queue()).isEqualTo(queue);
  }

  @Test
  void givesDifferentSubscriptionsDifferentQueues() {
    assertThat(SubscriptionName.of("c", "a.b", true, false).queue())
        .isNotEqualTo(SubscriptionName.of("b.c", "a", true, false).queue());
    assertThat(SubscriptionName.of("c", "a.", true, false).queue())
        .isNotEqualTo(SubscriptionName.of("c", "a%2E", true, false).queue());
  }

  @Test
  void keepsLineBreaksOutOfNames() {
    assertThat(SubscriptionName.of("a\r\nb", "app", true, false).queue())
        .isEqualTo("jms.durable.app.a%0D%0Ab");
  }

  @Test
  void shortensWhatIsTooLongWithoutConfusingIt() {
    String one = SubscriptionName.of("ü".repeat(200), "app", true, false).queue();
    String other = SubscriptionName.of("ü".repeat(201), "app", true, false).queue();
    assertThat(one).startsWith("jms.durable.app.üü").isNotEqualTo(other);
    assertThat(one.getBytes(StandardCharsets.UTF_8).length).isBetween(250, 255);
  }
}
