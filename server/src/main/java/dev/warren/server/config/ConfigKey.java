package dev.warren.server.config;

import dev.warren.core.queue.Checkout;
import dev.warren.server.config.ConfigType.Arguments;
import dev.warren.server.config.ConfigType.Bytes;
import dev.warren.server.config.ConfigType.Duration;
import dev.warren.server.config.ConfigType.Flag;
import dev.warren.server.config.ConfigType.ListOf;
import dev.warren.server.config.ConfigType.OneOf;
import dev.warren.server.config.ConfigType.OneOrMore;
import dev.warren.server.config.ConfigType.Ratio;
import dev.warren.server.config.ConfigType.Secret;
import dev.warren.server.config.ConfigType.Section;
import dev.warren.server.config.ConfigType.Sections;
import dev.warren.server.config.ConfigType.Text;
import dev.warren.server.config.ConfigType.Whole;
import java.util.List;

/**
 * Every key of the configuration file: the one place that knows its name, type, default and
 * meaning. The reader, {@code docs/config.md} and {@code config/warren.schema.json} follow it.
 *
 * <p>A default is written as in the file. A key without one is either required, or may be left out
 * and nothing takes its place.
 */
public enum ConfigKey {
  NODE(ConfigSection.ROOT, "node", new Section(ConfigSection.NODE), "This node."),
  DATA(ConfigSection.ROOT, "data", new Section(ConfigSection.DATA), "Durable state."),
  LISTENERS(
      ConfigSection.ROOT,
      "listeners",
      new Section(ConfigSection.LISTENERS),
      "What clients connect to."),
  JOURNAL(
      ConfigSection.ROOT,
      "journal",
      new Section(ConfigSection.JOURNAL),
      "The log all durable state is in."),
  TRACE(
      ConfigSection.ROOT,
      "trace",
      new Section(ConfigSection.TRACE),
      "Connections whose frames are logged from their start."),
  LIMITS(
      ConfigSection.ROOT,
      "limits",
      new Section(ConfigSection.LIMITS),
      "What keeps the broker within its means."),
  USERS(
      ConfigSection.ROOT,
      "users",
      new Sections(ConfigSection.USER),
      "Who may log in. Left out: one user guest with password guest and tag administrator."),
  ANONYMOUS_USER(
      ConfigSection.ROOT,
      "anonymous-user",
      new Text("the name of a user, or none", 1, 255),
      "The user SASL ANONYMOUS logs in as; none turns anonymous login off. Left out: guest, if"
          + " there is such a user."),
  LOOPBACK_USERS(
      ConfigSection.ROOT,
      "loopback-users",
      new ListOf(new Text("the name of a user", 1, 255)),
      "Users who may connect from the loopback address only. Left out: guest."),
  VIRTUAL_HOSTS(
      ConfigSection.ROOT,
      "virtual-hosts",
      new Sections(ConfigSection.VIRTUAL_HOST),
      "The virtual hosts with their topology. Left out: / without queues."),

  NODE_NAME(
      ConfigSection.NODE,
      "name",
      new Text("the node's name", 1, 255),
      "warren@localhost",
      "What the console and the HTTP API call this node."),
  DATA_DIRECTORY(
      ConfigSection.DATA,
      "directory",
      new Text("a path", 1, 4096),
      "data",
      "Where the journal is; one process at a time can use it. A relative path starts from the"
          + " folder of the configuration file."),
  LISTENERS_AMQP(
      ConfigSection.LISTENERS, "amqp", new Section(ConfigSection.AMQP), "The AMQP 1.0 listener."),
  LISTENERS_WEB_SOCKET(
      ConfigSection.LISTENERS,
      "websocket",
      new Section(ConfigSection.WEB_SOCKET),
      "AMQP 1.0 over WebSocket, at the path /ws."),
  LISTENERS_HTTP(
      ConfigSection.LISTENERS,
      "http",
      new Section(ConfigSection.HTTP),
      "The listener of the HTTP API and the console."),

