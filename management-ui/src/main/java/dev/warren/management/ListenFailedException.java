package dev.warren.management;

import dev.warren.core.broker.ConnectionView.Address;

/** The HTTP listener cannot be opened, most often because the port is in use. */
public final class ListenFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String host;
  private final int port;

  /** One of this address. */
  public ListenFailedException(String host, int port, Throwable cause) {
    super(
        "cannot listen for HTTP on " + new Address(host, port) + ": " + cause.getMessage(), cause);
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
