package dev.warren.management;

import dev.warren.core.time.BrokerClock;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of the ports of HTTP: how many there may be, all told and from one address, so
 * that they do not take the descriptors AMQP needs; and how long one may wait before it asks for
 * anything. One too many is closed at once. Thread-safe.
 */
public final class HttpConnections {
  private static final Logger LOG = LoggerFactory.getLogger(HttpConnections.class);
  private static final long WARN_INTERVAL_MS = 1_000;

  /**
   * How many, and how long.
   *
   * @param max connections at a time
   * @param ofAddressMax of them from one address
   * @param firstRequestMs a connection without a request for so long is closed
   */
  public record Limits(int max, int ofAddressMax, long firstRequestMs) {
    /** For the API and the console. */
    public static final Limits DEFAULTS = new Limits(2_000, 500, 10_000);
  }

  private final Vertx vertx;
  private final Limits limits;
  private final BrokerClock clock;
  private final Map<HttpConnection, Open> open = new HashMap<>();
  private final Map<String, Integer> byAddress = new HashMap<>();
  private long warnedMs;

  private record Open(String address, long timer) {}

  /** None is open yet. */
  public HttpConnections(Vertx vertx, Limits limits, BrokerClock clock) {
    this.vertx = vertx;
    this.limits = limits;
    this.clock = clock;
    this.warnedMs = clock.epochMs() - WARN_INTERVAL_MS;
  }

  /** A client has connected; called on the connection's event loop. */
  public void opened(HttpConnection connection) {
    String address = String.valueOf(connection.remoteAddress().hostAddress());
    if (!add(connection, address)) {
      var unused = connection.close();
      return;
    }
    connection.closeHandler(nothing -> forget(connection));
  }

  private synchronized boolean add(HttpConnection connection, String address) {
    int ofAddress = byAddress.getOrDefault(address, 0);
    if (open.size() >= limits.max() || ofAddress >= limits.ofAddressMax()) {
      warn(address, ofAddress);
      return false;
    }
    byAddress.put(address, ofAddress + 1);
    long timer = vertx.setTimer(limits.firstRequestMs(), id -> connection.close());
    open.put(connection, new Open(address, timer));
    return true;
  }

  private void warn(String address, int ofAddress) {
    long nowMs = clock.epochMs();
    if (nowMs - warnedMs >= WARN_INTERVAL_MS) {
      warnedMs = nowMs;
      LOG.warn(
          "too many connections of HTTP address={} of-address={} of-address-max={} all={} max={}",
          address,
          ofAddress,
          limits.ofAddressMax(),
          open.size(),
          limits.max());
    }
  }

  /** The connection has asked for something: it may stay. */
  public synchronized void asked(HttpConnection connection) {
    Open known = open.get(connection);
    if (known != null) {
      vertx.cancelTimer(known.timer());
    }
  }

  /** The connection speaks another protocol, which has limits of its own, if the answer is 101. */
  void leaves(HttpServerRequest http) {
    http.response()
        .headersEndHandler(
            nothing -> {
              if (http.response().getStatusCode() == 101) {
                forget(http.connection());
              }
            });
  }

  private synchronized void forget(HttpConnection connection) {
    Open known = open.remove(connection);
    if (known != null) {
      vertx.cancelTimer(known.timer());
      var unused =
          byAddress.computeIfPresent(known.address(), (key, now) -> now > 1 ? now - 1 : null);
    }
  }

  /** How many there are. */
  synchronized int count() {
    return open.size();
  }
}
