package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.UserLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a document of definitions asks for, checked as a whole (contract §12). Filled by {@link
 * DefinitionsReader}, then only read.
 */
record Definitions(
    List<NewUser> users,
    List<PutVirtualHost> virtualHosts,
    List<PutPermissions> permissions,
    List<PutTopicPermissions> topicPermissions,
    List<Placed<ExchangeDefinition>> exchanges,
    List<Placed<QueueDeclaration>> queues,
    List<Placed<Binding>> bindings,
    ImportNotes notes) {

  static Definitions empty() {
    return new Definitions(
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ImportNotes());
  }

  /**
   * A user whose password is still to be hashed.
   *
   * @param limits absent if nothing is said of them
   */
  record NewUser(
      String name, NewPasswords.Wanted password, Set<String> tags, Optional<UserLimits> limits) {}

  /** Something in a virtual host. */
  record Placed<T>(String virtualHost, T what) {}

  /** How many of each are new or changed, and what is left out. Not in RabbitMQ's API. */
  ObjectNode report() {
    ObjectNode report = JsonViews.object();
    report
        .putObject("applied")
        .put("users", users.size())
        .put("vhosts", virtualHosts.size())
        .put("permissions", permissions.size())
        .put("topic_permissions", topicPermissions.size())
        .put("exchanges", exchanges.size())
        .put("queues", queues.size())
        .put("bindings", bindings.size());
    notes.addTo(report);
    return report;
  }
}
