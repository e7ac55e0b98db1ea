package dev.warren.amqp.management;

/** The user may not do what the request asks for. The message is meant for the client. */
public final class AccessRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the text the client gets. */
  public AccessRefusedException(String text) {
    super(text);
  }
}
