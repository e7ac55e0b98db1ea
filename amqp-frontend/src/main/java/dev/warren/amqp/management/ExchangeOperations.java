package dev.warren.amqp.management;

import dev.warren.amqp.management.AccessControl.Resource;
import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.security.Permission;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What can be done with exchanges (contract §4.5). Thread-safe. */
final class ExchangeOperations {
  private static final Set<String> PROPERTIES =
      Set.of("type", "durable", "auto_delete", "internal", "arguments");

  private final ManagementNode.Scope scope;

  ExchangeOperations(ManagementNode.Scope scope) {
    this.scope = scope;
  }

  CompletionStage<ManagementResponse> declare(String name, @Nullable Object body) {
    checkNotDefault(name);
    RequestBody asked = RequestBody.of("exchange", body).only(PROPERTIES);
    ExchangeDefinition definition =
        new ExchangeDefinition(
            name,
            ExchangeType.parse(asked.text("type", "direct")),
            asked.flag("durable", true),
            asked.flag("auto_delete", false),
            asked.flag("internal", false),
            asked.arguments());
    scope.access().check(Permission.CONFIGURE, Resource.EXCHANGE, name);
    String alternate = definition.alternateExchange();
    if (alternate != null) {
      scope.access().check(Permission.READ, Resource.EXCHANGE, name);
      scope.access().check(Permission.WRITE, Resource.EXCHANGE, alternate);
    }
    return scope
        .host()
        .by(scope.actor())
        .declareExchange(definition)
        .thenApply(isNew -> ManagementResponse.noContent());
  }

  CompletionStage<ManagementResponse> delete(String name) {
    checkNotDefault(name);
    scope.access().check(Permission.CONFIGURE, Resource.EXCHANGE, name);
    return scope
        .host()
        .by(scope.actor())
        .deleteExchange(name)
        .thenApply(found -> ManagementResponse.noContent());
  }

  private static void checkNotDefault(String name) {
    if (name.isEmpty() || name.equals("amq.default")) {
      throw new BrokerException(
          BrokerError.ACCESS_REFUSED, "operation not permitted on the default exchange");
    }
  }
}
