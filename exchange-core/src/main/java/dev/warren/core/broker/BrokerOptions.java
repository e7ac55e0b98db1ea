package dev.warren.core.broker;

/**
 * Settings of the engine. Immutable.
 *
 * @param nodeName the node's name, for example {@code warren@host}
 * @param version Warren's own version
 * @param payloadBytesMax message payload kept in memory, all queues together; beyond it stored
 *     messages are dropped from memory and read back later
 * @param parkedMax messages a single publisher may have unconfirmed
 * @param diskFreeLimitBytes publishers are blocked while less is free
 * @param memoryLimitRatio publishers are blocked while more of the heap is in use
 * @param transactions what transactions may take
 */
public record BrokerOptions(
    String nodeName,
    String version,
    long payloadBytesMax,
    int parkedMax,
    long diskFreeLimitBytes,
    double memoryLimitRatio,
    TransactionLimits transactions) {

  /** With default limits for transactions. */
  public BrokerOptions(
      String nodeName,
      String version,
      long payloadBytesMax,
      int parkedMax,
      long diskFreeLimitBytes,
      double memoryLimitRatio) {
    this(
        nodeName,
        version,
        payloadBytesMax,
        parkedMax,
        diskFreeLimitBytes,
        memoryLimitRatio,
        TransactionLimits.DEFAULTS);
  }
}
