package dev.warren.core.broker;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.Symbol;
import dev.warren.core.queue.DeathReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the annotation {@code x-opt-deaths} tells of a message (contract §9.2): one entry for each
 * queue and reason, newest first. Immutable.
 */
record DeathHistory(List<Death> deaths) {
  static final String DEATHS = "x-opt-deaths";
  private static final String FIRST = "x-first-death-";
  private static final String LAST = "x-last-death-";

  /** The annotation with the queue a message died in first. */
  static final String FIRST_QUEUE = FIRST + "queue";

  /** Entries kept; the oldest beyond them are forgotten. */
  private static final int DEATHS_MAX = 100;

  private static final int ARRAY = 0xf0;
  private static final int MAP = 0xd1;

  /**
   * How a message died in one queue for one reason.
   *
   * @param ttlMs the time to live it had, or -1
   */
  record Death(
      String queue,
      String reason,
      long count,
      long firstMs,
      long lastMs,
      String exchange,
      List<String> routingKeys,
      long ttlMs) {}

  static DeathHistory of(Map<String, Object> annotations) {
    List<Death> deaths = new ArrayList<>();
    if (annotations.get(DEATHS) instanceof List<?> list) {
      for (Object entry : list) {
        if (entry instanceof Map<?, ?> map) {
          deaths.add(read(map));
        }
      }
    }
    return new DeathHistory(List.copyOf(deaths));
  }

  private static Death read(Map<?, ?> map) {
    List<String> keys = new ArrayList<>();
    if (map.get(new Symbol("routing-keys")) instanceof List<?> list) {
      list.forEach(key -> keys.add(String.valueOf(key)));
    }
    return new Death(
        text(map, "queue"),
        text(map, "reason"),
        number(map, "count", 1),
        time(map, "first-time"),
        time(map, "last-time"),
        text(map, "exchange"),
        List.copyOf(keys),
        number(map, "ttl", -1));
  }

  private static String text(Map<?, ?> map, String key) {
    Object value = map.get(new Symbol(key));
    return value == null ? "" : value.toString();
  }

  private static long number(Map<?, ?> map, String key, long absent) {
    return map.get(new Symbol(key)) instanceof Long n ? n : absent;
  }

  private static long time(Map<?, ?> map, String key) {
    return map.get(new Symbol(key)) instanceof Instant t ? t.toEpochMilli() : 0;
  }

  /** The history after one more death: a repeated one is counted up and moves to the front. */
  DeathHistory with(String queue, DeathReason reason, Message message, long nowMs) {
    List<Death> after = new ArrayList<>(deaths.size() + 1);
    long count = 1;
    long firstMs = nowMs;
    for (Death death : deaths) {
      if (death.queue().equals(queue) && death.reason().equals(reason.symbol())) {
        count = death.count() + 1;
        firstMs = death.firstMs();
      } else if (after.size() < DEATHS_MAX - 1) {
        after.add(death);
      }
    }
    Envelope envelope = message.envelope();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < envelope.keyCount(); i++) {
      keys.add(envelope.key(i));
    }
    after.add(
        0,
        new Death(
            queue,
            reason.symbol(),
            count,
            firstMs,
            nowMs,
            envelope.exchange(),
            keys,
            message.header().ttlMs()));
    return new DeathHistory(List.copyOf(after));
  }

  /**
   * Whether handing the message to this queue would close a cycle which nobody but the broker keeps
   * going: it died there before, and no consumer rejected it since.
   */
  boolean isCycle(String queue) {
    for (Death death : deaths) {
      if (death.reason().equals(DeathReason.REJECTED.symbol())) {
        return false;
      }
      if (death.queue().equals(queue)) {
        return true;
      }
    }
    return false;
  }

  /** The annotations that tell this history, to be merged over those the message had. */
  Map<String, Object> annotations(Map<String, Object> before) {
    Map<String, Object> set = new LinkedHashMap<>();
    set.put(DEATHS, new AmqpWriter.Encoded(encoded()));
    Death last = deaths.get(0);
    if (!before.containsKey(FIRST_QUEUE)) {
      put(set, FIRST, last);
    }
    put(set, LAST, last);
    return set;
  }

  private static void put(Map<String, Object> set, String prefix, Death death) {
    set.put(prefix + "queue", death.queue());
    set.put(prefix + "reason", death.reason());
    set.put(prefix + "exchange", death.exchange());
  }

  private byte[] encoded() {
    AmqpWriter writer = new AmqpWriter(256);
    int array = writer.beginCompound(ARRAY, deaths.size());
    writer.writeRaw(MAP);
    for (Death death : deaths) {
      int map = writer.beginCompoundBody(0);
      int entries = 7;
      writer.writeSymbol("queue").writeString(death.queue());
      writer.writeSymbol("reason").writeSymbol(death.reason());
      writer.writeSymbol("count").writeUlong(death.count());
      writer.writeSymbol("first-time").writeTimestamp(death.firstMs());
      writer.writeSymbol("last-time").writeTimestamp(death.lastMs());
      writer.writeSymbol("exchange").writeString(death.exchange());
      writer.writeSymbol("routing-keys").writeStringArray(death.routingKeys());
      if (death.ttlMs() >= 0) {
        writer.writeSymbol("ttl").writeUint(death.ttlMs());
        entries++;
      }
      writer.endCompound(map, entries * 2);
    }
    writer.endCompound(array);
    return writer.toByteArray();
  }

  /** The last death, or null for a message that never died. */
  @Nullable Death last() {
    return deaths.isEmpty() ? null : deaths.get(0);
  }
}
