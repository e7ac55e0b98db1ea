package dev.warren.server.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one virtual host and checks what its parts say of each other: names used twice, bindings
 * that lead nowhere, keys and arguments the exchange type refuses (contract §7). Used once.
 */
final class TopologyReader {
  /** Exchanges every virtual host has (contract §7.1), with their types. */
  private static final Map<String, String> PREDECLARED =
      Map.of(
          "amq.direct", "direct",
          "amq.fanout", "fanout",
          "amq.topic", "topic",
          "amq.headers", "headers",
          "amq.match", "headers",
          "amq.rabbitmq.trace", "topic");

  private static final String RESERVED_PREFIX = "amq.";
  private static final String ALTERNATE_EXCHANGE = "alternate-exchange";
  private static final String MATCH_MODE = "x-match";
  private static final List<String> MATCH_MODES = List.of("all", "any", "all-with-x", "any-with-x");
  private static final int MULTI_WILDCARDS_MAX = 2;

  private final SectionValues host;
  private final ConfigErrors errors;
  private final ArgumentsReader arguments;
  private final Map<String, String> exchangeTypes = new LinkedHashMap<>(PREDECLARED);
  private final Set<String> queueNames = new HashSet<>();

  TopologyReader(SectionValues host, ConfigErrors errors, List<String> warnings) {
    this.host = host;
    this.errors = errors;
    this.arguments = new ArgumentsReader(errors, warnings);
  }

  TopologyDeclaration read(String name) {
    List<SectionValues> exchanges = distinct(TopologyKey.VIRTUAL_HOST_EXCHANGES, "exchange");
    for (SectionValues exchange : exchanges) {
      exchangeTypes.put(
          exchange.text(TopologyKey.EXCHANGE_NAME),
          exchange.optionalText(TopologyKey.EXCHANGE_TYPE).orElse(""));
    }
    List<SectionValues> queues = distinct(TopologyKey.VIRTUAL_HOST_QUEUES, "queue");
    queues.forEach(queue -> queueNames.add(queue.text(TopologyKey.QUEUE_NAME)));
    return new TopologyDeclaration(
        name,
        exchanges.stream().map(this::exchange).toList(),
        queues.stream().map(this::queue).toList(),
        bindings());
  }

  /** The sections with a name that no other has. */
  private List<SectionValues> distinct(ConfigKey key, String what) {
    ConfigKey nameKey =
        key == TopologyKey.VIRTUAL_HOST_QUEUES ? TopologyKey.QUEUE_NAME : TopologyKey.EXCHANGE_NAME;
    Map<String, Location> seen = new LinkedHashMap<>();
    List<SectionValues> distinct = new ArrayList<>();
    for (SectionValues section : host.sections(key)) {
      Optional<String> name = section.optionalText(nameKey);
      if (name.isEmpty()) {
        continue;
      }
      Location first = seen.putIfAbsent(name.get(), section.location(nameKey));
      if (first != null) {
        errors.add(
            section.location(nameKey),
            section.path(nameKey),
            "the " + what + " \"" + name.get() + "\" a second time",
            "a name of its own (first at line " + first.line() + ")");
      } else if (name.get().startsWith(RESERVED_PREFIX)) {
        errors.add(
            section.location(nameKey),
            section.path(nameKey),
            "the name \"" + name.get() + "\"",
            "one that does not begin with " + RESERVED_PREFIX + ", which is reserved");
      } else {
        distinct.add(section);
      }
    }
    return distinct;
  }

  private TopologyDeclaration.Exchange exchange(SectionValues exchange) {
    Map<String, @Nullable Object> all = arguments.read(exchange, TopologyKey.EXCHANGE_ARGUMENTS);
    for (YamlNode.Entry entry : exchange.arguments(TopologyKey.EXCHANGE_ARGUMENTS)) {
      if (entry.name().equals(ALTERNATE_EXCHANGE)) {
        String path = exchange.path(TopologyKey.EXCHANGE_ARGUMENTS) + "." + ALTERNATE_EXCHANGE;
        checkExchange(entry.value().location(), path, all.get(ALTERNATE_EXCHANGE));
      }
    }
    exchange
        .optionalText(TopologyKey.EXCHANGE_ALTERNATE)
        .ifPresent(
            alternate -> {
              Location location = exchange.location(TopologyKey.EXCHANGE_ALTERNATE);
              String path = exchange.path(TopologyKey.EXCHANGE_ALTERNATE);
              checkExchange(location, path, alternate);
              if (all.putIfAbsent(ALTERNATE_EXCHANGE, alternate) != null) {
                errors.add(location, path, "both this key and the argument", "one of them");
              }
            });
    return new TopologyDeclaration.Exchange(
        exchange.text(TopologyKey.EXCHANGE_NAME),
        exchange.optionalText(TopologyKey.EXCHANGE_TYPE).orElse(""),
        exchange.flag(TopologyKey.EXCHANGE_DURABLE),
        exchange.flag(TopologyKey.EXCHANGE_AUTO_DELETE),
        exchange.flag(TopologyKey.EXCHANGE_INTERNAL),
        all);
  }

