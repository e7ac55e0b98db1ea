package dev.warren.core.broker;

/** A request the broker refuses, with a text for the client. */
public final class BrokerException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final BrokerError error;

  /** Creates the exception. */
  public BrokerException(BrokerError error, String text) {
    super(text);
    this.error = error;
  }

  /** What kind of refusal it is. */
  public BrokerError error() {
    return error;
  }

  /** The text for the client. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
