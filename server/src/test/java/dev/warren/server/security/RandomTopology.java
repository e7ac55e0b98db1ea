package dev.warren.server.security;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Exchanges, queues and bindings that follow from a seed, and messages for them. One thread's. */
final class RandomTopology {
  private static final List<String> TYPES = List.of("direct", "fanout", "topic", "headers");
  private static final List<String> PATTERNS =
      List.of("a.b", "a.*", "#", "*.b", "a.#", "c", "a.#.b");
  private static final List<String> KEYS = List.of("a.b", "a", "c", "a.c.b", "", "d");
  private static final int EXCHANGES = 6;
  private static final int QUEUES = 7;
  private static final int BINDINGS = 16;

  /** Nothing fits into the first; of large messages one fits into the second. */
  private static final List<Integer> BYTES = List.of(100, 1_000_000);

  private final Random random;
  private final String prefix;
  private final List<String> queues = new ArrayList<>();
  private final List<String> exchanges = new ArrayList<>();
  private final List<String[]> calls = new ArrayList<>();

  RandomTopology(long seed, String prefix) {
    this.random = new Random(seed);
    this.prefix = prefix;
    for (int i = 0; i < EXCHANGES; i++) {
      exchanges.add(prefix + "x" + i);
    }
    for (int i = 0; i < QUEUES; i++) {
      queues.add(prefix + "q" + i);
    }
    exchanges.forEach(this::addExchange);
    queues.forEach(this::addQueue);
    for (int i = 0; i < BINDINGS; i++) {
      addBinding();
    }
  }

  List<String> queues() {
    return queues;
  }

  void declare(HttpBroker broker) {
    calls.forEach(call -> broker.must(call[0], call[1], call[2]));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private void addExchange(String name) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    if (chance(50)) {
      arguments.put("alternate-exchange", chance(20) ? prefix + "missing" : any(exchanges));
    }
    calls.add(
        new String[] {
          "PUT",
          "/exchanges/%2F/" + name,
          "{\"type\":\"%s\",\"internal\":%s,\"arguments\":%s}"
              .formatted(any(TYPES), chance(12), json(arguments))
        });
  }

  private void addQueue(String name) {
    boolean quorum = chance(15);
    Map<String, Object> arguments = new LinkedHashMap<>();
    if (quorum) {
      arguments.put("x-queue-type", "quorum");
    } else if (chance(15)) {
      arguments.put("x-max-priority", 3);
    }
    if (chance(35)) {
      arguments.put("x-max-length", random.nextInt(4));
    }
    if (chance(25)) {
      arguments.put("x-max-length-bytes", any(BYTES));
    }
    List<String> overflows = List.of("drop-head", "reject-publish", "reject-publish-dlx");
    arguments.put("x-overflow", quorum ? overflows.get(random.nextInt(2)) : any(overflows));
    if (chance(25)) {
      arguments.put("x-message-ttl", chance(70) ? 0 : 600_000);
    }
    if (chance(65)) {
      arguments.put(
          "x-dead-letter-exchange",
          chance(25) ? "" : chance(10) ? prefix + "missing" : any(exchanges));
      if (chance(60)) {
        arguments.put("x-dead-letter-routing-key", chance(60) ? any(queues) : any(KEYS));
      }
    }
    calls.add(
        new String[] {
          "PUT",
          "/queues/%2F/" + name,
          "{\"durable\":%s,\"arguments\":%s}".formatted(quorum || chance(70), json(arguments))
        });
  }

  private void addBinding() {
    boolean toExchange = chance(30);
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("x-match", any(List.of("all", "any", "all-with-x", "any-with-x")));
    if (chance(60)) {
      arguments.put("kind", random.nextInt(2));
    }
    if (chance(30)) {
      arguments.put("x-kind", any(List.of("one", "two")));
    }
    if (chance(10)) {
      arguments.put("x-last-death-reason", "expired");
    }
    calls.add(
        new String[] {
          "POST",
          "/bindings/%2F/e/"
              + any(exchanges)
              + (toExchange ? "/e/" : "/q/")
              + any(toExchange ? exchanges : queues),
          "{\"routing_key\":\"%s\",\"arguments\":%s}".formatted(any(PATTERNS), json(arguments))
        });
  }

  /** A message; its number tells it from all others. */
  RandomMessage message(int number) {
    boolean straight = chance(15);
    String exchange = straight ? "" : any(exchanges);
    String key = straight ? any(queues) : any(KEYS);
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put("n", number);
    if (chance(50)) {
      headers.put("kind", random.nextInt(2));
    }
    Map<String, Object> annotations = new LinkedHashMap<>();
    if (chance(30)) {
      annotations.put("x-kind", any(List.of("one", "two")));
    }
    if (chance(25)) {
      annotations.put("x-cc", List.of(any(KEYS), any(queues)));
    } else if (chance(4)) {
      annotations.put("x-cc", "no list");
    }
    return new RandomMessage(
        number,
        exchange,
        key,
        headers,
        annotations,
        chance(70),
        chance(20) ? random.nextInt(5) : -1,
        chance(25) ? (chance(60) ? 0 : 600_000) : -1,
        chance(20) ? 600_000 : 120);
  }

  static String json(Map<String, Object> values) {
    StringBuilder json = new StringBuilder("{");
    values.forEach(
        (name, value) -> {
          json.append(json.length() == 1 ? "\"" : ",\"").append(name).append("\":");
          if (value instanceof List<?> list) {
            json.append(
                list.stream()
                    .map(item -> "\"" + item + "\"")
                    .collect(java.util.stream.Collectors.joining(",", "[", "]")));
          } else {
            json.append(value instanceof String ? "\"" + value + "\"" : value);
          }
        });
    return json.append('}').toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    calls.forEach(call -> text.append(String.join(" ", call)).append('\n'));
    return text.toString();
  }
}
