package dev.warren.core.routing;

import dev.warren.core.routing.Destination.QueueName;
import dev.warren.core.routing.TopologyException.Code;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a change of a topology must not do, and the text the client gets then (contract §2.3, §4.5,
 * §7.1, §7.2, §7.6). Pure.
 */
final class TopologyRules {
  /** Bytes of a name or binding key as UTF-8. */
  private static final int NAME_BYTES_MAX = 255;

  private static final String RESERVED_PREFIX = "amq.";
  private static final String TEMPORARY_PREFIX = "amq.dyn-";

  private final Topology topology;

  TopologyRules(Topology topology) {
    this.topology = topology;
  }

  void checkDeclare(ExchangeDefinition definition) {
    String name = definition.name();
    checkNotDefault(name);
    checkName(name);
    Object alternate = definition.arguments().get(ExchangeDefinition.ALTERNATE_EXCHANGE);
    if (definition.arguments().containsKey(ExchangeDefinition.ALTERNATE_EXCHANGE)
        && !(alternate instanceof String)) {
      throw new TopologyException(
          Code.INVALID,
          "invalid arg '"
              + ExchangeDefinition.ALTERNATE_EXCHANGE
              + "' for "
              + exchange(name)
              + ": not a string");
    }
    Exchange existing = topology.exchange(name);
    if (existing != null) {
      checkEquivalent(definition, existing.definition());
    } else if (isReserved(name)) {
      throw new TopologyException(
          Code.ACCESS_REFUSED,
          "exchange name '" + name + "' contains reserved prefix '" + RESERVED_PREFIX + "*'");
    }
  }

  void checkDelete(String name) {
    checkNotDefault(name);
    if (isReserved(name)) {
      throw new TopologyException(
          Code.ACCESS_REFUSED, "deletion of system " + exchange(name) + " not allowed");
    }
  }

  /** The broker itself makes and deletes those it has named for a link (contract §2.6). */
  private static boolean isReserved(String name) {
    return name.startsWith(RESERVED_PREFIX) && !name.startsWith(TEMPORARY_PREFIX);
  }

  /** Checks a new binding and returns the exchange it starts from. */
  Exchange checkBind(Binding binding) {
    checkUnbind(binding);
    Exchange source = topology.exchange(binding.source());
    if (source == null) {
      throw noExchange(binding.source());
    }
    String destination = binding.destination().name();
    if (binding.destination() instanceof QueueName) {
      if (topology.queue(destination) == null) {
        throw new TopologyException(Code.NOT_FOUND, "no queue " + inVirtualHost(destination));
      }
    } else if (topology.exchange(destination) == null) {
      throw noExchange(destination);
    }
    if (isTooLong(binding.bindingKey())) {
      throw new TopologyException(
          Code.INVALID, "binding key is longer than " + NAME_BYTES_MAX + " bytes");
    }
    source.validate(binding);
    return source;
  }

  void checkUnbind(Binding binding) {
    checkNotDefault(binding.source());
    if (binding.destination() instanceof Destination.ExchangeName) {
      checkNotDefault(binding.destination().name());
    }
  }

  private static void checkNotDefault(String exchange) {
    if (exchange.equals(Topology.DEFAULT_EXCHANGE)) {
      throw new TopologyException(
          Code.ACCESS_REFUSED, "operation not permitted on the default exchange");
    }
  }

  private static void checkName(String name) {
    if (name.indexOf('\r') >= 0 || name.indexOf('\n') >= 0) {
      throw new TopologyException(Code.INVALID, "exchange name contains a line break");
    }
    if (isTooLong(name)) {
      throw new TopologyException(
          Code.INVALID, "exchange name is longer than " + NAME_BYTES_MAX + " bytes");
    }
  }

  private static boolean isTooLong(String text) {
    return text.length() > NAME_BYTES_MAX
        || text.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX;
  }

  private void checkEquivalent(ExchangeDefinition wanted, ExchangeDefinition current) {
    String name = current.name();
    checkSame("type", name, wanted.type(), current.type());
    checkSame("durable", name, wanted.durable(), current.durable());
    checkSame("auto_delete", name, wanted.autoDelete(), current.autoDelete());
    checkSame("internal", name, wanted.internal(), current.internal());
    if (!Objects.equals(wanted.alternateExchange(), current.alternateExchange())) {
      throw inequivalent(
          ExchangeDefinition.ALTERNATE_EXCHANGE,
          name,
          described(wanted.alternateExchange()),
          described(current.alternateExchange()));
    }
  }

  private void checkSame(String what, String exchange, Object wanted, Object current) {
    if (!wanted.equals(current)) {
      throw inequivalent(what, exchange, "'" + wanted + "'", "'" + current + "'");
    }
  }

  private TopologyException inequivalent(
      String what, String exchange, String wanted, String current) {
    return new TopologyException(
        Code.PRECONDITION_FAILED,
        "inequivalent arg '"
            + what
            + "' for "
            + exchange(exchange)
            + ": received "
            + wanted
            + " but current is "
            + current);
  }

  private static String described(@Nullable String value) {
    return value == null ? "none" : "the value '" + value + "' of type 'longstr'";
  }

  private TopologyException noExchange(String name) {
    return new TopologyException(Code.NOT_FOUND, "no " + exchange(name));
  }

  private String exchange(String name) {
    return "exchange " + inVirtualHost(name);
  }

  private String inVirtualHost(String name) {
    return "'" + name + "' in vhost '" + topology.virtualHost() + "'";
  }
}
