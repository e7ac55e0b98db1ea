package dev.warren.core.security;

/**
 * Who wants to log in, as far as that is known before. Immutable.
 *
 * @param protocol {@code amqp} or {@code http}
 * @param host address, without the port
 */
public record LoginClient(String protocol, String host, int port) {
  /** AMQP 1.0, whatever carries it. */
  public static final String AMQP = "amqp";

  /** The HTTP API and the console. */
  public static final String HTTP = "http";

  /** Address and port. */
  public String address() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
