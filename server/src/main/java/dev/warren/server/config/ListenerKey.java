package dev.warren.server.config;

import dev.warren.server.config.ConfigType.Bytes;
import dev.warren.server.config.ConfigType.Duration;
import dev.warren.server.config.ConfigType.Flag;
import dev.warren.server.config.ConfigType.ListOf;
import dev.warren.server.config.ConfigType.OneOf;
import dev.warren.server.config.ConfigType.OneOrMore;
import dev.warren.server.config.ConfigType.Origin;
import dev.warren.server.config.ConfigType.Section;
import dev.warren.server.config.ConfigType.Text;
import dev.warren.server.config.ConfigType.Whole;
import java.util.List;

/** The keys of what clients connect to. */
enum ListenerKey implements ConfigKey {
  AMQP(ConfigSection.LISTENERS, "amqp", new Section(ConfigSection.AMQP), "The AMQP 1.0 listener."),
  WEB_SOCKET(
      ConfigSection.LISTENERS,
      "websocket",
      new Section(ConfigSection.WEB_SOCKET),
      "AMQP 1.0 over WebSocket, at the path /ws."),
  HTTP(
      ConfigSection.LISTENERS,
      "http",
      new Section(ConfigSection.HTTP),
      "The listener of the HTTP API and the console."),
  METRICS(
      ConfigSection.LISTENERS,
      "metrics",
      new Section(ConfigSection.METRICS),
      "The listener for Prometheus, at the path /metrics, which asks for no login."),

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
  HTTP_CORS_ORIGINS(
      ConfigSection.HTTP,
      "cors-origins",
      new ListOf(new Origin()),
      "Other web sites whose pages may use the API, with a login of their own (CORS). Left out:"
          + " none."),
  HTTP_STATISTICS_INTERVAL(
      ConfigSection.HTTP,
      "statistics-interval",
      new Duration(100, 60_000),
      "1s",
      "How often counters are sampled for rates and charts; 60 samples are kept of each."),

  METRICS_HOST(
      ConfigSection.METRICS,
      "host",
      new Text("a host name or address", 1, 255),
      "127.0.0.1",
      "Address to bind."),
  METRICS_PORT(
      ConfigSection.METRICS,
      "port",
      new Whole(0, 65_535),
      "Port to bind, by custom 15692; 0 lets the system choose a free one. Left out: no metrics.");

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable parts
  private final Definition definition;

  ListenerKey(ConfigSection section, String keyName, ConfigType type, String doc) {
    this(section, keyName, type, ABSENT, doc);
  }

  ListenerKey(
      ConfigSection section, String keyName, ConfigType type, String defaultText, String doc) {
    definition = new Definition(section, keyName, type, defaultText, doc);
  }

  @Override
  public Definition definition() {
    return definition;
  }
}
