package dev.warren.management;

import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.QueueArguments;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.Topology;
import dev.warren.core.routing.TopologyChange;
import dev.warren.core.routing.TopologyException;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import dev.warren.core.security.VirtualHostSettings;
import dev.warren.management.ImportNotes.Difference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads a document of definitions and checks all of it against what there is, changing nothing: the
 * declarations are tried on a copy of each topology. Used once.
 */
final class DefinitionsReader {
  private static final String DEFAULT_VIRTUAL_HOST = "/";
  private static final String VHOST_LIMITS = "vhost-limits";
  private static final String NOT_HERE = "not available here";
  private static final String IN_FILE = "the configuration file declares the user";

  private final ManagedBroker broker;
  private final AccessRules before;
  private final Optional<String> onlyHost;
  private final Definitions read = Definitions.empty();
  private final Map<String, VirtualHostSettings> hosts = new LinkedHashMap<>();
  private final Set<String> changedHosts = new HashSet<>();
  private final Map<String, Topology> drafts = new HashMap<>();
  private final boolean goesOn;

  /**
   * A reader.
   *
   * @param goesOn whether it goes on after something wrong and notes it, to report all that is;
   *     otherwise it is refused
   * @param onlyHost the virtual host everything is for, whatever the document says
   */
  DefinitionsReader(
      ManagedBroker broker, AccessRules before, Optional<String> onlyHost, boolean goesOn) {
    this.goesOn = goesOn;
    this.broker = broker;
    this.before = before;
    this.onlyHost = onlyHost;
    hosts.putAll(before.virtualHosts());
  }

  /**
   * Reads a document.
   *
   * @throws ApiException 400 naming the item and what is wrong with it
   */
  Definitions read(JsonBody document) {
    if (onlyHost.isEmpty()) {
      each(document, "users", this::user);
      each(document, "vhosts", this::virtualHost);
    }
    attempt(document, () -> settingsOfOne(document));
    if (onlyHost.isEmpty()) {
      each(document, "permissions", this::permissions);
      each(document, "topic_permissions", this::topicPermissions);
    }
    each(document, "parameters", this::parameter);
    each(document, "global_parameters", item -> read.notes().skip(item, nameOf(item), NOT_HERE));
    each(document, "policies", item -> read.notes().skip(item, nameOf(item), NOT_HERE));
    for (String host : changedHosts) {
      read.virtualHosts().add(new PutVirtualHost(host, settings(host)));
    }
    each(document, "exchanges", this::exchange);
    each(document, "queues", this::queue);
    attempt(document, () -> checkQueueLimits(document));
    each(document, "bindings", this::binding);
    return read;
  }

  private void each(JsonBody document, String section, Consumer<JsonBody> reader) {
    attempt(
        document,
        () ->
            document.each(
                section,
                item -> attempt(item, () -> reader.accept(item)),
                other -> refuse(other, other.invalid("an object was expected"))));
  }

  private void attempt(JsonBody item, Runnable step) {
    try {
      step.run();
    } catch (BrokerException e) {
      refuse(item, item.invalid(e.text()));
    } catch (TopologyException e) {
      refuse(item, item.invalid(String.valueOf(e.getMessage())));
    } catch (ApiException e) {
      refuse(item, e.reason().startsWith(item.path()) ? e : item.invalid(e.reason()));
    }
  }

  private void refuse(JsonBody item, ApiException why) {
    if (!goesOn) {
      throw why;
    }
    read.notes().error(item, item.shown("name"), why.reason());
  }

  private static String nameOf(JsonBody item) {
    return item.text("name").orElse("");
  }

  private boolean isDeclaredInFile(String user) {
    return before.user(user).map(User::declaredInFile).orElse(false);
  }

  private void user(JsonBody item) {
    String name = Names.check("user", item.requiredText("name"));
    if (isDeclaredInFile(name)) {
      read.notes().skip(item, name, IN_FILE);
      return;
    }
    Optional<UserLimits> limits = item.object("limits").map(LimitsResource::ofUser);
    read.users()
        .add(
            new Definitions.NewUser(
                name, NewPasswords.read(item), UsersResource.tags(item), limits));
  }

  private void virtualHost(JsonBody item) {
    String name = Names.check("vhost", item.requiredText("name"));
    VirtualHostSettings present = hosts.getOrDefault(name, VirtualHostSettings.DEFAULTS);
    VirtualHostSettings changed = VirtualHostsResource.changed(present, item);
    Optional<JsonBody> metadata = item.object("metadata");
    if (metadata.isPresent()) {
      changed = VirtualHostsResource.changed(changed, metadata.get());
    }
    put(name, withLimits(changed, item));
  }

