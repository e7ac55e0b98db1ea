package dev.warren.amqp;

/**
 * What one connection may take of the broker's memory, and what clients may before they are known.
 * Immutable.
 *
 * @param linksMax links of all sessions of a connection
 * @param unsettledMax deliveries of a connection that the client has not settled, all links
 *     together; beyond it the client gets no more of them
 * @param bufferedBytesMax octets held of messages begun and not ended on a connection, and as many
 *     of what it said when it attached its links; one message of the largest size is let in
 *     whatever this says
 * @param handshakesPerAddressMax connections of one address that are not open yet
 * @param handshakesMax the same of all addresses
 */
public record ConnectionLimits(
    int linksMax,
    int unsettledMax,
    long bufferedBytesMax,
    int handshakesPerAddressMax,
    int handshakesMax) {
  /**
   * 2,048 links, 50,000 unsettled deliveries, 64 MiB; 2,000 handshakes an address, 10,000 in all.
   */
  public static final ConnectionLimits USUAL =
      new ConnectionLimits(2048, 50_000, 64 << 20, 2000, 10_000);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the limit that is out of range
   */
  public ConnectionLimits {
    check(linksMax > 0, "linksMax");
    check(unsettledMax > 0, "unsettledMax");
    check(bufferedBytesMax > 0, "bufferedBytesMax");
    check(handshakesPerAddressMax > 0, "handshakesPerAddressMax");
    check(handshakesMax > 0, "handshakesMax");
  }

  private static void check(boolean ok, String name) {
    if (!ok) {
      throw new IllegalArgumentException("option out of range: " + name);
    }
  }
}