  AMQP_HOST(
      ConfigSection.AMQP,
      "host",
      new OneOrMore(new Text("a host name or address", 1, 255)),
      "127.0.0.1",
      "Addresses to bind; 0.0.0.0 is every IPv4 address of the machine, \"::\" every address of"
          + " both kinds."),
  AMQP_PORT(
      ConfigSection.AMQP,
      "port",
      new Whole(0, 65_535),
      "5672",
      "Port to bind; 0 lets the system choose a free one."),
  AMQP_PROXY_PROTOCOL(
      ConfigSection.AMQP,
      "proxy-protocol",
      new OneOf(List.of("off", "required")),
      "off",
      "Whether each connection must begin with a header of the PROXY protocol (version 1 or 2),"
          + " which then says who the client is."),
  AMQP_IDLE_TIMEOUT(
      ConfigSection.AMQP,
      "idle-timeout",
      new Duration(1000, 3_600_000),
      "30s",
      "What clients are told to send something within; one silent for twice as long is closed."),
  AMQP_MAX_FRAME_SIZE(
      ConfigSection.AMQP,
      "max-frame-size",
      new Bytes(512, 16 << 20),
      "128KiB",
      "Largest frame, both ways."),
  AMQP_SESSIONS_MAX(
      ConfigSection.AMQP,
      "sessions-max",
      new Whole(1, 65_536),
      "64",
      "Sessions a connection may have."),
  AMQP_LINKS_MAX(
      ConfigSection.AMQP,
      "links-max",
      new Whole(1, 256),
      "256",
      "Links a session may have in each direction."),
  AMQP_HANDSHAKE_TIMEOUT(
      ConfigSection.AMQP,
      "handshake-timeout",
      new Duration(100, 600_000),
      "10s",
      "Time a client has from connecting to an open connection."),
  AMQP_LOGIN_FAILURE_DELAY(
      ConfigSection.AMQP,
      "login-failure-delay",
      new Duration(0, 60_000),
      "3s",
      "How long the answer to a failed login is held back; slows down guessing."),
  AMQP_OUTBOUND_BUFFER(
      ConfigSection.AMQP,
      "outbound-buffer",
      new Bytes(4096, 1 << 30),
      "1MiB",
      "What is kept for a client that does not read, before its deliveries stop."),
  AMQP_BARE_QUEUE_NAMES(
      ConfigSection.AMQP,
      "bare-queue-names",
      new Flag(),
      "true",
      "Whether an address without a leading slash is taken as the name of a queue."),
  AMQP_RABBITMQ_IDENTITY(
      ConfigSection.AMQP,
      "rabbitmq-identity",
      new Flag(),
      "true",
      "Whether clients are told product RabbitMQ, as those made for it ask for, or Warren."),

  WEB_SOCKET_HOST(
      ConfigSection.WEB_SOCKET,
      "host",
      new OneOrMore(new Text("a host name or address", 1, 255)),
      "127.0.0.1",
      "Addresses to bind."),
  WEB_SOCKET_PORT(
      ConfigSection.WEB_SOCKET,
      "port",
      new Whole(0, 65_535),
      "Port to bind, by custom 15678; 0 lets the system choose a free one. Left out: no port of"
          + " its own."),
  WEB_SOCKET_PROXY_PROTOCOL(
      ConfigSection.WEB_SOCKET,
      "proxy-protocol",
      new OneOf(List.of("off", "required")),
      "off",
      "As for listeners.amqp, on the port of its own."),
  WEB_SOCKET_ON_HTTP_PORT(
      ConfigSection.WEB_SOCKET,
      "on-http-port",
      new Flag(),
      "true",
      "Whether WebSockets are also taken on the port of listeners.http."),
  WEB_SOCKET_ORIGINS(
      ConfigSection.WEB_SOCKET,
      "origins",
      new ListOf(new Text("an origin such as https://shop.example, or *", 1, 255)),
      "Web sites whose pages may connect. Left out: only pages from the same host and port."),

  HTTP_HOST(
      ConfigSection.HTTP,
      "host",
      new Text("a host name or address", 1, 255),
      "127.0.0.1",
      "Address to bind."),
  HTTP_PORT(
      ConfigSection.HTTP,
      "port",
      new Whole(0, 65_535),
      "15672",
      "Port to bind; 0 lets the system choose a free one."),

