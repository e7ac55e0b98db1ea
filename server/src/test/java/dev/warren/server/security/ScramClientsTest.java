package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.core.time.BrokerClock;
import dev.warren.server.security.JmsClient.Login;
import dev.warren.server.tls.TestCertificates;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Qpid JMS logs in by SCRAM on a port without TLS, where passwords must not come in clear. It takes
 * the strongest mechanism that is offered, unless it is told one.
 */
@Timeout(60)
class ScramClientsTest {
  private static final SSLContext TRUSTING = TestCertificates.get().trusting(Optional.empty());

  @TempDir static Path directory;

  @SuppressWarnings("NullAway.Init")
  private static SecureBroker broker;

  @BeforeAll
  static void start() throws IOException {
    String yaml =
        SecureBroker.LISTENERS
            + SecureBroker.tls("")
            + "login: {plain-text: never}\n"
            + SecureBroker.USERS.replace(
                "virtual-hosts:",
                """
                  - name: imported
                    password-hash: "%s"
                    permissions: [{virtual-host: /, configure: "", write: ".*", read: ".*"}]
                virtual-hosts:"""
                    .formatted(rabbitMqHash("imported")));
    broker = SecureBroker.start(directory, yaml, BrokerClock.system());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  /** As RabbitMQ's definitions have it (contract §12). */
  private static String rabbitMqHash(String password) {
    byte[] salt = {1, 2, 3, 4};
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      byte[] hash = digest.digest(password.getBytes(StandardCharsets.UTF_8));
      byte[] both = new byte[salt.length + hash.length];
      System.arraycopy(salt, 0, both, 0, salt.length);
      System.arraycopy(hash, 0, both, salt.length, hash.length);
      return Base64.getEncoder().encodeToString(both);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Connection inClear(String user, String password, String... options)
      throws JMSException {
    String address = "amqp://localhost:" + broker.wiring().amqpPort();
    return JmsClient.connect(address, Login.inClear(user, password), options);
  }

  private static String refusal(String user, String password, String... options) {
    return String.valueOf(
        catchThrowableOfType(
                JMSSecurityException.class, () -> inClear(user, password, options).close())
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "'', SCRAM-SHA-512",
    "amqp.saslMechanisms=SCRAM-SHA-256, SCRAM-SHA-256",
    "amqp.saslMechanisms=SCRAM-SHA-512, SCRAM-SHA-512",
  })
  void logsInSendsAndReceives(String option, String mechanism) throws JMSException {
    String[] options = option.isEmpty() ? new String[0] : new String[] {option};
    try (Connection connection = inClear("guest", "guest", options)) {
      JmsClient.sendAndReceive(connection);

      JsonNode seen = broker.theConnection();
      assertThat(seen.path("auth_mechanism").asText()).isEqualTo(mechanism);
      assertThat(seen.path("user").asText()).isEqualTo("guest");
      assertThat(seen.path("ssl").asBoolean()).isFalse();
    }
    broker.awaitNobody();
  }

  @Test
  void plainIsNotOfferedHere() {
    assertThat(refusal("guest", "guest", "amqp.saslMechanisms=PLAIN"))
        .contains("No supported mechanism");
  }

  @Test
  void aWrongPasswordAndAnUnknownUserAreRefusedAlike() {
    String wrong = refusal("guest", "x");

    assertThat(wrong).contains("SCRAM-SHA-512");
    assertThat(refusal("nobody", "x")).isEqualTo(wrong);
    assertThat(refusal("guest", "x", "amqp.saslMechanisms=SCRAM-SHA-256"))
        .contains("SCRAM-SHA-256");
  }

  @Test
  void aUserOfTheApiLogsInUntilHisPasswordChanges() throws JMSException {
    broker.must("PUT", "/api/users/dora", "{\"password\": \"first\", \"tags\": \"\"}");
    broker.must(
        "PUT",
        "/api/permissions/%2F/dora",
        "{\"configure\": \"\", \"write\": \".*\", \"read\": \".*\"}");
    try (Connection connection = inClear("dora", "first")) {
      JmsClient.sendAndReceive(connection);
    }

    broker.must("PUT", "/api/users/dora", "{\"password\": \"second\", \"tags\": \"\"}");

    assertThat(refusal("dora", "first")).contains("SCRAM-SHA-512");
    inClear("dora", "second").close();
    broker.awaitNobody();
  }

  /**
   * His hash does not hold what SCRAM needs; where PLAIN is safe SCRAM is not offered to anyone.
   */
  @Test
  void aUserWithRabbitMqsHashLogsInWhereThereIsTls() throws JMSException {
    assertThat(refusal("imported", "imported")).isEqualTo(refusal("nobody", "imported"));

    String address = "amqps://localhost:" + broker.wiring().tls().amqpPort();
    try (Connection connection = JmsClient.connect(address, Login.of("imported", TRUSTING))) {
      JmsClient.sendAndReceive(connection);
      assertThat(broker.theConnection().path("auth_mechanism").asText()).isEqualTo("PLAIN");
    }
    broker.awaitNobody();
  }
}