  /** A document of one virtual host has its settings at the top. */
  private void settingsOfOne(JsonBody document) {
    boolean isOfOne =
        document
            .text("rabbitmq_definition_format")
            .map("single_virtual_host"::equals)
            .orElse(onlyHost.isPresent());
    if (!isOfOne) {
      return;
    }
    String name = onlyHost.orElse(DEFAULT_VIRTUAL_HOST);
    VirtualHostSettings changed = settings(name);
    Optional<JsonBody> metadata = document.object("metadata");
    if (metadata.isPresent()) {
      changed = VirtualHostsResource.changed(changed, metadata.get());
    }
    put(name, withLimits(changed, document));
  }

  private static VirtualHostSettings withLimits(VirtualHostSettings settings, JsonBody item) {
    return item.object("limits")
        .filter(limits -> !limits.fields().isEmpty())
        .map(limits -> settings.with(LimitsResource.ofVirtualHost(limits)))
        .orElse(settings);
  }

  private void put(String name, VirtualHostSettings settings) {
    if (!settings.equals(hosts.put(name, settings))) {
      changedHosts.add(name);
    }
  }

  private void permissions(JsonBody item) {
    String user = item.requiredText("user");
    String host = item.requiredText("vhost");
    PutPermissions change = new PutPermissions(host, user, PermissionsResource.read(item));
    if (isKnown(item, host, user)) {
      read.permissions().add(change);
    }
  }

  private void topicPermissions(JsonBody item) {
    String user = item.requiredText("user");
    String host = item.requiredText("vhost");
    PutTopicPermissions change =
        new PutTopicPermissions(
            host, user, item.requiredText("exchange"), TopicPermissionsResource.read(item));
    if (isKnown(item, host, user)) {
      read.topicPermissions().add(change);
    }
  }

  private boolean isKnown(JsonBody item, String host, String user) {
    settings(host);
    if (isDeclaredInFile(user)) {
      read.notes().skip(item, user, IN_FILE);
      return false;
    }
    if (before.user(user).isEmpty()
        && read.users().stream().noneMatch(other -> other.name().equals(user))) {
      throw ApiException.badRequest("user '" + user + "' does not exist");
    }
    return true;
  }

  private void parameter(JsonBody item) {
    if (!item.text("component").map(VHOST_LIMITS::equals).orElse(false)) {
      read.notes().skip(item, nameOf(item), NOT_HERE);
      return;
    }
    String host = hostOf(item);
    JsonBody value = item.object("value").orElseThrow(() -> item.invalid("value", "is missing"));
    put(host, settings(host).with(LimitsResource.ofVirtualHost(value)));
  }

  private String hostOf(JsonBody item) {
    return onlyHost.orElseGet(() -> item.text("vhost").orElse(DEFAULT_VIRTUAL_HOST));
  }

  private VirtualHostSettings settings(String host) {
    VirtualHostSettings settings = hosts.get(host);
    if (settings == null) {
      throw ApiException.badRequest("vhost '" + host + "' does not exist");
    }
    return settings;
  }

  private Topology draft(String host) {
    settings(host);
    return drafts.computeIfAbsent(
        host,
        name ->
            broker
                .virtualHosts()
                .apply(name)
                .map(VirtualHost::topology)
                .orElseGet(() -> Topology.of(name)));
  }

  private void exchange(JsonBody item) {
    String name = item.requiredText("name");
    String host = hostOf(item);
    ExchangeDefinition wanted = ExchangeChanges.read(name, item);
    Topology draft = draft(host);
    Exchange present = draft.exchange(name);
    if (name.isEmpty() || name.startsWith("amq.")) {
      read.notes().skip(item, name, "the broker itself declares it");
    } else if (present == null) {
      drafts.put(host, draft.with(new TopologyChange.DeclareExchange(wanted)));
      read.exchanges().add(new Definitions.Placed<>(host, wanted));
    } else if (!present.definition().equals(wanted)) {
      read.notes()
          .conflict(
              item,
              name,
              "an exchange of this name exists and differs",
              differences(present.definition(), wanted));
    }
  }

  private void queue(JsonBody item) {
    String name = item.requiredText("name");
    String host = hostOf(item);
    Topology draft = draft(host);
    if (name.startsWith("amq.")) {
      read.notes().skip(item, name, "the name is reserved");
      return;
    }
    QueueDeclaration wanted = withType(QueueChanges.read(name, item), item);
    wanted.check(host);
    RoutedQueue present = draft.queue(name);
    if (present != null) {
      List<Difference> differences = differences(host, present, wanted);
      if (!differences.isEmpty()) {
        read.notes().conflict(item, name, "a queue of this name exists and differs", differences);
      }
      return;
    }
    drafts.put(host, draft.with(new TopologyChange.DeclareQueue(new Planned(wanted))));
    read.queues().add(new Definitions.Placed<>(host, wanted));
  }

