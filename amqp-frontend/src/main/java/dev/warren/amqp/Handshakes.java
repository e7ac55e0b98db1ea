package dev.warren.amqp;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts connections that are not open yet, by the address of their clients: whoever has not said
 * who he is must not take much. Thread-safe.
 */
final class Handshakes {
  private static final Logger LOG = LoggerFactory.getLogger(Handshakes.class);

  private final int perAddressMax;
  private final int max;
  private final ConcurrentMap<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final AtomicInteger all = new AtomicInteger();
  private final AtomicBoolean full = new AtomicBoolean();

  Handshakes(ConnectionLimits limits) {
    perAddressMax = limits.handshakesPerAddressMax();
    max = limits.handshakesMax();
  }

  /** One more, of which {@link #end} is told; false if there are too many. */
  boolean begin(String address) {
    if (all.incrementAndGet() > max) {
      all.decrementAndGet();
      refused(address);
      return false;
    }
    if (byAddress.merge(address, 1, Integer::sum) > perAddressMax) {
      drop(address);
      refused(address);
      return false;
    }
    return true;
  }

  /** One fewer: it is open, or gone. */
  void end(String address) {
    if (drop(address) < perAddressMax / 2 && all.get() < max / 2 && full.get()) {
      full.set(false);
    }
  }

  /** One fewer of this address; how many are left of it. */
  private int drop(String address) {
    all.decrementAndGet();
    Integer left = byAddress.computeIfPresent(address, (key, now) -> now > 1 ? now - 1 : null);
    return left == null ? 0 : left;
  }

  /** Says so once, not for each: there may be thousands a second. */
  private void refused(String address) {
    if (full.compareAndSet(false, true)) {
      LOG.warn("too many connections are not open yet: refused address={}", address);
    }
  }

  /** How many there are. */
  int count() {
    return all.get();
  }
}
