package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients are told when the compatibility identity is switched off (contract §1.3). */
@Timeout(60)
class PlainIdentityTest {
  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("plain-identity.yaml");

  @Test
  void namesItselfOnly() throws Exception {
    try (ProtonJ2Client client = ProtonJ2Client.connect(BROKER.host(), BROKER.amqpPort())) {
      Map<String, Object> told = client.connection().properties();

      assertThat(told).containsEntry("product", "Warren").containsEntry("x-product", "Warren");
      assertThat(told.get("version")).isEqualTo(told.get("x-version"));
      assertThat(told.toString()).doesNotContain("RabbitMQ");
    }
  }
}