  /** Beside the argument, definitions may have the type as a field. */
  private static QueueDeclaration withType(QueueDeclaration queue, JsonBody item) {
    String type = item.text("type").orElse("");
    if (type.equals("stream")) {
      throw item.invalid("type", "classic or quorum was expected");
    }
    if (!type.equals("quorum") || queue.arguments().containsKey(QueueArguments.TYPE)) {
      return queue;
    }
    Map<String, Object> arguments = new LinkedHashMap<>(queue.arguments());
    arguments.put(QueueArguments.TYPE, type);
    return new QueueDeclaration(
        queue.name(), queue.durable(), queue.autoDelete(), queue.exclusiveTo(), arguments);
  }

  private static List<Difference> differences(
      ExchangeDefinition present, ExchangeDefinition wanted) {
    return new ImportNotes.Comparison()
        .with("type", present.type().text(), wanted.type().text())
        .with("durable", present.durable(), wanted.durable())
        .with("auto_delete", present.autoDelete(), wanted.autoDelete())
        .with("internal", present.internal(), wanted.internal())
        .withMaps("arguments", present.arguments(), wanted.arguments())
        .differences();
  }

  private List<Difference> differences(String host, RoutedQueue found, QueueDeclaration wanted) {
    if (found instanceof Planned planned) {
      QueueDeclaration other = planned.declaration();
      return differences(other.durable(), other.autoDelete(), other.arguments(), wanted);
    }
    return broker
        .management()
        .queue(host, wanted.name())
        .map(
            present ->
                differences(present.durable(), present.autoDelete(), present.arguments(), wanted))
        .orElse(List.of());
  }

  private static List<Difference> differences(
      boolean durable, boolean autoDelete, Map<String, Object> arguments, QueueDeclaration wanted) {
    return new ImportNotes.Comparison()
        .with("durable", durable, wanted.durable())
        .with("auto_delete", autoDelete, wanted.autoDelete())
        .withMaps("arguments", comparable(arguments), comparable(wanted.arguments()))
        .differences();
  }

  /** Integers of any width compare, and the type that goes without saying is not said. */
  private static Map<String, Object> comparable(Map<String, Object> arguments) {
    Map<String, Object> comparable = new HashMap<>();
    arguments.forEach(
        (name, value) ->
            comparable.put(
                name,
                value instanceof Integer || value instanceof Short || value instanceof Byte
                    ? (Object) ((Number) value).longValue()
                    : value));
    comparable.remove(QueueArguments.TYPE, "classic");
    return comparable;
  }

  private void checkQueueLimits(JsonBody document) {
    drafts.forEach(
        (host, draft) -> {
          int queuesMax = settings(host).limits().queuesMax();
          boolean hasNew = read.queues().stream().anyMatch(q -> q.virtualHost().equals(host));
          if (hasNew && queuesMax != UserLimits.UNLIMITED && draft.queueCount() > queuesMax) {
            throw document.invalid(
                "queues", "queue limit in vhost '%s' (%d) is reached".formatted(host, queuesMax));
          }
        });
  }

  private void binding(JsonBody item) {
    String host = hostOf(item);
    String source = item.requiredText("source");
    Destination destination = destination(item);
    Binding wanted = BindingsResource.read(source, destination, item);
    if (source.isEmpty()) {
      // Every queue has it by itself.
      return;
    }
    Topology draft = draft(host);
    Topology after = draft.with(new TopologyChange.Bind(wanted));
    if (after != draft) {
      drafts.put(host, after);
      read.bindings().add(new Definitions.Placed<>(host, wanted));
    }
  }

  private static Destination destination(JsonBody item) {
    String name = item.requiredText("destination");
    String type = item.requiredText("destination_type");
    return switch (type) {
      case "queue" -> Destination.queue(name);
      case "exchange" -> Destination.exchange(name);
      default -> throw item.invalid("destination_type", "queue or exchange was expected");
    };
  }

  /** A queue that is to be declared, as far as bindings look at it. */
  private record Planned(QueueDeclaration declaration) implements RoutedQueue {
    @Override
    public String name() {
      return declaration.name();
    }

    @Override
    public boolean isDurable() {
      return declaration.durable();
    }
  }
}
