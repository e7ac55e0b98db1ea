package dev.warren.management;

import dev.warren.core.broker.QueueArguments;
import dev.warren.core.broker.QueueDefinition;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.security.Permission;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Declares, deletes and purges queues: PUT and DELETE of {@code /queues/{vhost}/{queue}}. */
final class QueueChanges {
  private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
  private static final String RESERVED_PREFIX = "amq.";

  private final TopologyAccess topology;

  QueueChanges(TopologyAccess topology) {
    this.topology = topology;
  }

  void addTo(Routes routes) {
    routes
        .put("/queues/{vhost}/{queue}", Access.MANAGEMENT, this::declare)
        .delete("/queues/{vhost}/{queue}", Access.MANAGEMENT, this::delete)
        .delete("/queues/{vhost}/{queue}/contents", Access.MANAGEMENT, this::purge);
  }

  private CompletionStage<Reply> declare(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String name = request.variable("queue");
    QueueDeclaration declaration = read(name, request.body());
    place.checkQueue(Permission.CONFIGURE, name);
    if (declaration.arguments().get(DEAD_LETTER_EXCHANGE) instanceof String deadLetterExchange) {
      place.checkQueue(Permission.READ, name);
      place.checkExchange(Permission.WRITE, deadLetterExchange);
    }
    return place.editor().declareQueue(declaration).thenApply(Reply::put);
  }

  /**
   * The queue of a body such as definitions hold, too.
   *
   * @throws ApiException 400, or 401 for a reserved name
   */
  static QueueDeclaration read(String name, JsonBody body) {
    if (name.startsWith(RESERVED_PREFIX)) {
      throw ApiException.notAuthorized(
          "queue name '%s' contains reserved prefix '%s*'".formatted(name, RESERVED_PREFIX));
    }
    Map<String, Object> arguments = new LinkedHashMap<>();
    body.map("arguments")
        .forEach(
            (argument, value) -> {
              if (value != null) {
                arguments.put(argument, value);
              }
            });
    Object type = arguments.get(QueueArguments.TYPE);
    if ("stream".equals(type)) {
      throw body.invalid("queue type 'stream' is not available here: 'classic' and 'quorum' are");
    }
    if ("".equals(type) || "undefined".equals(type) || "default".equals(type)) {
      arguments.remove(QueueArguments.TYPE);
    }
    return new QueueDeclaration(
        name,
        body.flag("durable", true),
        body.flag("auto_delete", false),
        QueueDefinition.SHARED,
        arguments);
  }

  private CompletionStage<Reply> delete(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String name = request.variable("queue");
    boolean ifUnused = request.flag("if-unused");
    boolean ifEmpty = request.flag("if-empty");
    place.checkQueue(Permission.CONFIGURE, name);
    return place
        .editor()
        .deleteQueue(name, ifUnused, ifEmpty)
        .thenApply(
            found -> {
              if (!found) {
                throw ApiException.objectNotFound(
                    "no queue '%s' in vhost '%s'".formatted(name, place.host().name()));
              }
              return Reply.NO_CONTENT;
            });
  }

  private CompletionStage<Reply> purge(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String name = request.variable("queue");
    place.checkQueue(Permission.READ, name);
    return place.editor().purge(name, QueueDefinition.SHARED).thenApply(purged -> Reply.NO_CONTENT);
  }
}
