package dev.warren.core.broker;

import dev.warren.core.security.AccessRules;
import dev.warren.core.security.PublishRate;
import dev.warren.core.security.User;
import dev.warren.core.time.BrokerClock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * The publish rates of users. Thread-safe.
 *
 * <p>A user is remembered until he has no publisher and his rate is not used up, so that coming
 * back on a new connection gains nothing.
 */
final class UserPaces {
  /** So many are kept without looking which are not needed. */
  private static final int KEPT_MAX = 1000;

  private final Supplier<AccessRules> rules;
  private final PublishRate ofEverybody;
  private final BrokerClock clock;
  private final ConcurrentMap<String, UserPace> byUser = new ConcurrentHashMap<>();

  UserPaces(Supplier<AccessRules> rules, PublishRate ofEverybody, BrokerClock clock) {
    this.rules = rules;
    this.ofEverybody = ofEverybody;
    this.clock = clock;
  }

  /** The user has one more publisher, which says when it leaves. */
  UserPace join(String user) {
    if (byUser.size() >= KEPT_MAX) {
      long nowNs = clock.nanoTime();
      byUser.values().removeIf(pace -> pace.isIdle(nowNs));
    }
    return byUser.compute(
        user,
        (name, known) -> {
          UserPace pace = known == null ? new UserPace(name, this, clock.nanoTime()) : known;
          pace.join();
          return pace;
        });
  }

  /** The rate of a user, and whether it is used up at present. */
  Management.PublishPace look(String user) {
    PublishRate rate = rateOf(user, rules());
    UserPace known = byUser.get(user);
    return new Management.PublishPace(
        rate, known != null && known.isUsedUp(rate, clock.nanoTime()));
  }

  /** What holds now. */
  AccessRules rules() {
    return rules.get();
  }

  /** By these rules. */
  PublishRate rateOf(String user, AccessRules present) {
    PublishRate own =
        present
            .user(user)
            .map(User::limits)
            .map(limits -> limits.publishRate())
            .orElse(ofEverybody);
    return own.isNone() ? ofEverybody : own;
  }
}
