package dev.warren.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A mapping of the configuration file with a fixed set of keys. */
public enum ConfigSection {
  /** The file itself. */
  ROOT("", "the file"),
  /** This node. */
  NODE("node", "node"),
  /** Where durable state is kept. */
  DATA("data", "data"),
  /** What clients connect to. */
  LISTENERS("listeners", "listeners"),
  /** AMQP 1.0. */
  AMQP("listeners.amqp", "listeners.amqp"),
  /** AMQP 1.0 with TLS. */
  AMQP_TLS("listeners.amqp.tls", "listeners.amqp.tls"),
  /** AMQP 1.0 over WebSocket. */
  WEB_SOCKET("listeners.websocket", "listeners.websocket"),
  /** AMQP 1.0 over WebSocket with TLS. */
  WEB_SOCKET_TLS("listeners.websocket.tls", "listeners.websocket.tls"),
  /** HTTP API and console. */
  HTTP("listeners.http", "listeners.http"),
  /** HTTP API and console with TLS. */
  HTTP_TLS("listeners.http.tls", "listeners.http.tls"),
  /** Figures for Prometheus. */
  METRICS("listeners.metrics", "listeners.metrics"),
  /** Certificates. */
  TLS("tls", "tls"),
  /** One more certificate. */
  TLS_SNI("tls.sni[]", "a certificate"),
  /** Frames in the log. */
  TRACE("trace", "trace"),
  /** What keeps the broker within its means. */
  LIMITS("limits", "limits"),
  /** The log of records. */
  JOURNAL("journal", "journal"),
  /** Somebody who may log in. */
  USER("users[]", "a user"),
  /** What a user may do in a virtual host. */
  PERMISSION("users[].permissions[]", "a permission"),
  /** What a user may do with the keys of a topic exchange. */
  TOPIC_PERMISSION("users[].topic-permissions[]", "a topic permission"),
  /** What a user may take of the node. */
  USER_LIMITS("users[].limits", "limits of a user"),
  /** How clients log in. */
  LOGIN("login", "login"),
  /** Whose tokens are good. */
  OAUTH("login.oauth", "login.oauth"),
  /** The record of what was changed and refused. */
  AUDIT("audit", "audit"),
  /** A namespace with its topology. */
  VIRTUAL_HOST("virtual-hosts[]", "a virtual host"),
  /** What a virtual host may take of the node. */
  VIRTUAL_HOST_LIMITS("virtual-hosts[].limits", "limits of a virtual host"),
  /** An exchange. */
  EXCHANGE("virtual-hosts[].exchanges[]", "an exchange"),
  /** A queue. */
  QUEUE("virtual-hosts[].queues[]", "a queue"),
  /** A binding. */
  BINDING("virtual-hosts[].bindings[]", "a binding");

  private final String path;
  private final String title;

  ConfigSection(String path, String title) {
    this.path = path;
    this.title = title;
  }

  /** Where it stands; {@code []} stands for each element of a list. */
  public String path() {
    return path;
  }

  /** What messages call it. */
  String title() {
    return title;
  }

  /** Its keys, in the order of the reference. */
  List<ConfigKey> keys() {
    List<ConfigKey> keys = new ArrayList<>();
    for (ConfigKey key : ConfigKey.all()) {
      if (key.section() == this) {
        keys.add(key);
      }
    }
    return keys;
  }

  /** The key with this name. */
  Optional<ConfigKey> key(String name) {
    return keys().stream().filter(key -> key.keyName().equals(name)).findFirst();
  }
}
