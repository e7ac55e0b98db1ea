package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.Session;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens on open AMQP connections when users, permissions and limits change over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AccessChangesTest {
  private static final String ALL = "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}";

  private HttpBroker broker;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}]");
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @BeforeEach
  void reset() {
    broker.send("guest", "DELETE", "/vhosts/m", "");
    broker.send("guest", "DELETE", "/users/u", "");
    broker.must("PUT", "/vhosts/m", "{}");
    broker.must("PUT", "/users/u", "{\"password\":\"u\",\"tags\":\"\"}");
    broker.must("PUT", "/permissions/m/u", ALL);
    broker.must("PUT", "/queues/m/q", "{\"durable\":true}");
  }

  private AmqpUser connect() throws Exception {
    return AmqpUser.connect(broker.wiring().amqpPort(), "u");
  }

  private static Receiver receiver(AmqpUser user) throws Exception {
    return user.receiver("/queues/q", new ReceiverOptions().creditWindow(10));
  }

  /** What the receiver's client is told when the broker ends it. */
  private static String end(Receiver receiver) {
    return AmqpUser.said(
        catchThrowable(
            () -> {
              if (receiver.receive(AmqpUser.LIMIT_S, TimeUnit.SECONDS) == null) {
                throw new AssertionError("nothing has ended");
              }
            }));
  }

  @Test
  void aConsumerWhoseReadIsTakenAwayLosesItsSession() throws Exception {
    try (AmqpUser user = connect()) {
      Receiver receiver = receiver(user);
      broker.must(
          "PUT", "/permissions/m/u", ALL.replace("\"read\":\".*\"", "\"read\":\"^other$\""));

      assertThat(end(receiver))
          .isEqualTo(
              "amqp:unauthorized-access: read access to queue 'q' in vhost 'm' refused for user"
                  + " 'u'");
    }
  }

  @Test
  void aPublisherWhoseWriteIsTakenAwayLosesItsSession() throws Exception {
    try (AmqpUser user = connect()) {
      Sender sender = user.sender("/queues/q");
      AmqpUser.send(sender, Message.create("before"));
      broker.must("PUT", "/permissions/m/u", ALL.replace("\"write\":\".*\"", "\"write\":\"\""));

      Throwable failure = catchThrowable(() -> AmqpUser.send(sender, Message.create("after")));

      assertThat(AmqpUser.said(failure))
          .isEqualTo(
              "amqp:unauthorized-access: write access to exchange 'amq.default' in vhost 'm'"
                  + " refused for user 'u'");
      assertThat(ready()).isEqualTo(1);
    }
  }

  @Test
  void aPublisherWhoseKeyIsTakenAwayLosesItsSession() throws Exception {
    try (AmqpUser user = connect()) {
      Sender sender = user.sender("/exchanges/amq.topic/k.1");
      AmqpUser.send(sender, Message.create("before"));
      broker.must(
          "PUT",
          "/topic-permissions/m/u",
          "{\"exchange\":\"amq.topic\",\"write\":\"^{username}[.]\",\"read\":\"\"}");

      Throwable failure = catchThrowable(() -> AmqpUser.send(sender, Message.create("after")));

      assertThat(AmqpUser.said(failure))
          .isEqualTo(
              "amqp:unauthorized-access: write access to topic 'k.1' in exchange 'amq.topic' in"
                  + " vhost 'm' refused for user 'u'");
    }
    try (AmqpUser user = connect()) {
      user.publish("/exchanges/amq.topic/u.1", Map.of());
    }
  }

  @Test
  void whatIsGrantedWorksOnTheOpenConnection() throws Exception {
    broker.must("PUT", "/permissions/m/u", "{\"configure\":\"\",\"write\":\"\",\"read\":\"\"}");
    try (AmqpUser user = connect()) {
      Session first = user.connection().openSession();
      Throwable failure =
          catchThrowable(
              () ->
                  first
                      .openSender("/queues/q")
                      .openFuture()
                      .get(AmqpUser.LIMIT_S, TimeUnit.SECONDS));
      assertThat(AmqpUser.said(failure)).contains("write access to exchange 'amq.default'");
      broker.must("PUT", "/permissions/m/u", ALL);

      user.publish("/queues/q", Map.of());
    }
  }

  @Test
  void aDeletedUserLosesHisConnections() throws Exception {
    try (AmqpUser user = connect()) {
      Receiver receiver = receiver(user);
      broker.must("DELETE", "/users/u", "");

      assertThat(end(receiver)).isEqualTo("amqp:unauthorized-access: user 'u' was deleted");
    }
  }

  @Test
  void aUserWhoMayNotEnterAnyMoreLosesHisConnections() throws Exception {
    try (AmqpUser user = connect()) {
      Receiver receiver = receiver(user);
      broker.must("DELETE", "/permissions/m/u", "");

      assertThat(end(receiver))
          .isEqualTo("amqp:unauthorized-access: access to vhost 'm' refused for user 'u'");
    }
  }

  @Test
  void aDeletedVirtualHostTakesItsConnectionsAlong() throws Exception {
    try (AmqpUser user = connect()) {
      Sender sender = user.sender("/exchanges/amq.topic/k");
      broker.must("DELETE", "/vhosts/m", "");

      Throwable failure =
          catchThrowable(
              () -> {
                while (true) {
                  AmqpUser.send(sender, Message.create("more"));
                }
              });

      assertThat(AmqpUser.said(failure))
          .startsWith("amqp:unauthorized-access: ")
          .endsWith("vhost 'm' was deleted");
    }
  }

  @Test
  void aChangedPasswordCountsForTheNextLogin() throws Exception {
    try (AmqpUser user = connect()) {
      broker.must("PUT", "/users/u", "{\"password\":\"another\",\"tags\":\"\"}");

      user.publish("/queues/q", Map.of());
      assertThat(catchThrowable(this::connect)).isNotNull();
      AmqpUser.connect(broker.wiring().amqpPort(), "u", "another").close();
    }
  }

  @Test
  void aUserHasNoMoreConnectionsThanHeMay() throws Exception {
    broker.must("PUT", "/user-limits/u/max-connections", "{\"value\":1}");
    assertTheSecondIsRefused(
        "amqp:resource-limit-exceeded: connection refused for user 'u': user connection limit (1) is"
            + " reached");
  }

  @Test
  void aVirtualHostHasNoMoreConnectionsThanItMay() throws Exception {
    broker.must("PUT", "/vhost-limits/m/max-connections", "{\"value\":1}");
    assertTheSecondIsRefused(
        "amqp:resource-limit-exceeded: access to vhost 'm' refused for user 'u': connection limit"
            + " (1) is reached");
  }

  /** And after the first has gone there is room again. */
  private void assertTheSecondIsRefused(String text) throws Exception {
    try (AmqpUser first = connect()) {
      first.publish("/queues/q", Map.of());
      String said = "";
      try (AmqpUser second = connect()) {
        said = AmqpUser.said(catchThrowable(() -> second.sender("/queues/q")));
      } catch (Exception e) {
        said = AmqpUser.said(e);
      }
      assertThat(said).isEqualTo(text);
      first.publish("/queues/q", Map.of());
    }
    Awaitility.await().untilAsserted(() -> assertThat(broker.get("/connections").size()).isZero());
    try (AmqpUser again = connect()) {
      again.publish("/queues/q", Map.of());
    }
  }

  @Test
  void aUserHasNoMoreSessionsThanHeMay() throws Exception {
    broker.must("PUT", "/user-limits/u/max-channels", "{\"value\":1}");
    try (AmqpUser user = connect()) {
      Session first = user.connection().openSession();
      first.openFuture().get(AmqpUser.LIMIT_S, TimeUnit.SECONDS);
      Throwable failure =
          catchThrowable(
              () ->
                  user.connection()
                      .openSession()
                      .openSender("/queues/q")
                      .openFuture()
                      .get(AmqpUser.LIMIT_S, TimeUnit.SECONDS));

      assertThat(AmqpUser.said(failure))
          .contains(
              "amqp:resource-limit-exceeded: number of channels opened for user 'u' has"
                  + " reached the maximum allowed limit of (1)");
      first.close();
      user.connection()
          .openSession()
          .openSender("/queues/q")
          .openFuture()
          .get(AmqpUser.LIMIT_S, TimeUnit.SECONDS);
    }
  }

  private int ready() {
    return broker.get("/queues/m/q?disable_stats=true").path("messages_ready").asInt();
  }
}
