package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ConsumerInfo;
import dev.warren.core.broker.Management.ExchangeInfo;
import dev.warren.core.broker.Management.ListenerInfo;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.security.Identity;
import dev.warren.core.time.BrokerClock;
import dev.warren.management.RateSampler.TotalFigure;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/** {@code /overview}, {@code /whoami}, {@code /version}. */
final class OverviewResource {
  /** All messages. */
  static final int[] MESSAGES = {TotalFigure.READY, TotalFigure.UNSETTLED, TotalFigure.SCHEDULED};

  private final Product product;
  private final Management management;
  private final Connections connections;
  private final RateSampler sampler;
  private final JsonViews views;
  private final CertificatesResource certificates;
  private final ReachedLimits limits;
  private final BrokerClock clock;

  OverviewResource(
      Product product,
      ManagedBroker broker,
      RateSampler sampler,
      JsonViews views,
      CertificatesResource certificates,
      BrokerClock clock) {
    this.product = product;
    this.management = broker.management();
    this.connections = broker.connections();
    this.sampler = sampler;
    this.views = views;
    this.certificates = certificates;
    this.limits = new ReachedLimits(broker);
    this.clock = clock;
  }

  void addTo(Routes routes) {
    routes
        .get("/overview", Access.MANAGEMENT, this::overview)
        .get("/whoami", Access.MANAGEMENT, OverviewResource::whoAmI)
        .get("/version", Access.MANAGEMENT, this::version)
        .get("/cluster-name", Access.MANAGEMENT, this::clusterName)
        .put("/cluster-name", Access.ADMINISTRATOR, this::renameCluster);
  }

  private static Reply whoAmI(Request request) {
    Identity user = request.user();
    ObjectNode view = JsonViews.object();
    view.put("name", user.name());
    ArrayNode tags = view.putArray("tags");
    new TreeSet<>(user.tags()).forEach(tags::add);
    view.put("is_internal_user", user.isInternal());
    return Reply.ok(view);
  }

  private Reply version(Request request) {
    ObjectNode view = JsonViews.object();
    view.put("product_name", product.name());
    view.put("product_version", product.version());
    view.put("rabbitmq_version", Product.API_VERSION);
    return Reply.ok(view);
  }

  private Reply clusterName(Request request) {
    return Reply.ok(JsonViews.object().put("name", management.node().name()));
  }

  /** It is that of the node, which clients are told when they connect. */
  private CompletionStage<Reply> renameCluster(Request request) {
    String name = request.body().requiredText("name");
    if (!name.equals(management.node().name())) {
      throw ApiException.badRequest(
          "name: this node is called '%s', and nothing else can be set here"
              .formatted(management.node().name()));
    }
    return Reply.NO_CONTENT.now();
  }

  private Reply overview(Request request) {
    String node = management.node().name();
    ObjectNode view = JsonViews.object();
    view.put("management_version", Product.API_VERSION);
    view.put("rates_mode", "basic");
    view.set("sample_retention_policies", retention());
    view.set("exchange_types", exchangeTypes());
    view.put("product_name", product.name());
    view.put("product_version", product.version());
    view.put("rabbitmq_version", Product.API_VERSION);
    view.put("cluster_name", node);
    view.putObject("cluster_tags");
    view.putObject("node_tags");
    view.put("erlang_version", "");
    view.put("erlang_full_version", "");
    view.put("crypto_lib_version", "");
    view.put("disable_stats", false);
    view.put("enable_queue_totals", false);
    view.put("default_queue_type", "classic");
    view.put("is_op_policy_updating_enabled", false);
    boolean seesAll = seesEverything(request.user());
    view.set(
        "message_stats",
        seesAll ? views.totalStats(SampleRange.of(request, "msg_rates")) : JsonViews.object());
    view.set("churn_rates", churn(SampleRange.of(request, "msg_rates")));
    view.set(
        "queue_totals", queueTotals(request.user(), seesAll, SampleRange.of(request, "lengths")));
    view.set("object_totals", objectTotals(request.user()));
    view.put("statistics_db_event_queue", 0);
    view.put("node", node);
    view.set("listeners", listeners(node));
    view.set("contexts", contexts(management));
    // Not in RabbitMQ's API: saves the console more requests.
    view.set("alarms", HealthResource.alarms(management));
    view.set("certificate_warnings", certificates.warnings());
    view.set("limits_reached", limits.of(request.user()));
    view.put("uptime", clock.epochMs() - management.node().startedAtMs());
    return Reply.ok(Columns.of(request).of(view));
  }

  private static ObjectNode retention() {
    ObjectNode policies = JsonViews.object();
    for (String kind : List.of("global", "basic", "detailed")) {
      policies.putArray(kind).add(60);
    }
    return policies;
  }