  JOURNAL_SEGMENT_SIZE(
      ConfigSection.JOURNAL,
      "segment-size",
      new Bytes(256 << 10, 1 << 30),
      "64MiB",
      "Length of a journal file, a multiple of 4KiB. A message may be a quarter of it. A journal"
          + " that exists keeps the length it was created with."),
  JOURNAL_PENDING_MAX(
      ConfigSection.JOURNAL,
      "pending-max",
      new Bytes(1 << 20, 16L << 30),
      "64MiB",
      "What may wait to be written before publishers lose credit."),

  TRACE_USERS(
      ConfigSection.TRACE,
      "users",
      new ListOf(new Text("the name of a user", 1, 255)),
      "Connections of these users are traced, from the login on."),
  TRACE_ADDRESSES(
      ConfigSection.TRACE,
      "addresses",
      new ListOf(new Text("an IP address", 1, 255)),
      "Connections from these addresses are traced."),
  TRACE_PAYLOAD(
      ConfigSection.TRACE,
      "payload",
      new Bytes(0, 4096),
      "0",
      "How much of each message is shown, beginning with its first section; 0: nothing of it."),

  LIMITS_MAX_MESSAGE_SIZE(
      ConfigSection.LIMITS,
      "max-message-size",
      new Bytes(1024, 256 << 20),
      "16MiB",
      "Largest message taken from a publisher."),
  LIMITS_LINK_CREDIT(
      ConfigSection.LIMITS,
      "link-credit",
      new Whole(1, 1_000_000),
      "2000",
      "Credit a publisher's link gets at most."),
  LIMITS_SUSPENDED_LINK_TIMEOUT(
      ConfigSection.LIMITS,
      "suspended-link-timeout",
      new Duration(0, 604_800_000),
      "24h",
      "Longest time a link that is detached keeps what it has not settled, whatever it asks for; 0"
          + " keeps nothing."),
  LIMITS_SUSPENDED_LINKS(
      ConfigSection.LIMITS,
      "suspended-links",
      new Whole(0, 1_000_000),
      "1000",
      "Links that may ask to be kept when they are detached; others are told that they are not."),
  LIMITS_SUSPENDED_LINKS_PER_USER(
      ConfigSection.LIMITS,
      "suspended-links-per-user",
      new Whole(0, 1_000_000),
      "100",
      "The same for one user."),
  LIMITS_UNSETTLED_PER_SUSPENDED_LINK(
      ConfigSection.LIMITS,
      "unsettled-per-suspended-link",
      new Whole(1, 1_000_000),
      "2000",
      "Deliveries kept for a link that is detached; more go back to the queue."),
  LIMITS_UNSETTLED_SUSPENDED(
      ConfigSection.LIMITS,
      "unsettled-suspended",
      new Whole(1, 10_000_000),
      "100000",
      "The same for all such links together."),
  LIMITS_PARKED_PER_PUBLISHER(
      ConfigSection.LIMITS,
      "parked-per-publisher",
      new Whole(1, 10_000_000),
      "10000",
      "Messages of one publisher that may wait for their outcome."),
  LIMITS_PAYLOAD_MEMORY(
      ConfigSection.LIMITS,
      "payload-memory",
      new Bytes(1 << 20, 1L << 40),
      "128MiB",
      "Messages kept in memory, all queues together; more are read back from the journal when"
          + " they are wanted."),
  LIMITS_DISK_FREE(
      ConfigSection.LIMITS,
      "disk-free-limit",
      new Bytes(0, 1L << 50),
      "50MB",
      "Publishers get no credit while less is free on the data directory's disk."),
  LIMITS_MEMORY_RATIO(
      ConfigSection.LIMITS,
      "memory-limit-ratio",
      new Ratio(0.1, 1.0),
      "0.8",
      "Publishers get no credit while more than this part of the heap is in use."),

