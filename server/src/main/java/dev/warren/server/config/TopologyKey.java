package dev.warren.server.config;

import dev.warren.server.config.ConfigType.Arguments;
import dev.warren.server.config.ConfigType.Bytes;
import dev.warren.server.config.ConfigType.Duration;
import dev.warren.server.config.ConfigType.Flag;
import dev.warren.server.config.ConfigType.OneOf;
import dev.warren.server.config.ConfigType.Sections;
import dev.warren.server.config.ConfigType.Text;
import dev.warren.server.config.ConfigType.Whole;
import java.util.List;

/** The keys of virtual hosts and their topology. */
enum TopologyKey implements ConfigKey {
  VIRTUAL_HOST_NAME(
      ConfigSection.VIRTUAL_HOST,
      "name",
      new Text("a name", 1, 255),
      REQUIRED,
      "Its name; clients that name none get /."),
  VIRTUAL_HOST_EXCHANGES(
      ConfigSection.VIRTUAL_HOST,
      "exchanges",
      new Sections(ConfigSection.EXCHANGE),
      "Its exchanges, besides the predeclared ones (amq.direct, amq.fanout and so on)."),
  VIRTUAL_HOST_QUEUES(
      ConfigSection.VIRTUAL_HOST, "queues", new Sections(ConfigSection.QUEUE), "Its queues."),
  VIRTUAL_HOST_BINDINGS(
      ConfigSection.VIRTUAL_HOST,
      "bindings",
      new Sections(ConfigSection.BINDING),
      "Rules from exchanges to queues or other exchanges of this virtual host."),

  EXCHANGE_NAME(
      ConfigSection.EXCHANGE,
      "name",
      new Text("a name", 1, 255),
      REQUIRED,
      "Its name; names beginning with amq. are reserved."),
  EXCHANGE_TYPE(
      ConfigSection.EXCHANGE,
      "type",
      new OneOf(List.of("direct", "fanout", "topic", "headers")),
      REQUIRED,
      "How it routes."),
  EXCHANGE_DURABLE(
      ConfigSection.EXCHANGE, "durable", new Flag(), "true", "Whether it survives a restart."),
  EXCHANGE_AUTO_DELETE(
      ConfigSection.EXCHANGE,
      "auto-delete",
      new Flag(),
      "false",
      "Whether it goes with the last binding from it."),
  EXCHANGE_INTERNAL(
      ConfigSection.EXCHANGE,
      "internal",
      new Flag(),
      "false",
      "Whether clients may not publish to it: it is reached from other exchanges only."),
  EXCHANGE_ALTERNATE(
      ConfigSection.EXCHANGE,
      "alternate-exchange",
      new Text("the name of an exchange", 1, 255),
      "Where messages go that match none of its bindings."),
  EXCHANGE_ARGUMENTS(
      ConfigSection.EXCHANGE, "arguments", new Arguments(), "Further arguments, kept and shown."),

  QUEUE_NAME(
      ConfigSection.QUEUE,
      "name",
      new Text("a name", 1, 255),
      REQUIRED,
      "Its name; names beginning with amq. are reserved."),
  QUEUE_TYPE(
      ConfigSection.QUEUE,
      "type",
      new OneOf(List.of("classic", "quorum")),
      "x-queue-type: reported to clients that ask; both behave the same here."),
  QUEUE_DURABLE(
      ConfigSection.QUEUE,
      "durable",
      new Flag(),
      "true",
      "Whether it survives a restart with its durable messages."),
  QUEUE_AUTO_DELETE(
      ConfigSection.QUEUE,
      "auto-delete",
      new Flag(),
      "false",
      "Whether it goes with its last consumer."),
  QUEUE_MESSAGE_TTL(
      ConfigSection.QUEUE,
      "message-ttl",
      new Duration(0, Lengths.TEN_YEARS_MS),
      "x-message-ttl: messages expire after this time."),
  QUEUE_MAX_LENGTH(
      ConfigSection.QUEUE,
      "max-length",
      new Whole(0, Long.MAX_VALUE),
      "x-max-length: most ready messages."),
  QUEUE_MAX_LENGTH_BYTES(
      ConfigSection.QUEUE,
      "max-length-bytes",
      new Bytes(0, 1L << 50),
      "x-max-length-bytes: most bytes of ready messages."),
  QUEUE_OVERFLOW(
      ConfigSection.QUEUE,
      "overflow",
      new OneOf(List.of("drop-head", "reject-publish", "reject-publish-dlx")),
      "x-overflow: what happens beyond either; drop-head if left out."),
  QUEUE_DEAD_LETTER_EXCHANGE(
      ConfigSection.QUEUE,
      "dead-letter-exchange",
      new Text("the name of an exchange", 0, 255),
      "x-dead-letter-exchange: where rejected and expired messages go; it may be declared later."
          + " \"\" is the default exchange."),
  QUEUE_DEAD_LETTER_ROUTING_KEY(
      ConfigSection.QUEUE,
      "dead-letter-routing-key",
      new Text("a routing key", 0, 255),
      "x-dead-letter-routing-key: their routing key; the one they had if left out."),
  QUEUE_DELIVERY_LIMIT(
      ConfigSection.QUEUE,
      "delivery-limit",
      new Whole(-1, Integer.MAX_VALUE),
      "x-delivery-limit: failed deliveries after which a message is dead-lettered; 20 if left out,"
          + " -1 for no limit."),
  QUEUE_ARGUMENTS(
      ConfigSection.QUEUE,
      "arguments",
      new Arguments(),
      "The same and others as x- arguments, such as x-max-length."),

  BINDING_SOURCE(
      ConfigSection.BINDING,
      "source",
      new Text("the name of an exchange", 1, 255),
      REQUIRED,
      "The exchange it starts from."),
  BINDING_QUEUE(
      ConfigSection.BINDING,
      "queue",
      new Text("the name of a queue", 1, 255),
      "The queue it leads to. Give this or exchange."),
  BINDING_EXCHANGE(
      ConfigSection.BINDING,
      "exchange",
      new Text("the name of an exchange", 1, 255),
      "The exchange it leads to."),
  BINDING_KEY(
      ConfigSection.BINDING,
      "key",
      new Text("a binding key", 0, 255),
      "",
      "The binding key: compared by direct exchanges, a pattern for topic exchanges."),
  BINDING_ARGUMENTS(
      ConfigSection.BINDING,
      "arguments",
      new Arguments(),
      "What a headers exchange matches, and x-match.");

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable parts
  private final Definition definition;

  TopologyKey(ConfigSection section, String keyName, ConfigType type, String doc) {
    this(section, keyName, type, ABSENT, doc);
  }

  TopologyKey(
      ConfigSection section, String keyName, ConfigType type, String defaultText, String doc) {
    definition = new Definition(section, keyName, type, defaultText, doc);
  }

  @Override
  public Definition definition() {
    return definition;
  }

  /** Constants of an enum cannot use the enum's own. */
  private static final class Lengths {
    static final long TEN_YEARS_MS = 315_360_000_000L;
  }
}
