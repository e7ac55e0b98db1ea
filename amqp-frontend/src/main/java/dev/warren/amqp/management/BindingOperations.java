package dev.warren.amqp.management;

import dev.warren.amqp.management.AccessControl.Resource;
import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.security.Permission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What can be done with bindings (contract §4.5). Thread-safe. */
final class BindingOperations {
  private static final String SOURCE = "source";
  private static final String BINDING_KEY = "binding_key";
  private static final String DESTINATION_QUEUE = "destination_queue";
  private static final String DESTINATION_EXCHANGE = "destination_exchange";

  private final ManagementNode.Scope scope;

  BindingOperations(ManagementNode.Scope scope) {
    this.scope = scope;
  }

  CompletionStage<ManagementResponse> bind(@Nullable Object body) {
    RequestBody asked = RequestBody.of("binding", body);
    if (asked.has(DESTINATION_QUEUE) == asked.has(DESTINATION_EXCHANGE)) {
      throw new BrokerException(
          BrokerError.INVALID,
          "one of " + DESTINATION_QUEUE + " and " + DESTINATION_EXCHANGE + " was expected");
    }
    Destination destination =
        asked.has(DESTINATION_QUEUE)
            ? Destination.queue(asked.text(DESTINATION_QUEUE))
            : Destination.exchange(asked.text(DESTINATION_EXCHANGE));
    Binding binding =
        new Binding(asked.text(SOURCE), destination, asked.text(BINDING_KEY), asked.arguments());
    checkAccess(binding.source(), destination);
    scope.access().checkBindingKey(binding.source(), binding.bindingKey());
    return scope
        .host()
        .by(scope.actor())
        .bind(binding, scope.connectionId())
        .thenApply(isNew -> ManagementResponse.noContent());
  }

  ManagementResponse list(Map<String, String> query) {
    String queue = query.get("dstq");
    String exchange = query.get("dste");
    if ((queue == null) == (exchange == null)) {
      throw new BrokerException(BrokerError.INVALID, "one of 'dstq' and 'dste' was expected");
    }
    String source = query.get("src");
    String key = query.get("key");
    if (source == null || key == null) {
      throw new BrokerException(BrokerError.INVALID, "'src' and 'key' were expected");
    }
    Destination destination =
        queue != null
            ? Destination.queue(queue)
            : Destination.exchange(java.util.Objects.requireNonNull(exchange));
    checkAccess(source, destination);
    List<Map<String, Object>> found = new ArrayList<>();
    for (Binding binding : scope.host().topology().bindingsTo(destination)) {
      if (binding.source().equals(source) && binding.bindingKey().equals(key)) {
        found.add(describe(binding));
      }
    }
    return ManagementResponse.ok(found);
  }

  private static Map<String, Object> describe(Binding binding) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(SOURCE, binding.source());
    map.put(
        binding.destination() instanceof Destination.QueueName
            ? DESTINATION_QUEUE
            : DESTINATION_EXCHANGE,
        binding.destination().name());
    map.put(BINDING_KEY, binding.bindingKey());
    map.put("arguments", binding.arguments());
    map.put("location", BindingLocation.of(binding).path());
    return map;
  }

  CompletionStage<ManagementResponse> unbind(String segment) {
    BindingLocation location = BindingLocation.parse(segment);
    checkAccess(location.source(), location.destination());
    scope.access().checkBindingKey(location.source(), location.key());
    if (location.argumentsHash().isEmpty()) {
      return unbind(
          new Binding(location.source(), location.destination(), location.key(), Map.of()));
    }
    for (Binding binding : scope.host().topology().bindingsTo(location.destination())) {
      if (location.names(binding)) {
        return unbind(binding);
      }
    }
    return CompletableFuture.completedFuture(ManagementResponse.noContent());
  }

  private CompletionStage<ManagementResponse> unbind(Binding binding) {
    return scope
        .host()
        .by(scope.actor())
        .unbind(binding, scope.connectionId())
        .thenApply(found -> ManagementResponse.noContent());
  }

  private void checkAccess(String source, Destination destination) {
    scope
        .access()
        .check(
            Permission.WRITE,
            destination instanceof Destination.QueueName ? Resource.QUEUE : Resource.EXCHANGE,
            destination.name());
    scope.access().check(Permission.READ, Resource.EXCHANGE, source);
  }
}
