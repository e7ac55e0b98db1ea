package dev.warren.core.broker;

import dev.warren.core.security.AccessRules;
import dev.warren.core.security.PublishRate;
import dev.warren.core.security.UserLimits;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The publish rate of one user, shared by all publishers of his on all loops. Thread-safe.
 *
 * <p>Nothing is refused: a publisher asks how much credit it may give, and says what was published.
 * Credit given is not taken back, and each publisher may give a message's worth; what comes beyond
 * the rate for that reason is waited for afterwards.
 */
final class UserPace {
  /** No publisher gives more at a time than so many in a second. */
  private static final int TURNS_PER_SECOND = 20;

  /** A guess before anything was published, so that few large messages come at once. */
  private static final int SIZE_AT_FIRST = 64 * 1024;

  private static final int SIZE_DECAY = 64;

  private final String user;
  private final UserPaces paces;
  private final AtomicInteger publishers = new AtomicInteger();
  private volatile Paces present;

  /** About the largest message of late. Written by any loop: it is an estimate. */
  private volatile int messageBytes = SIZE_AT_FIRST;

  private record Paces(
      AccessRules rules, PublishRate rate, @Nullable Pace messages, @Nullable Pace octets) {}

  UserPace(String user, UserPaces paces, long nowNs) {
    this.user = user;
    this.paces = paces;
    AccessRules rules = paces.rules();
    present = paces(rules, paces.rateOf(user, rules), nowNs);
  }

  private static Paces paces(AccessRules rules, PublishRate rate, long nowNs) {
    long messages = rate.messagesPerSecond();
    long octets = rate.octetsPerSecond();
    return new Paces(
        rules,
        rate,
        messages == UserLimits.UNLIMITED ? null : new Pace(messages, nowNs),
        octets == UserLimits.UNLIMITED ? null : new Pace(octets, nowNs));
  }

  /** One more publisher of the user's. */
  void join() {
    publishers.incrementAndGet();
  }

  /** One fewer. */
  void leave() {
    publishers.decrementAndGet();
  }

  /** Whether nothing would be lost if it were made anew. */
  boolean isIdle(long nowNs) {
    Paces now = present;
    return publishers.get() == 0 && isFull(now.messages(), nowNs) && isFull(now.octets(), nowNs);
  }

  /** Whether a publisher has to wait by what was published so far. Any thread. */
  boolean isUsedUp(PublishRate rate, long nowNs) {
    Paces now = present;
    return rate.equals(now.rate())
        && (isEmpty(now.messages(), nowNs) || isEmpty(now.octets(), nowNs));
  }

  private static boolean isEmpty(@Nullable Pace pace, long nowNs) {
    return pace != null && pace.available(nowNs) <= 0;
  }

  private static boolean isFull(@Nullable Pace pace, long nowNs) {
    return pace == null || pace.available(nowNs) == pace.perSecond();
  }

  /** A message was published. */
  void charge(BrokerLoop loop, int octets) {
    Paces now = present;
    if (now.rate().isNone()) {
      return;
    }
    long nowNs = loop.nanoTime();
    if (now.messages() != null) {
      now.messages().take(nowNs, 1);
    }
    if (now.octets() != null) {
      now.octets().take(nowNs, octets);
      int before = messageBytes;
      messageBytes = Math.max(octets, before - before / SIZE_DECAY);
    }
  }

  /** How much credit one publisher may give now; 0 if it has to wait. */
  int credit(BrokerLoop loop) {
    Paces now = current(loop);
    if (now.rate().isNone()) {
      return Integer.MAX_VALUE;
    }
    long nowNs = loop.nanoTime();
    long credit = Integer.MAX_VALUE;
    if (now.messages() != null) {
      credit = Math.min(credit, now.messages().available(nowNs));
    }
    if (now.octets() != null) {
      long octets = now.octets().available(nowNs);
      credit = Math.min(credit, octets <= 0 ? 0 : Math.max(1, octets / messageBytes));
    }
    return credit <= 0 ? 0 : (int) Math.max(1, credit / Math.max(1, publishers.get()));
  }

  /** How long a publisher waits that may give no credit, in milliseconds. */
  long waitMs(BrokerLoop loop) {
    Paces now = present;
    long nowNs = loop.nanoTime();
    long waitNs = 0;
    if (now.messages() != null) {
      waitNs = now.messages().waitNs(nowNs, aTurn(now.messages()));
    }
    if (now.octets() != null) {
      waitNs = Math.max(waitNs, now.octets().waitNs(nowNs, aTurn(now.octets())));
    }
    return (waitNs + 999_999) / 1_000_000;
  }

  private static long aTurn(Pace pace) {
    return Math.max(1, pace.perSecond() / TURNS_PER_SECOND);
  }

  private Paces current(BrokerLoop loop) {
    Paces now = present;
    AccessRules rules = paces.rules();
    if (now.rules() == rules) {
      return now;
    }
    PublishRate rate = paces.rateOf(user, rules);
    Paces next =
        rate.equals(now.rate())
            ? new Paces(rules, rate, now.messages(), now.octets())
            : paces(rules, rate, loop.nanoTime());
    present = next;
    return next;
  }
}
