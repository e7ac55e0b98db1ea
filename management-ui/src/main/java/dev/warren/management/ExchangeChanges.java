package dev.warren.management;

import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.routing.TopologyException;
import dev.warren.core.security.Permission;
import java.util.concurrent.CompletionStage;

/** Declares and deletes exchanges: PUT and DELETE of {@code /exchanges/{vhost}/{exchange}}. */
final class ExchangeChanges {
  private final TopologyAccess topology;

  ExchangeChanges(TopologyAccess topology) {
    this.topology = topology;
  }

  void addTo(Routes routes) {
    routes
        .put("/exchanges/{vhost}/{exchange}", Access.MANAGEMENT, this::declare)
        .delete("/exchanges/{vhost}/{exchange}", Access.MANAGEMENT, this::delete);
  }

  private CompletionStage<Reply> declare(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String name = name(request);
    ExchangeDefinition definition = read(name, request.body());
    place.checkExchange(Permission.CONFIGURE, name);
    String alternate = definition.alternateExchange();
    if (alternate != null) {
      place.checkExchange(Permission.READ, name);
      place.checkExchange(Permission.WRITE, alternate);
    }
    return place.editor().declareExchange(definition).thenApply(Reply::put);
  }

  /**
   * The exchange of a body such as definitions hold, too.
   *
   * @throws ApiException 400
   */
  static ExchangeDefinition read(String name, JsonBody body) {
    try {
      return new ExchangeDefinition(
          name,
          ExchangeType.parse(body.requiredText("type")),
          body.flag("durable", true),
          body.flag("auto_delete", false),
          body.flag("internal", false),
          body.map("arguments"));
    } catch (TopologyException e) {
      throw body.invalid(String.valueOf(e.getMessage()));
    }
  }

  private CompletionStage<Reply> delete(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String name = name(request);
    boolean ifUnused = request.flag("if-unused");
    place.checkExchange(Permission.CONFIGURE, name);
    CompletionStage<Boolean> deleted =
        ifUnused
            ? place.editor().deleteExchangeIfUnused(name)
            : place.editor().deleteExchange(name);
    return deleted.thenApply(
        found -> {
          if (!found) {
            throw ApiException.objectNotFound(
                "no exchange '%s' in vhost '%s'".formatted(name, place.host().name()));
          }
          return Reply.NO_CONTENT;
        });
  }

  private static String name(Request request) {
    String name = TopologyAccess.exchangeName(request.variable("exchange"));
    if (name.isEmpty()) {
      throw ApiException.notAuthorized("operation not permitted on the default exchange");
    }
    return name;
  }
}