  private TopologyDeclaration.Queue queue(SectionValues queue) {
    return new TopologyDeclaration.Queue(
        queue.text(TopologyKey.QUEUE_NAME),
        queue.flag(TopologyKey.QUEUE_DURABLE),
        queue.flag(TopologyKey.QUEUE_AUTO_DELETE),
        arguments.readQueue(queue));
  }

  private List<TopologyDeclaration.Binding> bindings() {
    Map<TopologyDeclaration.Binding, Location> bindings = new LinkedHashMap<>();
    for (SectionValues section : host.sections(TopologyKey.VIRTUAL_HOST_BINDINGS)) {
      Optional<TopologyDeclaration.Binding> binding = binding(section);
      if (binding.isEmpty()) {
        continue;
      }
      Location first = bindings.putIfAbsent(binding.get(), section.location());
      if (first != null) {
        errors.add(
            section.location(),
            section.path(),
            "the same binding a second time",
            "it once only (first at line " + first.line() + ")");
      }
    }
    return List.copyOf(bindings.keySet());
  }

  private Optional<TopologyDeclaration.Binding> binding(SectionValues section) {
    Optional<String> source = section.optionalText(TopologyKey.BINDING_SOURCE);
    source.ifPresent(
        name ->
            checkExchange(
                section.location(TopologyKey.BINDING_SOURCE),
                section.path(TopologyKey.BINDING_SOURCE),
                name));
    Optional<String> queue = section.optionalText(TopologyKey.BINDING_QUEUE);
    queue.ifPresent(name -> checkQueue(section, name));
    Optional<String> exchange = section.optionalText(TopologyKey.BINDING_EXCHANGE);
    exchange.ifPresent(
        name ->
            checkExchange(
                section.location(TopologyKey.BINDING_EXCHANGE),
                section.path(TopologyKey.BINDING_EXCHANGE),
                name));
    boolean both =
        section.has(TopologyKey.BINDING_QUEUE) && section.has(TopologyKey.BINDING_EXCHANGE);
    if (both || (queue.isEmpty() && exchange.isEmpty())) {
      errors.add(
          section.location(),
          section.path(),
          both ? "both queue and exchange" : "no destination",
          "either queue or exchange");
      return Optional.empty();
    }
    Map<String, @Nullable Object> given = arguments.read(section, TopologyKey.BINDING_ARGUMENTS);
    String key = section.text(TopologyKey.BINDING_KEY);
    source.ifPresent(name -> checkByType(section, exchangeTypes.getOrDefault(name, ""), key));
    return source.map(
        name ->
            new TopologyDeclaration.Binding(
                name, queue.or(() -> exchange).orElseThrow(), queue.isPresent(), key, given));
  }

  private void checkByType(SectionValues binding, String type, String key) {
    if (type.equals("topic")) {
      long wildcards = List.of(key.split("\\.", -1)).stream().filter("#"::equals).count();
      if (wildcards > MULTI_WILDCARDS_MAX) {
        errors.add(
            binding.location(TopologyKey.BINDING_KEY),
            binding.path(TopologyKey.BINDING_KEY),
            wildcards + " words #",
            "at most " + MULTI_WILDCARDS_MAX);
      }
    }
    if (!type.equals("headers")) {
      return;
    }
    for (YamlNode.Entry entry : binding.arguments(TopologyKey.BINDING_ARGUMENTS)) {
      boolean known =
          entry.value() instanceof YamlNode.Scalar scalar
              && scalar.value() instanceof String mode
              && MATCH_MODES.contains(mode);
      if (entry.name().equals(MATCH_MODE) && !known) {
        errors.add(
            entry.value().location(),
            binding.path(TopologyKey.BINDING_ARGUMENTS) + "." + MATCH_MODE,
            entry.value().described(),
            "one of " + String.join(", ", MATCH_MODES));
      }
    }
  }

  private void checkExchange(Location location, String path, @Nullable Object name) {
    if (!(name instanceof String text)) {
      errors.add(location, path, "something else", "the name of an exchange (text)");
    } else if (!exchangeTypes.containsKey(text)) {
      addDangling(location, path, "exchange", text, exchangeTypes.keySet());
    }
  }

  private void checkQueue(SectionValues binding, String name) {
    if (!queueNames.contains(name)) {
      addDangling(
          binding.location(TopologyKey.BINDING_QUEUE),
          binding.path(TopologyKey.BINDING_QUEUE),
          "queue",
          name,
          queueNames);
    }
  }

  private void addDangling(
      Location location, String path, String what, String name, Set<String> known) {
    errors.add(
        location,
        path,
        "the " + what + " \"" + name + "\", which this virtual host does not have",
        "the name of one it has" + Suggestion.didYouMean(name, known));
  }
}
