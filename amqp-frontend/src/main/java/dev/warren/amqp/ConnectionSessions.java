package dev.warren.amqp;

import dev.warren.core.broker.Connections;
import dev.warren.core.broker.SessionView;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.proton.engine.Session;

/**
 * The sessions of one connection, counted against what its user may have. Owned by the connection's
 * loop, but for {@link #count}.
 */
final class ConnectionSessions {
  private final ConnectionHandler connection;
  private final Set<SessionHandler> open = new LinkedHashSet<>();
  private final AtomicInteger count = new AtomicInteger();

  ConnectionSessions(ConnectionHandler connection) {
    this.connection = connection;
  }

  /** How many there are; any thread. */
  int count() {
    return count.get();
  }

  /** As the operator sees them, later; any thread. */
  CompletionStage<List<SessionView>> views() {
    CompletableFuture<List<SessionView>> views = new CompletableFuture<>();
    connection
        .loop()
        .loop()
        .execute(
            () ->
                views.complete(
                    open.stream().map(SessionHandler::view).filter(Objects::nonNull).toList()));
    return views;
  }

  /** The peer begins one: it is ended at once if the user has as many as he may. */
  void begin(Session session) {
    SessionHandler handler = new SessionHandler(connection, session);
    handler.begin();
    String user = connection.user().name();
    int limit = connection.context().broker().access().rules().limitsOf(user).sessionsMax();
    if (!counted().beginSession(user, limit)) {
      handler.end(AmqpErrors.sessionLimit(user, limit));
      return;
    }
    open.add(handler);
    count.set(open.size());
  }

  /** The peer ended one. */
  void end(Session session) {
    if (session.getContext() instanceof SessionHandler handler) {
      handler.onEnd();
      if (open.remove(handler)) {
        counted().endSessions(connection.user().name(), 1);
      }
      count.set(open.size());
    }
  }

  /** The connection is over. */
  void releaseAll() {
    if (open.isEmpty()) {
      return;
    }
    for (SessionHandler session : open) {
      session.release();
    }
    counted().endSessions(connection.user().name(), open.size());
    open.clear();
    count.set(0);
  }

  private Connections counted() {
    return connection.context().broker().connections();
  }

  /** Octets of messages that have not come in full. */
  long incomingBytes() {
    long bytes = 0;
    for (SessionHandler session : open) {
      bytes += session.incomingBytes();
    }
    return bytes;
  }

  /** Links which the peer has attached and not detached. */
  int attachedLinks() {
    int links = 0;
    for (SessionHandler session : open) {
      links += session.attachedLinks();
    }
    return links;
  }

  /** Octets held of what the peer said when it attached its links. */
  long attachedBytes() {
    long bytes = 0;
    for (SessionHandler session : open) {
      bytes += session.attachedBytes();
    }
    return bytes;
  }

  /** Deliveries which the peer has to settle. */
  int unsettledDeliveries() {
    int deliveries = 0;
    for (SessionHandler session : open) {
      deliveries += session.unsettledDeliveries();
    }
    return deliveries;
  }

  /** All links ask again for credit, or whether to give some. */
  void touchLinks() {
    open.forEach(SessionHandler::touchLinks);
  }

  void onPublishersBlocked() {
    for (SessionHandler session : open) {
      session.onPublishersBlocked();
    }
  }

  void onRulesChanged() {
    List.copyOf(open).forEach(SessionHandler::onRulesChanged);
  }
}
