package dev.warren.amqp;

import java.util.HashMap;
import java.util.Map;

/**
 * Tells the audit trail what one connection was refused: of each kind at most one a second, since a
 * client may ask as often as it likes. Owned by the connection's loop.
 */
final class Refusals {
  private static final long PERIOD_NS = 1_000_000_000;

  private final ConnectionHandler connection;
  private final Map<String, Long> toldNs = new HashMap<>();

  Refusals(ConnectionHandler connection) {
    this.connection = connection;
  }

  /**
   * Something was refused.
   *
   * @param kind one of few
   */
  void tell(String kind, String why) {
    long nowNs = connection.context().clock().nanoTime();
    Long last = toldNs.get(kind);
    if (last != null && nowNs - last < PERIOD_NS) {
      return;
    }
    toldNs.put(kind, nowNs);
    connection
        .context()
        .broker()
        .audit()
        .refused(
            connection.actor(), kind, connection.virtualHostName(), connection.actor().user(), why);
  }
}
