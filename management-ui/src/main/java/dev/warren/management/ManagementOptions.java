package dev.warren.management;

/**
 * Settings of the management server. Immutable.
 *
 * @param host address to listen on
 * @param port TCP port; 0 takes a free one
 * @param bodyBytesMax a longer request body is refused with 400
 * @param messageBytesMax a longer message is not published but refused with 400
 * @param requestsMax requests answered or waiting at the same time; one more gets 503
 * @param sampleIntervalMs between two samples of the counters; 0 takes none by itself
 * @param samplesMax samples kept of each object
 * @param historiesMax objects of which samples are kept; the others have a rate and no samples
 */
public record ManagementOptions(
    String host,
    int port,
    int bodyBytesMax,
    int messageBytesMax,
    int requestsMax,
    long sampleIntervalMs,
    int samplesMax,
    int historiesMax) {

  /** Checks the numbers. */
  public ManagementOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port out of range: port=" + port);
    }
    if (bodyBytesMax < 1
        || messageBytesMax < 1
        || requestsMax < 1
        || samplesMax < 2
        || historiesMax < 0) {
      throw new IllegalArgumentException("limits must be positive, samplesMax at least 2");
    }
    if (sampleIntervalMs < 0) {
      throw new IllegalArgumentException("sampleIntervalMs must not be negative");
    }
  }

  /** RabbitMQ's port on the loopback address, a sample a second, the last minute of 20,000. */
  public static ManagementOptions defaults() {
    return new ManagementOptions("127.0.0.1", 15_672, 20_000_000, 16 << 20, 256, 1_000, 61, 20_000);
  }

  /** The same, listening elsewhere. */
  public ManagementOptions withAddress(String newHost, int newPort) {
    return new ManagementOptions(
        newHost,
        newPort,
        bodyBytesMax,
        messageBytesMax,
        requestsMax,
        sampleIntervalMs,
        samplesMax,
        historiesMax);
  }

  /** The same, sampling at another interval; 0 for never. */
  public ManagementOptions withSampleIntervalMs(long newSampleIntervalMs) {
    return new ManagementOptions(
        host,
        port,
        bodyBytesMax,
        messageBytesMax,
        requestsMax,
        newSampleIntervalMs,
        samplesMax,
        historiesMax);
  }

  /** The same, with another bound for published messages. */
  public ManagementOptions withMessageBytesMax(int newMessageBytesMax) {
    return new ManagementOptions(
        host,
        port,
        bodyBytesMax,
        newMessageBytesMax,
        requestsMax,
        sampleIntervalMs,
        samplesMax,
        historiesMax);
  }
}
