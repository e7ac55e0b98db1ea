package dev.warren.amqp;

import io.vertx.core.net.NetServerOptions;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An address on which clients are taken in. Immutable.
 *
 * @param host name or address to bind; an IPv6 address may be in brackets
 * @param port port to bind; 0 lets the system choose
 * @param proxyProtocol whether each connection must begin with a header of the PROXY protocol,
 *     whose addresses are then taken for those of the connection
 * @param webSocket what WebSockets may come from if the listener speaks HTTP, or empty if it speaks
 *     AMQP at once
 * @param tls switches TLS on and says how, or empty for a listener without it
 */
public record AmqpListener(
    String host,
    int port,
    boolean proxyProtocol,
    Optional<WebSocketOrigins> webSocket,
    Optional<Consumer<NetServerOptions>> tls) {
  /** Removes brackets. */
  public AmqpListener {
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port out of range: port=" + port);
    }
  }

  /** A listener without TLS. */
  public AmqpListener(
      String host, int port, boolean proxyProtocol, Optional<WebSocketOrigins> webSocket) {
    this(host, port, proxyProtocol, webSocket, Optional.empty());
  }

  /** AMQP over TCP. */
  public static AmqpListener tcp(String host, int port) {
    return new AmqpListener(host, port, false, Optional.empty());
  }
}
