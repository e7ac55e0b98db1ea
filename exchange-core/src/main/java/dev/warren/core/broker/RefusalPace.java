package dev.warren.core.broker;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many refusals of one kind are told of one address: {@value #PER_SECOND} a second, the others
 * are counted. Of the addresses heard of longest ago it forgets those beyond {@value
 * #ADDRESSES_MAX}. Guarded by its owner.
 */
final class RefusalPace {
  /** This one is only counted. */
  static final int NOT_NOW = -1;

  static final int PER_SECOND = 20;
  private static final int ADDRESSES_MAX = 2000;
  private static final long PERIOD_NS = 1_000_000_000;

  private final Map<Key, Told> told =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Told> eldest) {
          return size() > ADDRESSES_MAX;
        }
      };

  private record Key(String address, String event) {}

  private static final class Told {
    long sinceNs;
    int inPeriod;
    int unsaid;
  }

  /** Whether this one is told: how many were not since the last that was, or {@link #NOT_NOW}. */
  int admit(String address, String event, long nowNs) {
    Told one = told.computeIfAbsent(new Key(host(address), event), key -> begin(nowNs));
    if (nowNs - one.sinceNs >= PERIOD_NS) {
      one.sinceNs = nowNs;
      one.inPeriod = 0;
    }
    if (one.inPeriod == PER_SECOND) {
      one.unsaid++;
      return NOT_NOW;
    }
    one.inPeriod++;
    int unsaid = one.unsaid;
    one.unsaid = 0;
    return unsaid;
  }

  /** Without the port, and without the broker's own address: each connection has other ones. */
  private static String host(String address) {
    int end = address.indexOf(' ');
    String client = end < 0 ? address : address.substring(0, end);
    int colon = client.lastIndexOf(':');
    return colon < 0 ? client : client.substring(0, colon);
  }

  private static Told begin(long nowNs) {
    Told one = new Told();
    one.sinceNs = nowNs;
    return one;
  }
}
