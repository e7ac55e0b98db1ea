package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.BindingInfo;
import dev.warren.core.broker.Management.ExchangeInfo;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.User;
import dev.warren.core.security.VirtualHostSettings;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes definitions as RabbitMQ does (contract §12): what is durable and was declared by somebody.
 * Thread-safe.
 */
final class DefinitionsExport {
  private final Product product;
  private final ManagedBroker broker;

  DefinitionsExport(Product product, ManagedBroker broker) {
    this.product = product;
    this.broker = broker;
  }

  /** Everything. */
  ObjectNode all() {
    AccessRules rules = broker.access().rules();
    ObjectNode document = head("cluster");
    ArrayNode users = document.putArray("users");
    rules.users().forEach(user -> users.add(user(user)));
    ArrayNode hosts = document.putArray("vhosts");
    rules
        .virtualHosts()
        .forEach((name, settings) -> hosts.add(virtualHost(settings).put("name", name)));
    ArrayNode permissions = document.putArray("permissions");
    rules
        .permissions()
        .entrySet()
        .forEach(entry -> permissions.add(PermissionsResource.view(entry)));
    ArrayNode topicPermissions = document.putArray("topic_permissions");
    rules
        .topicPermissions()
        .entrySet()
        .forEach(entry -> topicPermissions.add(TopicPermissionsResource.view(entry)));
    document.putArray("parameters");
    document
        .putArray("global_parameters")
        .addObject()
        .put("name", "cluster_name")
        .put("value", broker.management().node().name());
    document.putArray("policies");
    putTopology(document, null);
    return document;
  }

  /** One virtual host, without users and without naming it in its items. */
  ObjectNode of(String virtualHost) {
    VirtualHostSettings settings =
        broker.access().rules().virtualHost(virtualHost).orElse(VirtualHostSettings.DEFAULTS);
    ObjectNode document = head("single_virtual_host");
    document.put("original_vhost_name", virtualHost);
    document.put("description", settings.description());
    document.setAll(virtualHost(settings));
    document.putArray("parameters");
    document.putArray("policies");
    putTopology(document, virtualHost);
    return document;
  }

  private ObjectNode head(String format) {
    return JsonViews.object()
        .put("rabbit_version", Product.API_VERSION)
        .put("rabbitmq_version", Product.API_VERSION)
        .put("product_name", product.name())
        .put("product_version", product.version())
        .put("rabbitmq_definition_format", format)
        .put("original_cluster_name", broker.management().node().name())
        .put("explanation", "Definitions of " + product.name());
  }

  private static ObjectNode user(User user) {
    ObjectNode view = UsersResource.view(user);
    view.remove("declared_in_file");
    return view;
  }

  private static ObjectNode virtualHost(VirtualHostSettings settings) {
    ObjectNode view = JsonViews.object();
    view.set("limits", LimitsResource.view(settings.limits()));
    view.set("metadata", VirtualHostsResource.metadata(settings));
    return view;
  }

  private void putTopology(ObjectNode document, @Nullable String only) {
    Management management = broker.management();
    Set<End> ends = new HashSet<>();
    ArrayNode queues = document.putArray("queues");
    for (QueueInfo queue : management.queues(only)) {
      if (queue.durable() && !queue.exclusive()) {
        ends.add(new End(queue.virtualHost(), true, queue.name()));
        queues.add(queue(queue, only == null));
      }
    }
    ArrayNode exchanges = document.putArray("exchanges");
    for (ExchangeInfo exchange : management.exchanges(only)) {
      boolean isPredeclared = exchange.name().isEmpty() || exchange.name().startsWith("amq.");
      if (exchange.durable()) {
        ends.add(new End(exchange.virtualHost(), false, exchange.name()));
      }
      if (exchange.durable() && !isPredeclared) {
        exchanges.add(exchange(exchange, only == null));
      }
    }
    ArrayNode bindings = document.putArray("bindings");
    for (BindingInfo binding : management.bindings(only)) {
      String host = binding.virtualHost();
      if (!binding.source().isEmpty()
          && ends.contains(new End(host, false, binding.source()))
          && ends.contains(new End(host, binding.toQueue(), binding.destination()))) {
        bindings.add(binding(binding, only == null));
      }
    }
  }

  /** What a binding may start from or lead to. */
  private record End(String virtualHost, boolean isQueue, String name) {}

  private static ObjectNode item(String name, String virtualHost, boolean withHost) {
    ObjectNode view = JsonViews.object().put("name", name);
    if (withHost) {
      view.put("vhost", virtualHost);
    }
    return view;
  }

  private static ObjectNode queue(QueueInfo queue, boolean withHost) {
    ObjectNode view = item(queue.name(), queue.virtualHost(), withHost);
    view.put("type", queue.type());
    view.put("durable", true);
    view.put("auto_delete", queue.autoDelete());
    view.set("arguments", JsonViews.map(queue.arguments()));
    return view;
  }

  private static ObjectNode exchange(ExchangeInfo exchange, boolean withHost) {
    ObjectNode view = item(exchange.name(), exchange.virtualHost(), withHost);
    view.put("type", exchange.type());
    view.put("durable", true);
    view.put("auto_delete", exchange.autoDelete());
    view.put("internal", exchange.internal());
    view.set("arguments", JsonViews.map(exchange.arguments()));
    return view;
  }

  private static ObjectNode binding(BindingInfo binding, boolean withHost) {
    ObjectNode view = JsonViews.object().put("source", binding.source());
    if (withHost) {
      view.put("vhost", binding.virtualHost());
    }
    view.put("destination", binding.destination());
    view.put("destination_type", binding.toQueue() ? "queue" : "exchange");
    view.put("routing_key", binding.bindingKey());
    view.set("arguments", JsonViews.map(binding.arguments()));
    return view;
  }
}
