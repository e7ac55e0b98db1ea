package dev.warren.server.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What can be done over AMQP, and the permissions each of it needs, in the order they are asked for
 * (contract §14). Everything happens in the virtual host {@code m}.
 */
final class AmqpPermissionTable {
  /** Whose permissions are varied. */
  static final String USER = "u";

  private AmqpPermissionTable() {}

  /**
   * One permission.
   *
   * @param permission configure, write or read
   * @param kind queue or exchange; topic for a routing key of the topic exchange {@code t}
   * @param name what refusals call it; a regular expression
   * @param pattern what grants it
   */
  record Need(String permission, String kind, String name, String pattern) {
    boolean isKey() {
      return kind.equals("topic");
    }

    /** The refusal; a regular expression. */
    String refusal() {
      return isKey()
          ? "%s access to topic '%s' in exchange 't' in vhost 'm' refused for user '%s'"
              .formatted(permission, name, USER)
          : "%s access to %s '%s' in vhost 'm' refused for user '%s'"
              .formatted(permission, kind, name, USER);
    }
  }

  /** Does something; fails as the client does. */
  interface Action {
    void run(AmqpUser user) throws Exception;
  }

  /**
   * Something that can be done.
   *
   * @param isAny whether one of the needs is enough; the last one is named by the refusal
   */
  record Operation(String name, Action action, List<Need> needs, boolean isAny) {}

  private static Need queue(String permission, String name) {
    return new Need(permission, "queue", name, name);
  }

  private static Need exchange(String permission, String name) {
    return new Need(permission, "exchange", name, name);
  }

  private static Need key(String permission, String key) {
    return new Need(permission, "topic", key.replace(".", "\\."), key.replace(".", "\\."));
  }

  /** A name the broker makes up. */
  private static Need made(String permission, String kind, String prefix) {
    String any = prefix.replace(".", "\\.") + "[^']*";
    return new Need(permission, kind, any, any);
  }

  private static Operation operation(String name, Action action, Need... needs) {
    return new Operation(name, action, List.of(needs), false);
  }

  private static Operation request(String method, String path, Object body, Need... needs) {
    return operation(method + " " + path, user -> user.manage(method, path, body), needs);
  }

  static List<Operation> operations() {
    List<Operation> all = new ArrayList<>();
    all.addAll(publishing());
    all.addAll(consuming());
    all.addAll(ownNodes());
    all.addAll(queues());
    all.addAll(exchanges());
    all.addAll(bindings());
    return all;
  }

  private static List<Operation> publishing() {
    return List.of(
        operation(
            "publish to a queue",
            user -> user.publish("/queues/q", Map.of()),
            exchange("write", "amq\\.default")),
        operation(
            "publish to a queue by its bare name",
            user -> user.publish("q", Map.of()),
            exchange("write", "amq\\.default")),
        operation(
            "publish to an exchange",
            user -> user.publish("/exchanges/x/k.1", Map.of()),
            exchange("write", "x")),
        operation(
            "publish in a transaction",
            user -> user.publishInTransaction("/exchanges/x/k.1"),
            exchange("write", "x")),
        operation(
            "publish to a topic exchange",
            user -> user.publish("/exchanges/t/k.1", Map.of()),
            exchange("write", "t"),
            key("write", "k.1")),
        operation(
            "publish with several routing keys",
            user -> user.publish("/exchanges/t/k.1", Map.of("x-cc", List.of("k.2"))),
            exchange("write", "t"),
            key("write", "k.1"),
            key("write", "k.2")),
        operation(
            "publish to a queue each message names",
            user -> user.publishTo("/queues/q", Map.of()),
            exchange("write", "amq\\.default")),
        operation(
            "publish to an exchange each message names",
            user -> user.publishTo("/exchanges/x/k.1", Map.of()),
            exchange("write", "x")),
        operation(
            "publish to a topic exchange each message names",
            user -> user.publishTo("/exchanges/t/k.1", Map.of("x-cc", List.of("k.2"))),
            exchange("write", "t"),
            key("write", "k.1"),
            key("write", "k.2")));
  }

  private static List<Operation> consuming() {
    return List.of(
        operation("consume", user -> user.consume("/queues/q", false), queue("read", "q")),
        operation("consume by the bare name", user -> user.consume("q", false), queue("read", "q")),
        operation("browse", user -> user.consume("/queues/q", true), queue("read", "q")),
        operation(
            "subscribe to an exchange",
            user -> user.subscribe("/exchanges/x/k.1"),
            made("configure", "queue", "jms.topic."),
            made("write", "queue", "jms.topic."),
            exchange("read", "x"),
            made("read", "queue", "jms.topic.")),
        operation(
            "subscribe durably to an exchange",
            user -> user.subscribeDurably("/exchanges/x/k.1"),
            made("configure", "queue", "jms.durable."),
            made("write", "queue", "jms.durable."),
            exchange("read", "x"),
            made("read", "queue", "jms.durable.")),
        operation(
            "subscribe to a topic exchange",
            user -> user.subscribe("/exchanges/t/k.1"),
            made("configure", "queue", "jms.topic."),
            made("write", "queue", "jms.topic."),
            exchange("read", "t"),
            key("read", "k.1"),
            made("read", "queue", "jms.topic.")));
  }

