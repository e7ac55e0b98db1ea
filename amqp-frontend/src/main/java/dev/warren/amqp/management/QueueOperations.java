package dev.warren.amqp.management;

import dev.warren.amqp.management.AccessControl.Resource;
import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.broker.QueueArguments;
import dev.warren.core.broker.QueueDefinition;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.security.Permission;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What can be done with queues (contract §4.5). Thread-safe. */
final class QueueOperations {
  private static final Set<String> PROPERTIES =
      Set.of("durable", "exclusive", "auto_delete", "arguments");
  private static final String RESERVED_PREFIX = "amq.";
  private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";

  private final ManagementNode.Scope scope;

  QueueOperations(ManagementNode.Scope scope) {
    this.scope = scope;
  }

  CompletionStage<ManagementResponse> declare(String name, @Nullable Object body) {
    checkName(name);
    if (name.startsWith(RESERVED_PREFIX)) {
      throw new BrokerException(
          BrokerError.ACCESS_REFUSED,
          "queue name '" + name + "' contains reserved prefix '" + RESERVED_PREFIX + "*'");
    }
    RequestBody asked = RequestBody.of("queue", body).only(PROPERTIES);
    Map<String, Object> arguments = arguments(asked);
    scope.access().check(Permission.CONFIGURE, Resource.QUEUE, name);
    if (arguments.get(DEAD_LETTER_EXCHANGE) instanceof String deadLetterExchange) {
      scope.access().check(Permission.READ, Resource.QUEUE, name);
      scope.access().check(Permission.WRITE, Resource.EXCHANGE, deadLetterExchange);
    }
    QueueDeclaration declaration =
        new QueueDeclaration(
            name,
            asked.flag("durable", true),
            asked.flag("auto_delete", false),
            asked.flag("exclusive", false) ? scope.connectionId() : QueueDefinition.SHARED,
            arguments);
    return scope
        .host()
        .by(scope.actor())
        .declareQueue(declaration)
        .thenApply(isNew -> new ManagementResponse(isNew ? 201 : 200, describe(name)));
  }

  private static Map<String, Object> arguments(RequestBody asked) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    asked
        .arguments()
        .forEach(
            (name, value) -> {
              if (value != null) {
                arguments.put(name, value);
              }
            });
    Object type = arguments.get(QueueArguments.TYPE);
    if ("stream".equals(type)) {
      throw new BrokerException(
          BrokerError.INVALID,
          "queue type 'stream' is not available here: 'classic' and 'quorum' are");
    }
    if ("".equals(type) || "undefined".equals(type)) {
      arguments.remove(QueueArguments.TYPE);
    }
    return arguments;
  }

  ManagementResponse info(String name) {
    checkName(name);
    scope.access().checkSeen(Resource.QUEUE, name);
    return ManagementResponse.ok(describe(name));
  }

  CompletionStage<ManagementResponse> delete(String name) {
    checkName(name);
    scope.access().check(Permission.CONFIGURE, Resource.QUEUE, name);
    return scope
        .host()
        .by(scope.actor())
        .deleteQueue(name, scope.connectionId())
        .thenApply(QueueOperations::messageCount);
  }

  CompletionStage<ManagementResponse> purge(String name) {
    checkName(name);
    scope.access().check(Permission.READ, Resource.QUEUE, name);
    return scope
        .host()
        .by(scope.actor())
        .purge(name, scope.connectionId())
        .thenApply(QueueOperations::messageCount);
  }

  private static ManagementResponse messageCount(long count) {
    return ManagementResponse.ok(Map.of("message_count", ManagementResponse.ulong(count)));
  }

  private Map<String, Object> describe(String name) {
    QueueInfo queue =
        scope
            .host()
            .queueInfo(name)
            .orElseThrow(
                () ->
                    new BrokerException(
                        BrokerError.NOT_FOUND,
                        "queue '%s' in vhost '%s' not found".formatted(name, scope.host().name())));
    Map<String, Object> arguments = new LinkedHashMap<>(queue.arguments());
    arguments.put(QueueArguments.TYPE, queue.type());
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", queue.name());
    map.put("vhost", queue.virtualHost());
    map.put("durable", queue.durable());
    map.put("auto_delete", queue.autoDelete());
    map.put("exclusive", queue.exclusive());
    map.put("type", queue.type());
    map.put("arguments", arguments);
    map.put("message_count", ManagementResponse.ulong(queue.figures().ready()));
    map.put("consumer_count", ManagementResponse.uint(queue.figures().consumers()));
    map.put("replicas", ManagementResponse.strings(List.of(scope.nodeName())));
    map.put("leader", scope.nodeName());
    return map;
  }

  private static void checkName(String name) {
    if (name.isEmpty()) {
      throw new BrokerException(BrokerError.INVALID, "the name of a queue must not be empty");
    }
    if (name.indexOf('\r') >= 0 || name.indexOf('\n') >= 0) {
      throw new BrokerException(
          BrokerError.INVALID, "the name of a queue must not contain a line break");
    }
  }
}
