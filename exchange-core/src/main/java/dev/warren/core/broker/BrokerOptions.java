package dev.warren.core.broker;

import dev.warren.core.security.PublishRate;

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
 * @param consumerTimeoutMs how long a consumer may hold a message unsettled, unless its queue or
 *     the consumer itself says otherwise; 0 without a limit
 * @param publishRate how fast each user may publish who has no rate of his own
 */
public record BrokerOptions(
    String nodeName,
    String version,
    long payloadBytesMax,
    int parkedMax,
    long diskFreeLimitBytes,
    double memoryLimitRatio,
    TransactionLimits transactions,
    long consumerTimeoutMs,
    PublishRate publishRate) {
  /** How long a consumer may hold a message by default, in milliseconds (contract §15). */
  public static final long CONSUMER_TIMEOUT_MS_DEFAULT = 1_800_000;

  /** With the default time-out of consumers. */
  public BrokerOptions(
      String nodeName,
      String version,
      long payloadBytesMax,
      int parkedMax,
      long diskFreeLimitBytes,
      double memoryLimitRatio,
      TransactionLimits transactions) {
    this(
        nodeName,
        version,
        payloadBytesMax,
        parkedMax,
        diskFreeLimitBytes,
        memoryLimitRatio,
        transactions,
        CONSUMER_TIMEOUT_MS_DEFAULT,
        PublishRate.NONE);
  }

  /** With default limits for transactions and the default time-out of consumers. */
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

  /** The same with this time-out of consumers. */
  public BrokerOptions withConsumerTimeoutMs(long timeoutMs) {
    return new BrokerOptions(
        nodeName,
        version,
        payloadBytesMax,
        parkedMax,
        diskFreeLimitBytes,
        memoryLimitRatio,
        transactions,
        timeoutMs,
        publishRate);
  }

  /** The same with this rate for each user. */
  public BrokerOptions withPublishRate(PublishRate rate) {
    return new BrokerOptions(
        nodeName,
        version,
        payloadBytesMax,
        parkedMax,
        diskFreeLimitBytes,
        memoryLimitRatio,
        transactions,
        consumerTimeoutMs,
        rate);
  }
}