  private static List<Operation> ownNodes() {
    return List.of(
        operation(
            "receive from a temporary queue",
            AmqpUser::receiveFromTemporaryQueue,
            made("configure", "queue", ""),
            made("read", "queue", "")),
        operation(
            "receive from a temporary topic",
            AmqpUser::receiveFromTemporaryTopic,
            made("configure", "exchange", "amq.dyn-"),
            made("read", "exchange", "amq.dyn-"),
            made("configure", "queue", "jms.topic."),
            made("write", "queue", "jms.topic."),
            made("read", "queue", "jms.topic.")),
        operation("receive direct replies", AmqpUser::receiveReplies));
  }

  private static List<Operation> queues() {
    Map<String, Object> deadLettered = Map.of("arguments", Map.of("x-dead-letter-exchange", "d"));
    List<Operation> all = new ArrayList<>();
    all.add(request("PUT", "/queues/new", Map.of(), queue("configure", "new")));
    all.add(
        new Operation(
            "PUT /queues/new with a dead letter exchange",
            user -> user.manage("PUT", "/queues/new", deadLettered),
            List.of(queue("configure", "new"), queue("read", "new"), exchange("write", "d")),
            false));
    all.add(
        new Operation(
            "GET /queues/q",
            user -> user.manage("GET", "/queues/q", Map.of()),
            List.of(queue("configure", "q"), queue("write", "q"), queue("read", "q")),
            true));
    all.add(request("DELETE", "/queues/old", Map.of(), queue("configure", "old")));
    all.add(request("DELETE", "/queues/q/messages", Map.of(), queue("read", "q")));
    return all;
  }

  private static List<Operation> exchanges() {
    Map<String, Object> alternate =
        Map.of("type", "direct", "arguments", Map.of("alternate-exchange", "d"));
    return List.of(
        request(
            "PUT", "/exchanges/new.x", Map.of("type", "fanout"), exchange("configure", "new.x")),
        operation(
            "PUT /exchanges/new.x with an alternate exchange",
            user -> user.manage("PUT", "/exchanges/new.x", alternate),
            exchange("configure", "new.x"),
            exchange("read", "new.x"),
            exchange("write", "d")),
        request("DELETE", "/exchanges/old.x", Map.of(), exchange("configure", "old.x")));
  }

  private static Map<String, Object> binding(String source, String kind, String name) {
    return Map.of(
        "source", source, kind, name, "binding_key", "k.1", "arguments", Map.<String, Object>of());
  }

  private static List<Operation> bindings() {
    return List.of(
        operation(
            "bind a queue",
            user -> user.manage("POST", "/bindings", binding("x", "destination_queue", "q")),
            queue("write", "q"),
            exchange("read", "x")),
        operation(
            "bind an exchange",
            user -> user.manage("POST", "/bindings", binding("x", "destination_exchange", "d")),
            exchange("write", "d"),
            exchange("read", "x")),
        operation(
            "bind to a topic exchange",
            user -> user.manage("POST", "/bindings", binding("t", "destination_queue", "q")),
            queue("write", "q"),
            exchange("read", "t"),
            key("read", "k.1")),
        operation(
            "list bindings of a queue",
            user -> user.manage("GET", "/bindings?src=x&dstq=q&key=k.1", Map.of()),
            queue("write", "q"),
            exchange("read", "x")),
        operation(
            "list bindings of an exchange",
            user -> user.manage("GET", "/bindings?src=x&dste=d&key=k.1", Map.of()),
            exchange("write", "d"),
            exchange("read", "x")),
        operation(
            "unbind a queue",
            user -> user.manage("DELETE", "/bindings/src=x;dstq=q;key=k.1;args=", Map.of()),
            queue("write", "q"),
            exchange("read", "x")),
        operation(
            "unbind an exchange",
            user -> user.manage("DELETE", "/bindings/src=x;dste=d;key=k.1;args=", Map.of()),
            exchange("write", "d"),
            exchange("read", "x")),
        operation(
            "unbind from a topic exchange",
            user -> user.manage("DELETE", "/bindings/src=t;dstq=q;key=k.1;args=", Map.of()),
            queue("write", "q"),
            exchange("read", "t"),
            key("read", "k.1")));
  }
}
