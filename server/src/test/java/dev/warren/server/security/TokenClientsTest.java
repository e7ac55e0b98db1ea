package dev.warren.server.security;

import static dev.warren.server.security.Programs.answer;
import static dev.warren.server.security.Programs.rhea;
import static dev.warren.server.security.Programs.tryRhea;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpServer;
import dev.warren.server.interop.Commands;
import dev.warren.server.security.JmsClient.Login;
import dev.warren.server.tls.TestCertificates;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.types.Binary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Qpid JMS, rhea and curl log in by tokens (contract §14). */
@Timeout(60)
class TokenClientsTest {
  private static final SSLContext TRUSTING = TestCertificates.get().trusting(Optional.empty());
  private static final String[] QUEUE = {"warren.write:%2F/amq.default", "warren.read:%2F/work"};

  @TempDir Path directory;

  private final LaterClock clock = new LaterClock();
  private final TokenIssuer issuer = new TokenIssuer("first");

  @SuppressWarnings("NullAway.Init")
  private SecureBroker broker;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(directory.resolve("keys.json"), issuer.keySet());
    broker = start(directory, "keys.json");
  }

  private SecureBroker start(Path where, String keys) throws IOException {
    return SecureBroker.start(
        where,
        SecureBroker.LISTENERS
            + SecureBroker.tls("")
            + SecureBroker.USERS
            + """
            login:
              oauth: {jwks: "%s", resource-server-id: warren, clock-skew: 0s, refetch-interval: 1s}
            """
                .formatted(keys),
        clock);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private static Instant inAnHour() {
    return Instant.now().plusSeconds(3_600);
  }

  private static Connection jms(SecureBroker broker, String token, String mechanism)
      throws JMSException {
    return JmsClient.connect(
        "amqps://localhost:" + broker.wiring().tls().amqpPort(),
        new Login("whoever", token, Optional.of(TRUSTING)),
        "amqp.saslMechanisms=" + mechanism);
  }

  private Connection jms(String token) throws JMSException {
    return jms(broker, token, "PLAIN");
  }

  private String curl(String token, String path, String... more) throws InterruptedException {
    String[] arguments = new String[more.length + 5];
    arguments[0] = "--cacert";
    arguments[1] = broker.file("ca.pem");
    arguments[2] = "-H";
    arguments[3] = "Authorization: Bearer " + token;
    arguments[4] = "https://localhost:" + broker.wiring().tls().httpPort() + "/api" + path;
    System.arraycopy(more, 0, arguments, 5, more.length);
    return answer(arguments);
  }

  // ---- good tokens ----

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "XOAUTH2"})
  void qpidJmsLogsInByATokenAsPassword(String mechanism) throws JMSException {
    String token = issuer.token("carol", inAnHour(), QUEUE);
    try (Connection connection = jms(broker, token, mechanism)) {
      JmsClient.sendAndReceive(connection);

      JsonNode seen = broker.theConnection();
      assertThat(seen.path("user").asText()).isEqualTo("carol");
      assertThat(seen.path("auth_mechanism").asText()).isEqualTo(mechanism);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"XOAUTH2", "OAUTHBEARER"})
  void rheaLogsInByAToken(String mechanism) throws Exception {
    rhea(rheaWith(issuer.token("carol", inAnHour(), QUEUE), mechanism));
  }

  private Map<String, Object> rheaWith(String token, String mechanism) {
    return Map.of(
        "port",
        broker.wiring().tls().amqpPort(),
        "transport",
        "tls",
        "ca",
        broker.file("ca.pem"),
        "username",
        "whoever",
        "mechanism",
        mechanism,
        "token",
        token);
  }

  @Test
  void curlShowsATokenAsBearer() throws Exception {
    String token = issuer.token("carol", inAnHour(), "warren.tag:management");

    assertThat(curl(token, "/whoami")).startsWith("200 ").contains("\"name\":\"carol\"");
  }

  @Test
  void theLimitsOfAStoredUserHoldForTokensOfThatName() throws Exception {
    broker.must("PUT", "/api/users/carol", "{\"password\":\"pw\",\"tags\":\"\"}");
    broker.must("PUT", "/api/user-limits/carol/max-connections", "{\"value\":1}");
    String token = issuer.token("carol", inAnHour(), QUEUE);
    try (Connection first = jms(token)) {
      JmsClient.sendAndReceive(first);

      assertThatThrownBy(() -> jms(token).close())
          .isInstanceOf(JMSException.class)
          .hasMessageContaining("connection refused for user 'carol': user connection limit (1)");
    }
  }

  // ---- scopes ----

  @Test
  void aScopeThatIsMissingIsRefusedAsAPermissionIs() throws Exception {
    Commands.Ended byPermission =
        tryRhea(
            Map.of("port", broker.wiring().amqpPort(), "username", "reader", "password", "reader"));
    Commands.Ended byScope =
        tryRhea(rheaWith(issuer.token("carol", inAnHour(), QUEUE[1]), "XOAUTH2"));

    assertThat(byPermission.output())
        .contains("amqp:unauthorized-access")
        .contains("write access to exchange 'amq.default' in vhost '/' refused for user 'reader'");
    assertThat(byScope.output()).isEqualTo(byPermission.output().replace("reader", "carol"));
  }

  @Test
  void whoHasNoScopeInAVirtualHostCannotEnterIt() {
    String token = issuer.token("carol", inAnHour(), "warren.read:elsewhere/*");

    assertThatThrownBy(() -> jms(token).close())
        .isInstanceOf(JMSException.class)
        .hasMessageContaining("access to vhost '/' refused for user 'carol'");
  }

  @Test
  void scopesAndTagsHoldOverHttp() throws Exception {
    String token =
        issuer.token(
            "carol",
            inAnHour(),
            "warren.tag:management",
            "warren.configure:%2F/carol-*",
            "other.x");
    String[] put = {"-X", "PUT", "-H", "content-type: application/json", "-d", "{}"};

    assertThat(curl(token, "/queues/%2F/carol-1", put)).startsWith("201");
    assertThat(curl(token, "/queues/%2F/dave-1", put))
        .startsWith("401 ")
        .contains("configure access to queue 'dave-1' in vhost '/' refused for user 'carol'");
    assertThat(curl(token, "/users")).as("for administrators").startsWith("401 ");
    assertThat(curl(issuer.token("carol", inAnHour(), QUEUE), "/whoami"))
        .as("without a tag")
        .startsWith("401 ");
  }

  // ---- tokens that are no good ----

  /** How a token is spoilt. */
  private enum Fault {
    EXPIRED,
    ENDLESS,
    FOREIGN_KEY_OF_THE_SAME_NAME,
    UNKNOWN_KEY,
    NO_SIGNATURE,
    SIGNED_WITH_THE_PUBLIC_KEY,
    CHANGED,
    FOR_ANOTHER_SERVER,
    NOT_YET_VALID
  }

  private String spoilt(Fault fault) {
    String[] all = {"warren.tag:administrator", "warren.read:*/*", "warren.write:*/*"};
    JWTClaimsSet.Builder claims = TokenIssuer.claims("carol", inAnHour(), all);
    JWTClaimsSet good = claims.build();
    return switch (fault) {
      case EXPIRED -> issuer.token("carol", Instant.now().minusSeconds(1), all);
      case ENDLESS -> issuer.sign(claims.expirationTime(null).build());
      case FOREIGN_KEY_OF_THE_SAME_NAME -> new TokenIssuer("first").sign(good);
      case UNKNOWN_KEY -> new TokenIssuer("second").sign(good);
      case NO_SIGNATURE -> TokenIssuer.unsigned(good);
      case SIGNED_WITH_THE_PUBLIC_KEY -> issuer.signWithThePublicKey(good);
      case CHANGED -> changed(issuer.sign(good), issuer.token("guest", inAnHour(), all));
      case FOR_ANOTHER_SERVER -> issuer.sign(claims.audience("another").build());
      case NOT_YET_VALID -> issuer.sign(claims.notBeforeTime(Date.from(inAnHour())).build());
    };
  }

  /** The claims of one token with the signature of the other. */
  private static String changed(String signed, String claimed) {
    String[] parts = signed.split("\\.", -1);
    return String.join(".", parts[0], claimed.split("\\.", -1)[1], parts[2]);
  }

  @ParameterizedTest
  @EnumSource
  void noSuchTokenLetsAnybodyIn(Fault fault) throws Exception {
    String token = spoilt(fault);

    assertThatThrownBy(() -> jms(token).close()).isInstanceOf(JMSSecurityException.class);
    assertThat(curl(token, "/whoami")).startsWith("401 ").doesNotContain("carol");
    assertThat(broker.json("/api/connections")).isEmpty();
  }

  @Test
  void rheaIsToldThatATokenIsNoGood() throws Exception {
    Commands.Ended ended = tryRhea(rheaWith(spoilt(Fault.EXPIRED), "OAUTHBEARER"));

    assertThat(ended.isWell()).isFalse();
    assertThat(ended.output()).contains("{\"status\":\"invalid_token\"}");
  }

  // ---- keys and time ----

  @Test
  void theNextKeyIsFetchedAndTheRemovedOneCountsNoMore() throws Exception {
    String scope = "warren.tag:management";
    String old = issuer.token("carol", inAnHour(), scope);
    assertThat(curl(old, "/whoami")).startsWith("200 ");
    TokenIssuer next = new TokenIssuer("second");

    Files.writeString(directory.resolve("keys.json"), next.keySet());

    String fresh = next.token("carol", inAnHour(), scope);
    await().atMost(SecureBroker.LIMIT).until(() -> curl(fresh, "/whoami").startsWith("200 "));
    assertThat(curl(old, "/whoami")).startsWith("401 ");
    assertThatThrownBy(() -> jms(old).close()).isInstanceOf(JMSSecurityException.class);
  }

  @Test
  void keysAreFetchedFromAServerToo(@TempDir Path another) throws Exception {
    Path published = Files.writeString(another.resolve("published.json"), issuer.keySet());
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/keys",
        exchange -> {
          byte[] body = Files.readAllBytes(published);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
    try (SecureBroker other = start(another, address)) {
      try (Connection connection = jms(other, issuer.token("carol", inAnHour(), QUEUE), "PLAIN")) {
        JmsClient.sendAndReceive(connection);
      }
      TokenIssuer next = new TokenIssuer("second");
      Files.writeString(published, next.keySet());
      String fresh = next.token("carol", inAnHour(), QUEUE);
      await()
          .atMost(SecureBroker.LIMIT)
          .ignoreExceptionsInstanceOf(JMSSecurityException.class)
          .untilAsserted(() -> jms(other, fresh, "PLAIN").close());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aTokenThatAllowsLessThanTheOneBeforeItEndsLinksThatAreOpen() throws Exception {
    int port = broker.wiring().amqpPort();
    String token = issuer.token("carol", inAnHour(), QUEUE);
    try (AmqpUser carol = AmqpUser.connect(port, "carol", token, "vhost:/")) {
      Sender sender = carol.sender("/queues/work");
      AmqpUser.send(sender, Message.create("before"));
      String less = issuer.token("carol", inAnHour(), QUEUE[1]);
      Binary body = new Binary(less.getBytes(StandardCharsets.US_ASCII));

      assertThatThrownBy(
              () -> {
                // The client may hear that its session ends before it reads the answer.
                assertThat(carol.status("PUT", "/auth/tokens", body)).isEqualTo(204);
                for (int i = 0; i < 1000; i++) {
                  AmqpUser.send(sender, Message.create("after"));
                }
              })
          .hasStackTraceContaining("write access to exchange 'amq.default' in vhost '/' refused");
    }
  }

  @Test
  void aConnectionEndsWhenItsTokenDoes() throws Exception {
    BlockingQueue<JMSException> told = new LinkedBlockingQueue<>();
    String token = issuer.token("carol", Instant.now().plusSeconds(60), QUEUE);
    try (Connection connection = jms(token);
        Connection lasting = jms(issuer.token("dave", inAnHour(), QUEUE))) {
      connection.setExceptionListener(told::add);
      JmsClient.sendAndReceive(connection);

      clock.putForward(61_000);

      JMSException end = told.poll(SecureBroker.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(end).hasMessageContaining("credential expired");
      JmsClient.sendAndReceive(lasting);
      assertThatThrownBy(() -> jms(token).close()).isInstanceOf(JMSSecurityException.class);
    }
  }
}
