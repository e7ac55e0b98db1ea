package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.BindingInfo;
import dev.warren.core.broker.Management.ExchangeInfo;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Exchanges: {@code /exchanges}, {@code /exchanges/{vhost}}, one, and its bindings. */
final class ExchangesResource {
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
    Optional<SampleRange> range = SampleRange.of(request, "msg_rates");
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                VirtualHostScope.visible(
                    request.user(),
                    management.exchanges(virtualHost.orElse(null)),
                    ExchangeInfo::virtualHost),
                ExchangeInfo::name,
                exchange -> view(exchange, range)));
  }

  private Reply one(Request request) {
    ObjectNode view = view(find(request), SampleRange.of(request, "msg_rates"));
    return Reply.ok(Columns.of(request).of(view));
  }

  private Reply from(Request request) {
    String name = find(request).name();
    return bindings(request, binding -> binding.source().equals(name));
  }

  private Reply to(Request request) {
    String name = find(request).name();
    return bindings(request, binding -> !binding.toQueue() && binding.destination().equals(name));
  }

  private Reply bindings(Request request, Predicate<BindingInfo> wanted) {
    List<BindingInfo> found =
        management.bindings(request.variable("vhost")).stream().filter(wanted).toList();
    return bindings.reply(request, found);
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
    ObjectNode view = JsonViews.object();
    view.put("name", exchange.name());
    view.put("vhost", exchange.virtualHost());
    view.put("type", exchange.type());
    view.put("durable", exchange.durable());
    view.put("auto_delete", exchange.autoDelete());
    view.put("internal", exchange.internal());
    view.set("arguments", JsonViews.map(exchange.arguments()));
    view.putNull("policy");
    ObjectNode stats = view.putObject("message_stats");
    History history = sampler.exchange(exchange.virtualHost(), exchange.name());
    if (history != null) {
      views.counter(stats, "publish_in", history, range, 0);
      views.counter(stats, "publish_out", history, range, 1);
    }
    return view;
  }
}
