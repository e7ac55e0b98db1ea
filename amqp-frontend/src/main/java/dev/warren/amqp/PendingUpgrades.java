package dev.warren.amqp;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections to a port for WebSockets that have not asked for one yet. They count as hand-shakes
 * like those of TCP, and have as long. Thread-safe.
 */
final class PendingUpgrades {
  private final Vertx vertx;
  private final Handshakes handshakes;
  private final long timeoutMs;
  private final Map<HttpConnection, Waiting> waiting = new ConcurrentHashMap<>();

  PendingUpgrades(Vertx vertx, Handshakes handshakes, long timeoutMs) {
    this.vertx = vertx;
    this.handshakes = handshakes;
    this.timeoutMs = timeoutMs;
  }

  private record Waiting(String address, long timer) {}

  /** A connection was opened: closed at once if there are too many, or later if nothing comes. */
  void opened(HttpConnection connection) {
    String address =
        connection.remoteAddress() == null
            ? "unknown"
            : String.valueOf(connection.remoteAddress().hostAddress());
    if (!handshakes.begin(address)) {
      var unused = connection.close();
      return;
    }
    long timer =
        vertx.setTimer(
            timeoutMs,
            fired -> {
              if (waiting.containsKey(connection)) {
                var unused = connection.close();
              }
            });
    waiting.put(connection, new Waiting(address, timer));
    connection.closeHandler(closed -> asked(connection));
  }

  /** It has asked, so that it is answered and counted by others, or it is closed. */
  void asked(HttpConnection connection) {
    Waiting ended = waiting.remove(connection);
    if (ended != null) {
      vertx.cancelTimer(ended.timer());
      handshakes.end(ended.address());
    }
  }
}
