package dev.warren.amqp;

import dev.warren.core.broker.ConnectionView.Address;

/** The listener cannot be opened, most likely because its port is in use. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String host;
  private final int port;

  /** Creates the exception. */
  ListenException(String host, int port, Throwable cause) {
    super("cannot listen on " + new Address(host, port) + ": " + cause.getMessage(), cause);
    this.host = host;
    this.port = port;
  }

  /** The address asked for. */
  public String host() {
    return host;
  }

  /** The port asked for. */
  public int port() {
    return port;
  }
}
