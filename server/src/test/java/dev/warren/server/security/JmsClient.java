package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.apache.qpid.jms.JmsConnectionFactory;

/** What the tests do with Qpid JMS. */
final class JmsClient {
  private static final long LIMIT_MS = 30_000;
  private static final String LIMITS =
      "jms.connectTimeout=%1$d&jms.requestTimeout=%1$d&jms.sendTimeout=%1$d&jms.closeTimeout=%1$d"
          .formatted(LIMIT_MS);

  private JmsClient() {}

  /** Who logs in how; empty for nobody. */
  record Login(String user, String password, Optional<SSLContext> tls) {
    static Login of(String user, SSLContext tls) {
      return new Login(user, user, Optional.of(tls));
    }

    static Login inClear(String user, String password) {
      return new Login(user, password, Optional.empty());
    }

    static Login byCertificate(SSLContext tls) {
      return new Login("", "", Optional.of(tls));
    }
  }

  /** Connects and logs in; a connection that cannot be used is closed. */
  static Connection connect(String address, Login login, String... options) throws JMSException {
    StringBuilder url = new StringBuilder(address).append('?').append(LIMITS);
    for (String option : options) {
      url.append('&').append(option);
    }
    JmsConnectionFactory factory = new JmsConnectionFactory(url.toString());
    login.tls().ifPresent(factory::setSslContext);
    if (!login.user().isEmpty()) {
      factory.setUsername(login.user());
      factory.setPassword(login.password());
    }
    Connection connection = factory.createConnection();
    try {
      connection.start();
      return connection;
    } catch (JMSException e) {
      connection.close();
      throw e;
    }
  }

  /** Sends a message to the queue and takes it again. */
  static void sendAndReceive(Connection connection) throws JMSException {
    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    try {
      Queue queue = session.createQueue("/queues/work");
      String text = UUID.randomUUID().toString();
      try (MessageProducer producer = session.createProducer(queue);
          MessageConsumer consumer = session.createConsumer(queue)) {
        producer.send(session.createTextMessage(text));
        TextMessage got = (TextMessage) consumer.receive(LIMIT_MS);
        assertThat(got).as("what was sent").isNotNull();
        assertThat(got.getText()).isEqualTo(text);
      }
    } finally {
      session.close();
    }
  }
}
