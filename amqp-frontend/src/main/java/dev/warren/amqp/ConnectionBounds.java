package dev.warren.amqp;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.qpid.proton.engine.Link;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds one connection to its {@link ConnectionLimits}. Owned by the connection's loop.
 *
 * <p>Deliveries are counted as they are sent; what was settled since is found by counting those of
 * all links again, which is done when the limit seems to be reached, and then at most once a tick.
 */
final class ConnectionBounds {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionBounds.class);

  /** A client is told of each link too many, but not of any number of them. */
  private static final int REFUSED_LINKS_MAX = 256;

  private final ConnectionHandler connection;
  private final ConnectionSessions sessions;
  private final ConnectionLimits limits;
  private final long bufferedBytesMax;
  private final Set<LinkHandler> waiting = new LinkedHashSet<>();
  private @Nullable Runnable handshakeOver;
  private int unsettled;
  private boolean settledSince;

  /**
   * Creates the bounds.
   *
   * @param sessions those of the connection, as they come and go
   */
  ConnectionBounds(ConnectionHandler connection, ConnectionSessions sessions) {
    this.connection = connection;
    this.sessions = sessions;
    AmqpServerOptions options = connection.context().options();
    limits = options.connectionLimits();
    bufferedBytesMax = Math.max(limits.bufferedBytesMax(), options.maxMessageBytes());
  }

  /** What is done when the connection is open, or gone before that. */
  void duringHandshake(Runnable over) {
    handshakeOver = over;
  }

  /** The connection is open or gone; may be told more than once. */
  void endHandshake() {
    Runnable over = handshakeOver;
    handshakeOver = null;
    if (over != null) {
      over.run();
    }
  }

  /** Whether the link just attached is within the limit; if not, it has been refused. */
  boolean admits(SessionHandler session, Link link) {
    long bytes = sessions.attachedBytes();
    if (bytes > bufferedBytesMax) {
      LOG.warn("links with too much to them peer={} bytes={}", connection.name(), bytes);
      connection.fail(AmqpErrors.tooLargeLinks());
      return false;
    }
    int links = sessions.attachedLinks();
    if (links <= limits.linksMax()) {
      return true;
    }
    if (links <= limits.linksMax() + REFUSED_LINKS_MAX) {
      session.refuse(link, AmqpErrors.tooManyLinks(limits.linksMax()));
    } else {
      LOG.warn("too many links peer={} links={}", connection.name(), links);
      connection.fail(AmqpErrors.tooManyLinks(limits.linksMax()));
    }
    return false;
  }

  /** Messages begun and not ended, on however many links, must not fill the memory. */
  void checkPartialMessages() {
    long bytes = sessions.incomingBytes();
    if (bytes > bufferedBytesMax) {
      LOG.warn("too many messages begun and not ended peer={} bytes={}", connection.name(), bytes);
      connection.fail(AmqpErrors.tooManyPartialMessages());
    }
  }

  // ---- unsettled deliveries ----

  /** A delivery, or what became of one, was sent; unless it is settled, the peer has to do so. */
  void onSent(boolean settled) {
    if (!settled && ++unsettled == limits.unsettledMax()) {
      // What the links have been granted already, they give back.
      sessions.touchLinks();
    }
  }

  /** The peer may have settled something, or a link has gone. */
  void onSettled() {
    settledSince = true;
  }

  /** How many more there may be. If none, the link is touched when there may be some again. */
  int room(LinkHandler link) {
    int max = limits.unsettledMax();
    if (isFull() && settledSince) {
      settledSince = false;
      unsettled = sessions.unsettledDeliveries();
    }
    if (isFull()) {
      waiting.add(link);
      return 0;
    }
    return max - unsettled;
  }

  /** Whether there may be no more. */
  boolean isFull() {
    return unsettled >= limits.unsettledMax();
  }

  /** Whether links wait for room. */
  boolean isWaitedFor() {
    return !waiting.isEmpty();
  }

  /** Links which waited for room ask again. */
  void onTickEnd() {
    if (settledSince && !waiting.isEmpty()) {
      List<LinkHandler> all = List.copyOf(waiting);
      waiting.clear();
      all.forEach(LinkHandler::touch);
    }
  }
}