  LIMITS_TRANSACTION_OPERATIONS(
      ConfigSection.LIMITS,
      "transaction-operations",
      new Whole(1, 1_000_000),
      "10000",
      "Messages published and settled in one transaction."),
  LIMITS_TRANSACTION_SIZE(
      ConfigSection.LIMITS,
      "transaction-size",
      new Bytes(1024, 1 << 30),
      "16MiB",
      "Size of the messages published in one transaction; never more than three quarters of a"
          + " journal file."),
  LIMITS_TRANSACTIONS_PER_CONNECTION(
      ConfigSection.LIMITS,
      "transactions-per-connection",
      new Whole(1, 1_000_000),
      "256",
      "Transactions a connection may have open."),
  LIMITS_TRANSACTIONS_PER_NODE(
      ConfigSection.LIMITS,
      "transactions-per-node",
      new Whole(1, 10_000_000),
      "10000",
      "Transactions all connections together may have open."),
  LIMITS_TRANSACTION_TIMEOUT(
      ConfigSection.LIMITS,
      "transaction-timeout",
      new Duration(1000, 86_400_000),
      "5m",
      "Time from the first message published or settled in a transaction to its end; then it is"
          + " rolled back."),

  LIMITS_CONSUMER_TIMEOUT(
      ConfigSection.LIMITS,
      "consumer-timeout",
      new Duration(0, Checkout.TIMEOUT_MS_MAX),
      "30m",
      "How long a consumer may hold a message unsettled before it goes back to its queue, unless the"
          + " queue (x-consumer-timeout) or the consumer's link says otherwise; 0s is no limit."),

  USER_NAME(
      ConfigSection.USER, "name", new Text("a name", 1, 255), Keys.REQUIRED, "The login name."),
  USER_PASSWORD(
      ConfigSection.USER,
      "password",
      new Secret("a password"),
      "The password. Give this or password-hash."),
  USER_PASSWORD_HASH(
      ConfigSection.USER,
      "password-hash",
      new Secret("a password hash"),
      "RabbitMQ's salted SHA-256 hash of it: base64 of 4 bytes of salt and 32 bytes of digest."),
  USER_TAGS(
      ConfigSection.USER,
      "tags",
      new ListOf(
          new OneOf(
              List.of("administrator", "monitoring", "policymaker", "management", "impersonator"))),
      "What the user may do in the console; none: nothing."),

  VIRTUAL_HOST_NAME(
      ConfigSection.VIRTUAL_HOST,
      "name",
      new Text("a name", 1, 255),
      Keys.REQUIRED,
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
      Keys.REQUIRED,
      "Its name; names beginning with amq. are reserved."),
  EXCHANGE_TYPE(
      ConfigSection.EXCHANGE,
      "type",
      new OneOf(List.of("direct", "fanout", "topic", "headers")),
      Keys.REQUIRED,
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
      Keys.REQUIRED,
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
      new Duration(0, Keys.TEN_YEARS_MS),
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
      Keys.REQUIRED,
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

  private final ConfigSection section;
  private final String keyName;

  @SuppressWarnings("ImmutableEnumChecker") // every ConfigType is a record of immutable parts
  private final ConfigType type;

  private final String defaultText;
  private final String doc;

  ConfigKey(ConfigSection section, String keyName, ConfigType type, String doc) {
    this(section, keyName, type, Keys.ABSENT, doc);
  }

  ConfigKey(
      ConfigSection section, String keyName, ConfigType type, String defaultText, String doc) {
    this.section = section;
    this.keyName = keyName;
    this.type = type;
    this.defaultText = defaultText;
    this.doc = doc;
  }

  /** The section it belongs to. */
  public ConfigSection section() {
    return section;
  }

  /** Its name in that section. */
  public String keyName() {
    return keyName;
  }

  /** Section and name. */
  public String path() {
    return section.path().isEmpty() ? keyName : section.path() + "." + keyName;
  }

  /** What it may be. */
  ConfigType type() {
    return type;
  }

  /** What it means. */
  public String doc() {
    return doc;
  }

  /** Whether it must be given. */
  boolean isRequired() {
    return defaultText.equals(Keys.REQUIRED);
  }

  /** Whether something takes its place when it is left out. */
  boolean hasDefault() {
    return !isRequired() && !defaultText.equals(Keys.ABSENT);
  }

  /** The default as it would be written in the file; only if there is one. */
  String defaultText() {
    assert hasDefault();
    return defaultText;
  }

  /** What stands in place of a default; constants of an enum cannot use the enum's own. */
  private static final class Keys {
    static final String REQUIRED = "\0required";
    static final String ABSENT = "\0absent";
    static final long TEN_YEARS_MS = 315_360_000_000L;
  }
}
