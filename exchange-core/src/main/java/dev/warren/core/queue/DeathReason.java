package dev.warren.core.queue;

/** Why a message was dead-lettered (contract §9.1). */
public enum DeathReason {
  /** A consumer rejected it. */
  REJECTED("rejected"),
  /** Its time to live was over. */
  EXPIRED("expired"),
  /** The queue was too long. */
  MAX_LENGTH("maxlen"),
  /** It was delivered in vain too often. */
  DELIVERY_LIMIT("delivery_limit");

  private final String symbol;

  DeathReason(String symbol) {
    this.symbol = symbol;
  }

  /** The name used in annotations and metrics. */
  public String symbol() {
    return symbol;
  }
}
