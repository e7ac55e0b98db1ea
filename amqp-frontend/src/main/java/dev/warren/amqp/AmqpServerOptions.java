package dev.warren.amqp;

/**
 * Settings of the AMQP listener. Immutable; {@link #defaults()} is a start.
 *
 * @param host address to bind
 * @param port port to bind; 0 lets the system choose
 * @param idleTimeoutMs told to clients; one silent for twice as long is closed
 * @param maxFrameSize largest frame in octets, both ways; 64 to 256 KiB is best
 * @param channelMax highest channel number, so one less than the number of sessions
 * @param handleMax highest link handle in a session, at most 255
 * @param maxMessageBytes largest message taken from a publisher
 * @param linkCredit credit a publisher has at most
 * @param handshakeTimeoutMs time to get from connect to open
 * @param loginFailureDelayMs how long a failed login waits for its answer
 * @param outboundBytesMax octets buffered for a peer that does not read
 * @param bareQueueNames whether an address without a leading slash is the name of a queue
 * @param identity what open tells of the server
 * @param suspension what is kept of links that are detached and may come back
 * @param connectionLimits what a connection may take of the memory
 */
public record AmqpServerOptions(
    String host,
    int port,
    int idleTimeoutMs,
    int maxFrameSize,
    int channelMax,
    int handleMax,
    int maxMessageBytes,
    int linkCredit,
    long handshakeTimeoutMs,
    long loginFailureDelayMs,
    int outboundBytesMax,
    boolean bareQueueNames,
    Identity identity,
    Suspension suspension,
    ConnectionLimits connectionLimits) {
  /** Highest handle a session can have, whatever is configured. */
  public static final int HANDLE_MAX_LIMIT = 255;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the option that is out of range
   */
  public AmqpServerOptions {
    check(port >= 0 && port <= 65_535, "port");
    check(idleTimeoutMs >= 1000, "idleTimeoutMs");
    check(maxFrameSize >= 512, "maxFrameSize");
    check(channelMax >= 0 && channelMax <= 65_535, "channelMax");
    check(handleMax >= 0 && handleMax <= HANDLE_MAX_LIMIT, "handleMax");
    check(maxMessageBytes > 0, "maxMessageBytes");
    check(linkCredit > 0, "linkCredit");
    check(handshakeTimeoutMs > 0, "handshakeTimeoutMs");
    check(loginFailureDelayMs >= 0, "loginFailureDelayMs");
    check(outboundBytesMax >= 4096, "outboundBytesMax");
  }

  /** The same with what is usually kept of suspended links. */
  public AmqpServerOptions(
      String host,
      int port,
      int idleTimeoutMs,
      int maxFrameSize,
      int channelMax,
      int handleMax,
      int maxMessageBytes,
      int linkCredit,
      long handshakeTimeoutMs,
      long loginFailureDelayMs,
      int outboundBytesMax,
      boolean bareQueueNames,
      Identity identity) {
    this(
        host,
        port,
        idleTimeoutMs,
        maxFrameSize,
        channelMax,
        handleMax,
        maxMessageBytes,
        linkCredit,
        handshakeTimeoutMs,
        loginFailureDelayMs,
        outboundBytesMax,
        bareQueueNames,
        identity,
        Suspension.USUAL,
        ConnectionLimits.USUAL);
  }

  /**
   * What is kept of links that are detached and may come back (AMQP 1.0 §2.6.13, §3.5.6).
   *
   * @param timeoutMsMax longest time a link is kept; 0 keeps none
   * @param linksMax links kept by the node, attached ones which ask for it included
   * @param linksPerUserMax the same for one user
   * @param deliveriesPerLinkMax unsettled deliveries kept of one link
   * @param deliveriesMax unsettled deliveries kept of all links
   */
  public record Suspension(
      long timeoutMsMax,
      int linksMax,
      int linksPerUserMax,
      int deliveriesPerLinkMax,
      int deliveriesMax) {
    /** A day, 1,000 links (100 a user), 2,000 deliveries a link and 100,000 in all. */
    public static final Suspension USUAL = new Suspension(86_400_000, 1000, 100, 2000, 100_000);

    /** Checks the ranges. */
    public Suspension {
      check(timeoutMsMax >= 0, "timeoutMsMax");
      check(linksMax >= 0, "linksMax");
      check(linksPerUserMax >= 0, "linksPerUserMax");
      check(deliveriesPerLinkMax > 0, "deliveriesPerLinkMax");
      check(deliveriesMax > 0, "deliveriesMax");
    }
  }

  /**
   * The compatibility identity (contract §1.3): what clients made for RabbitMQ look for, and our
   * own name beside it.
   *
   * @param product what clients look at to know whom they talk to
   * @param version of that product: the RabbitMQ version whose features work here
   * @param ownProduct who it really is
   * @param ownVersion of that
   */
  public record Identity(String product, String version, String ownProduct, String ownVersion) {
    /** RabbitMQ 4.3: the newest version all of whose features work. */
    public static Identity compatible(String ownVersion) {
      return new Identity("RabbitMQ", "4.3.5", "Warren", ownVersion);
    }

    /** Our own name only: clients made for RabbitMQ may refuse to talk to it. */
    public static Identity plain(String ownVersion) {
      return new Identity("Warren", ownVersion, "Warren", ownVersion);
    }
  }

  /** RabbitMQ's port and limits, on loopback. */
  public static AmqpServerOptions defaults() {
    return new AmqpServerOptions(
        "127.0.0.1",
        5672,
        30_000,
        131_072,
        63,
        HANDLE_MAX_LIMIT,
        16 * 1024 * 1024,
        2000,
        10_000,
        3000,
        1024 * 1024,
        true,
        Identity.compatible("0.1.0"));
  }

  /** The same on another address. */
  public AmqpServerOptions withAddress(String newHost, int newPort) {
    return new AmqpServerOptions(
        newHost,
        newPort,
        idleTimeoutMs,
        maxFrameSize,
        channelMax,
        handleMax,
        maxMessageBytes,
        linkCredit,
        handshakeTimeoutMs,
        loginFailureDelayMs,
        outboundBytesMax,
        bareQueueNames,
        identity,
        suspension,
        connectionLimits);
  }

  /** The same with other limits for suspended links. */
  public AmqpServerOptions withSuspension(Suspension limits) {
    return new AmqpServerOptions(
        host,
        port,
        idleTimeoutMs,
        maxFrameSize,
        channelMax,
        handleMax,
        maxMessageBytes,
        linkCredit,
        handshakeTimeoutMs,
        loginFailureDelayMs,
        outboundBytesMax,
        bareQueueNames,
        identity,
        limits,
        connectionLimits);
  }

  /** The same with other limits for what a connection may take. */
  public AmqpServerOptions withConnectionLimits(ConnectionLimits limits) {
    return new AmqpServerOptions(
        host,
        port,
        idleTimeoutMs,
        maxFrameSize,
        channelMax,
        handleMax,
        maxMessageBytes,
        linkCredit,
        handshakeTimeoutMs,
        loginFailureDelayMs,
        outboundBytesMax,
        bareQueueNames,
        identity,
        suspension,
        limits);
  }

  private static void check(boolean ok, String name) {
    if (!ok) {
      throw new IllegalArgumentException("option out of range: " + name);
    }
  }
}