  static ArrayNode exchangeTypes() {
    ArrayNode types = JsonViews.array();
    types.add(exchangeType("direct", "Routes to queues bound with exactly the routing key"));
    types.add(exchangeType("fanout", "Routes to every queue bound"));
    types.add(exchangeType("headers", "Routes by matching headers"));
    types.add(exchangeType("topic", "Routes by matching the words of the routing key"));
    return types;
  }

  private static ObjectNode exchangeType(String name, String description) {
    return JsonViews.object()
        .put("name", name)
        .put("description", description)
        .put("enabled", true);
  }

  private ObjectNode churn(Optional<SampleRange> range) {
    History totals = sampler.totals();
    ObjectNode churn = JsonViews.object();
    views.counter(churn, "connection_created", totals, range, TotalFigure.CONNECTION_CREATED);
    views.counter(churn, "connection_closed", totals, range, TotalFigure.CONNECTION_CLOSED);
    views.counter(churn, "channel_created", totals, range, TotalFigure.SESSION_BEGUN);
    views.counter(churn, "channel_closed", totals, range, TotalFigure.SESSION_ENDED);
    views.counter(churn, "queue_declared", totals, range, TotalFigure.QUEUE_DECLARED);
    views.counter(churn, "queue_created", totals, range, TotalFigure.QUEUE_CREATED);
    views.counter(churn, "queue_deleted", totals, range, TotalFigure.QUEUE_DELETED);
    return churn;
  }

  /** How many messages there are now; how that changes, only of the whole broker. */
  private ObjectNode queueTotals(Identity user, boolean seesAll, Optional<SampleRange> range) {
    ObjectNode view = queueTotalsOf(user);
    if (seesAll) {
      History totals = sampler.totals();
      views.details(view, "messages", totals, range, MESSAGES);
      views.details(view, "messages_ready", totals, range, TotalFigure.READY);
      views.details(view, "messages_unacknowledged", totals, range, TotalFigure.UNSETTLED);
      views.details(view, "messages_scheduled", totals, range, TotalFigure.SCHEDULED);
    }
    return view;
  }

  /** Whether the figures of the whole broker are those of what the user sees. */
  private boolean seesEverything(Identity user) {
    return management.virtualHosts().stream()
        .allMatch(name -> VirtualHostScope.isVisible(user, name));
  }

  /** Of the virtual hosts the user sees. */
  private ObjectNode queueTotalsOf(Identity user) {
    long ready = 0;
    long unsettled = 0;
    long scheduled = 0;
    for (QueueInfo queue :
        VirtualHostScope.visible(user, management.queues(null), QueueInfo::virtualHost)) {
      ready += queue.figures().ready();
      unsettled += queue.figures().unsettled();
      scheduled += queue.figures().scheduled();
    }
    ObjectNode view = JsonViews.object();
    view.put("messages", ready + unsettled + scheduled);
    view.put("messages_ready", ready);
    view.put("messages_unacknowledged", unsettled);
    view.put("messages_scheduled", scheduled);
    return view;
  }

  private ObjectNode objectTotals(Identity user) {
    boolean seesConnections = Access.MONITORING.isGrantedTo(user);
    ObjectNode view = JsonViews.object();
    List<ConnectionView> visible =
        connections.all().stream()
            .filter(open -> seesConnections || open.details().user().equals(user.name()))
            .toList();
    view.put("connections", visible.size());
    view.put("channels", visible.stream().mapToInt(ConnectionView::sessions).sum());
    view.put(
        "exchanges",
        VirtualHostScope.visible(user, management.exchanges(null), ExchangeInfo::virtualHost)
            .size());
    view.put(
        "queues",
        VirtualHostScope.visible(user, management.queues(null), QueueInfo::virtualHost).size());
    view.put(
        "consumers",
        VirtualHostScope.visible(user, management.consumers(null), ConsumerInfo::virtualHost)
            .size());
    return view;
  }

  private ArrayNode listeners(String node) {
    ArrayNode array = JsonViews.array();
    for (ListenerInfo listener : management.listeners()) {
      ObjectNode view = array.addObject();
      view.put("node", node);
      view.put("protocol", HealthResource.protocol(listener));
      view.put("ip_address", listener.host());
      view.put("port", listener.port());
      view.put("tls", listener.tls());
      view.putObject("socket_opts");
    }
    return array;
  }

  /** Where console and API are. */
  static ArrayNode contexts(Management management) {
    String node = management.node().name();
    ArrayNode array = JsonViews.array();
    for (ListenerInfo listener : management.listeners()) {
      if (listener.protocol().equals("http")) {
        array
            .addObject()
            .put("node", node)
            .put("description", "Management and console")
            .put("path", "/")
            .put("port", listener.port())
            .put("ssl", listener.tls());
      }
    }
    return array;
  }
}
