package dev.warren.amqp;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The links of the node whose state outlives them, by name, so that a link which is attached again
 * finds it, on whatever connection. Thread-safe; what is kept itself belongs to a loop each.
 */
final class KeptLinks {
  private final AmqpServerOptions.Suspension limits;
  private final ConcurrentMap<Key, KeptLink> links = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Integer> linksByUser = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger deliveries = new AtomicInteger();

  KeptLinks(AmqpServerOptions.Suspension limits) {
    this.limits = limits;
  }

  /**
   * [2.6.1] A link is known by its name, its direction and the containers it joins; here also by
   * who may have it.
   *
   * @param peerSends the direction
   */
  record Key(String virtualHost, String user, String container, String link, boolean peerSends) {}

  AmqpServerOptions.Suspension limits() {
    return limits;
  }

  /** Whether anything is kept by this name. */
  boolean has(Key key) {
    return links.containsKey(key);
  }

  /**
   * A link is being attached: finds what is kept of it. The answer comes to the link, on its loop,
   * perhaps before this returns.
   */
  void claim(KeptLink.Claim claim) {
    KeptLink next = claim.next();
    KeptLink present = links.get(claim.key());
    if (present == null && next != null) {
      if (!reserve(claim.key().user())) {
        claim.claimant().onNothingKept(null);
        return;
      }
      present = links.putIfAbsent(claim.key(), next);
      if (present != null) {
        free(claim.key().user());
      }
    }
    if (present == null) {
      claim.claimant().onNothingKept(next);
    } else {
      KeptLink owner = present;
      owner.loop().loop().execute(() -> owner.onClaim(claim));
    }
  }

  /** What was kept goes over to the one which claimed it. */
  void replace(KeptLink before, @Nullable KeptLink after) {
    if (after == null) {
      remove(before);
    } else {
      links.replace(before.key(), before, after);
    }
  }

  /** Nothing is kept any more. */
  void remove(KeptLink link) {
    if (links.remove(link.key(), link)) {
      free(link.key().user());
    }
  }

  /** Takes room for unsettled deliveries of a link; returns for how many. */
  int reserveDeliveries(int wanted) {
    int most = Math.min(wanted, limits.deliveriesPerLinkMax());
    int over = Math.max(0, deliveries.addAndGet(most) - limits.deliveriesMax());
    int taken = Math.max(0, most - over);
    deliveries.addAndGet(taken - most);
    return taken;
  }

  void freeDeliveries(int number) {
    deliveries.addAndGet(-number);
  }

  private boolean reserve(String user) {
    if (count.incrementAndGet() > limits.linksMax()) {
      count.decrementAndGet();
      return false;
    }
    if (linksByUser.merge(user, 1, Integer::sum) > limits.linksPerUserMax()) {
      free(user);
      return false;
    }
    return true;
  }

  private void free(String user) {
    count.decrementAndGet();
    linksByUser.computeIfPresent(user, (name, links) -> links > 1 ? links - 1 : null);
  }
}
