package dev.warren.amqp;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells the audit trail what one connection was refused: of each kind at most one a second, since a
 * client may ask as often as it likes; the next one tells how many were left out. Owned by the
 * connection's loop.
 */
final class Refusals {
  private static final long PERIOD_NS = 1_000_000_000;

  private final ConnectionHandler connection;
  private final Map<String, Told> byKind = new LinkedHashMap<>();

  private static final class Told {
    private long atNs;
    private long leftOut;
    private String last = "";
  }

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
    Told told = byKind.get(kind);
    if (told == null) {
      told = new Told();
      byKind.put(kind, told);
    } else if (nowNs - told.atNs < PERIOD_NS) {
      told.leftOut++;
      told.last = why;
      return;
    }
    told.atNs = nowNs;
    write(kind, why, told);
  }

  /** The connection is over: what was left out is told. */
  void end() {
    byKind.forEach(
        (kind, told) -> {
          if (told.leftOut > 0) {
            told.leftOut--;
            write(kind, told.last, told);
          }
        });
  }

  private void write(String kind, String why, Told told) {
    String more =
        told.leftOut == 0
            ? ""
            : " (%d more of this connection before this one)".formatted(told.leftOut);
    told.leftOut = 0;
    connection
        .context()
        .broker()
        .audit()
        .refused(
            connection.actor(),
            kind,
            connection.virtualHostName(),
            connection.actor().user(),
            why + more);
  }
}
