package dev.warren.core.security;

/** What may be done with a queue or an exchange (contract §14). */
public enum Permission {
  /** Declare or delete it. */
  CONFIGURE("configure"),
  /** Publish to an exchange, or bind to a destination. */
  WRITE("write"),
  /** Consume from a queue, look into it or purge it, or bind from an exchange. */
  READ("read");

  private final String text;

  Permission(String text) {
    this.text = text;
  }

  /** Its name in requests and refusals. */
  public String text() {
    return text;
  }
}
