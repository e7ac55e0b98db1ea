package dev.warren.core.security;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts logins by protocol since the start. Thread-safe. */
public final class LoginCounters {
  private final Map<String, Pair> byProtocol = new ConcurrentHashMap<>();

  private record Pair(LongAdder successes, LongAdder failures) {
    static Pair zero(String protocol) {
      return new Pair(new LongAdder(), new LongAdder());
    }
  }

  /** The logins of one protocol. */
  public record Counts(String protocol, long successes, long failures) {
    /** All of them. */
    public long attempts() {
      return successes + failures;
    }
  }

  void count(String protocol, boolean success) {
    Pair pair = byProtocol.computeIfAbsent(protocol, Pair::zero);
    (success ? pair.successes() : pair.failures()).increment();
  }

  /** What was counted, by protocol; those that nobody used are left out. */
  public List<Counts> counts() {
    return new TreeMap<>(byProtocol)
        .entrySet().stream()
            .map(
                entry ->
                    new Counts(
                        entry.getKey(),
                        entry.getValue().successes().sum(),
                        entry.getValue().failures().sum()))
            .toList();
  }
}
