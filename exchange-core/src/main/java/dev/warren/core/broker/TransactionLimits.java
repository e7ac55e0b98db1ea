package dev.warren.core.broker;

/**
 * What transactions may take. Immutable.
 *
 * @param operationsMax messages published and settled in one
 * @param bytesMax size of the messages published in one
 * @param perConnectionMax open ones of a connection
 * @param perUserMax open ones of all connections of a user
 * @param perNodeMax open ones of the node
 * @param timeoutMs from the first message published or settled in one to its end
 */
public record TransactionLimits(
    int operationsMax,
    long bytesMax,
    int perConnectionMax,
    int perUserMax,
    int perNodeMax,
    long timeoutMs) {
  /** 10 000 operations, 16 MiB, 256 a connection, 5 000 a user, 10 000 a node, 5 minutes. */
  public static final TransactionLimits DEFAULTS =
      new TransactionLimits(10_000, 16 << 20, 256, 5_000, 10_000, 300_000);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a limit is not positive
   */
  public TransactionLimits {
    if (operationsMax < 1
        || bytesMax < 1
        || perConnectionMax < 1
        || perUserMax < 1
        || perNodeMax < 1
        || timeoutMs < 1) {
      throw new IllegalArgumentException("limits of transactions must be positive");
    }
  }
}
