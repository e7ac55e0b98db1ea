package dev.warren.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns arguments of the file into AMQP arguments, and checks those of queues. Stateless but for
 * errors.
 */
final class ArgumentsReader {
  /** The keys of a queue which are arguments under another name. */
  private static final Map<ConfigKey, QueueArgument> QUEUE_KEYS =
      Map.of(
          TopologyKey.QUEUE_TYPE, QueueArgument.TYPE,
          TopologyKey.QUEUE_MESSAGE_TTL, QueueArgument.MESSAGE_TTL,
          TopologyKey.QUEUE_MAX_LENGTH, QueueArgument.MAX_LENGTH,
          TopologyKey.QUEUE_MAX_LENGTH_BYTES, QueueArgument.MAX_LENGTH_BYTES,
          TopologyKey.QUEUE_OVERFLOW, QueueArgument.OVERFLOW,
          TopologyKey.QUEUE_DEAD_LETTER_EXCHANGE, QueueArgument.DEAD_LETTER_EXCHANGE,
          TopologyKey.QUEUE_DEAD_LETTER_ROUTING_KEY, QueueArgument.DEAD_LETTER_ROUTING_KEY,
          TopologyKey.QUEUE_DELIVERY_LIMIT, QueueArgument.DELIVERY_LIMIT);

  private final ConfigErrors errors;
  private final List<String> warnings;

  ArgumentsReader(ConfigErrors errors, List<String> warnings) {
    this.errors = errors;
    this.warnings = warnings;
  }

  /** The arguments as they stand. */
  Map<String, @Nullable Object> read(SectionValues section, ConfigKey key) {
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    for (YamlNode.Entry entry : section.arguments(key)) {
      arguments.put(entry.name(), value(entry.value()));
    }
    return arguments;
  }

  private static @Nullable Object value(YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar) {
      return scalar.value();
    }
    if (node instanceof YamlNode.Sequence sequence) {
      List<@Nullable Object> list = new ArrayList<>();
      sequence.items().forEach(item -> list.add(value(item)));
      return list;
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    ((YamlNode.Mapping) node)
        .entries()
        .forEach(entry -> map.put(entry.name(), value(entry.value())));
    return map;
  }

  /** The arguments of a queue: those given as such, and those given as keys. */
  Map<String, @Nullable Object> readQueue(SectionValues queue) {
    Map<String, Location> given = new LinkedHashMap<>();
    for (YamlNode.Entry entry : queue.arguments(TopologyKey.QUEUE_ARGUMENTS)) {
      given.put(entry.name(), entry.value().location());
      checkArgument(queue, entry);
    }
    Map<String, @Nullable Object> arguments = read(queue, TopologyKey.QUEUE_ARGUMENTS);
    for (ConfigKey key : ConfigSection.QUEUE.keys()) {
      QueueArgument argument = QUEUE_KEYS.get(key);
      if (argument == null || !queue.has(key)) {
        continue;
      }
      Object value =
          key.type() instanceof ConfigType.Text || key.type() instanceof ConfigType.OneOf
              ? queue.text(key)
              : (Object) queue.number(key);
      if (arguments.putIfAbsent(argument.argument(), value) != null) {
        errors.add(
            queue.location(key),
            queue.path(key),
            "both this key and the argument " + argument.argument(),
            "one of them");
      }
      given.putIfAbsent(argument.argument(), queue.location(key));
    }
    checkTogether(queue, arguments, given);
    return arguments;
  }

  private void checkArgument(SectionValues queue, YamlNode.Entry entry) {
    String path = queue.path(TopologyKey.QUEUE_ARGUMENTS) + "." + entry.name();
    var known = QueueArgument.named(entry.name());
    if (known.isEmpty()) {
      List<String> names = new ArrayList<>();
      for (QueueArgument argument : QueueArgument.values()) {
        names.add(argument.argument());
      }
      if (entry.name().startsWith("x-")) {
        String hint = Suggestion.didYouMean(entry.name(), names);
        warnings.add(path + ": not an argument Warren knows, it is kept and has no effect" + hint);
      }
      return;
    }
    Object value = value(entry.value());
    if (value == null || !known.get().allows(value)) {
      errors.add(entry.value().location(), path, entry.value().described(), known.get().expected());
    } else if (known.get().isNotYetInEffect()) {
      warnings.add(path + ": accepted and shown, but it has no effect in this version");
    }
  }

  /** Rules that concern several arguments. */
  private void checkTogether(
      SectionValues queue, Map<String, @Nullable Object> arguments, Map<String, Location> given) {
    Together check = new Together(queue, arguments, given);
    check.needs(
        QueueArgument.DEAD_LETTER_ROUTING_KEY,
        arguments.containsKey(QueueArgument.DEAD_LETTER_EXCHANGE.argument()),
        "a dead letter exchange beside it");
    if ("at-least-once".equals(arguments.get(QueueArgument.DEAD_LETTER_STRATEGY.argument()))) {
      check.needs(
          QueueArgument.DEAD_LETTER_STRATEGY,
          "reject-publish".equals(arguments.get(QueueArgument.OVERFLOW.argument())),
          "overflow reject-publish beside at-least-once");
    }
    Object retry = arguments.get(QueueArgument.DELAYED_RETRY_TYPE.argument());
    Object min = arguments.get(QueueArgument.DELAYED_RETRY_MIN.argument());
    Object max = arguments.get(QueueArgument.DELAYED_RETRY_MAX.argument());
    if (retry != null && !"disabled".equals(retry)) {
      check.needs(QueueArgument.DELAYED_RETRY_TYPE, min != null, "x-delayed-retry-min beside it");
    }
    if (min instanceof Long least && max instanceof Long most) {
      check.needs(QueueArgument.DELAYED_RETRY_MAX, most >= least, "x-delayed-retry-min or more");
    }
    if ("quorum".equals(arguments.get(QueueArgument.TYPE.argument()))) {
      check.needs(
          QueueArgument.TYPE,
          queue.flag(TopologyKey.QUEUE_DURABLE) && !queue.flag(TopologyKey.QUEUE_AUTO_DELETE),
          "classic: a quorum queue is durable and not auto-delete");
    }
  }

  private final class Together {
    private final SectionValues queue;
    private final Map<String, @Nullable Object> arguments;
    private final Map<String, Location> given;

    Together(
        SectionValues queue, Map<String, @Nullable Object> arguments, Map<String, Location> given) {
      this.queue = queue;
      this.arguments = arguments;
      this.given = given;
    }

    void needs(QueueArgument argument, boolean fulfilled, String expected) {
      Location location = given.get(argument.argument());
      if (location != null && !fulfilled) {
        errors.add(
            location,
            queue.path() + "." + argument.argument(),
            String.valueOf(arguments.get(argument.argument())),
            expected);
      }
    }
  }
}
