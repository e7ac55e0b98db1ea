package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ExchangeInfo;
import dev.warren.core.routing.Destination;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Exchanges: {@code /exchanges}, {@code /exchanges/{vhost}}, one, and its bindings. */
final class ExchangesResource {
  private static final Map<String, Function<ExchangeInfo, JsonNode>> SORT_KEYS =
      Map.of(
          "name", exchange -> TextNode.valueOf(exchange.name()),
          "vhost", exchange -> TextNode.valueOf(exchange.virtualHost()),
          "type", exchange -> TextNode.valueOf(exchange.type()));

  private final Management management;
  private final RateSampler sampler;
  private final JsonViews views;
  private final BindingsResource bindings;

  ExchangesResource(
      Management management, RateSampler sampler, JsonViews views, BindingsResource bindings) {
    this.management = management;
    this.sampler = sampler;
    this.views = views;
    this.bindings = bindings;
  }

  void addTo(Routes routes) {
    routes
        .get("/exchanges", Access.MANAGEMENT, this::list)
        .get("/exchanges/{vhost}", Access.MANAGEMENT, this::list)
        .get("/exchanges/{vhost}/{exchange}", Access.MANAGEMENT, this::one)
        .get("/exchanges/{vhost}/{exchange}/bindings/source", Access.MANAGEMENT, this::from)
        .get("/exchanges/{vhost}/{exchange}/bindings/destination", Access.MANAGEMENT, this::to);
  }

  private Reply list(Request request) {
    Optional<String> virtualHost = VirtualHostScope.of(management, request);
    Function<ExchangeInfo, ObjectNode> view = view(request);
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                VirtualHostScope.visible(
                    request.user(),
                    management.exchanges(virtualHost.orElse(null)),
                    ExchangeInfo::virtualHost),
                ExchangeInfo::name,
                view,
                SORT_KEYS));
  }

  /** What a list shows of each exchange, with statistics unless the client wants none. */
  private Function<ExchangeInfo, ObjectNode> view(Request request) {
    if (request.flag("disable_stats")) {
      return ExchangesResource::plainView;
    }
    Optional<SampleRange> range = SampleRange.of(request, "msg_rates");
    return exchange -> view(exchange, range);
  }

  private Reply one(Request request) {
    ObjectNode view = view(find(request), SampleRange.of(request, "msg_rates"));
    return Reply.ok(Columns.of(request).of(view));
  }

  private Reply from(Request request) {
    ExchangeInfo from = find(request);
    return bindings.reply(request, management.bindingsFrom(from.virtualHost(), from.name()));
  }

  private Reply to(Request request) {
    ExchangeInfo to = find(request);
    return bindings.reply(
        request, management.bindingsTo(to.virtualHost(), Destination.exchange(to.name())));
  }

  private ExchangeInfo find(Request request) {
    String virtualHost = VirtualHostScope.required(management, request);
    String inPath = request.variable("exchange");
    String name = TopologyAccess.exchangeName(inPath);
    return management.exchanges(virtualHost).stream()
        .filter(exchange -> exchange.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                ApiException.objectNotFound(
                    "no exchange '" + inPath + "' in vhost '" + virtualHost + "'"));
  }

  private ObjectNode view(ExchangeInfo exchange, Optional<SampleRange> range) {
    ObjectNode view = plainView(exchange);
    ObjectNode stats = view.putObject("message_stats");
    History history = sampler.exchange(exchange.virtualHost(), exchange.name());
    if (history != null) {
      views.counter(stats, "publish_in", history, range, 0);
      views.counter(stats, "publish_out", history, range, 1);
    }
    return view;
  }

  private static ObjectNode plainView(ExchangeInfo exchange) {
    ObjectNode view = JsonViews.object();
    view.put("name", exchange.name());
    view.put("vhost", exchange.virtualHost());
    view.put("type", exchange.type());
    view.put("durable", exchange.durable());
    view.put("auto_delete", exchange.autoDelete());
    view.put("internal", exchange.internal());
    view.set("arguments", JsonViews.map(exchange.arguments()));
    view.putNull("policy");
    return view;
  }
}
