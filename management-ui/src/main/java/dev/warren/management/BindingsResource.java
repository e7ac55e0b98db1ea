package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.BindingInfo;
import dev.warren.core.broker.QueueDefinition;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.TopologyException;
import dev.warren.core.security.Permission;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Bindings: {@code /bindings}, those between two ends, one, and lists for other resources. With
 * {@code never_matched=true} a list has those that no message was routed by since the broker
 * started; that, and {@code matched}, is not in RabbitMQ's API.
 */
final class BindingsResource {
  private static final int HASH_BYTES = 12;
  private static final String ONE = "/bindings/{vhost}/e/{source}/{kind}/{destination}/{props}";
  private static final String BETWEEN = "/bindings/{vhost}/e/{source}/{kind}/{destination}";
  private static final Map<String, Function<BindingInfo, JsonNode>> SORT_KEYS =
      Map.of(
          "source", binding -> TextNode.valueOf(binding.source()),
          "vhost", binding -> TextNode.valueOf(binding.virtualHost()),
          "destination", binding -> TextNode.valueOf(binding.destination()),
          "destination_type", binding -> TextNode.valueOf(binding.toQueue() ? "queue" : "exchange"),
          "routing_key", binding -> TextNode.valueOf(binding.bindingKey()));

  private final Management management;
  private final TopologyAccess topology;

  BindingsResource(Management management, TopologyAccess topology) {
    this.management = management;
    this.topology = topology;
  }

  void addTo(Routes routes) {
    routes
        .get("/bindings", Access.MANAGEMENT, this::list)
        .get("/bindings/{vhost}", Access.MANAGEMENT, this::list)
        .get(BETWEEN, Access.MANAGEMENT, this::between)
        .post(BETWEEN, Access.MANAGEMENT, this::bind)
        .get(ONE, Access.MANAGEMENT, this::one)
        .delete(ONE, Access.MANAGEMENT, this::unbind);
  }

  private Reply list(Request request) {
    boolean neverMatched = request.flag("never_matched");
    List<BindingInfo> bindings =
        VirtualHostScope.visible(
            request.user(),
            management.bindings(VirtualHostScope.of(management, request).orElse(null)),
            BindingInfo::virtualHost);
    return reply(
        request,
        neverMatched ? bindings.stream().filter(management.matched().negate()).toList() : bindings);
  }

  /** These bindings as the list the request asks for; {@code name} looks at both ends. */
  Reply reply(Request request, List<BindingInfo> bindings) {
    Predicate<BindingInfo> matched = management.matched();
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                bindings,
                binding -> binding.source() + " " + binding.destination(),
                binding -> view(binding, matched.test(binding)),
                SORT_KEYS));
  }

  private Reply between(Request request) {
    VirtualHostScope.required(management, request);
    return reply(request, find(Ends.of(request)));
  }

  private Reply one(Request request) {
    VirtualHostScope.required(management, request);
    BindingInfo found = findOne(request);
    return Reply.ok(Columns.of(request).of(view(found, management.matched().test(found))));
  }

  private List<BindingInfo> find(Ends ends) {
    Destination destination = destination(ends.toQueue(), ends.destination());
    return management.bindingsTo(ends.virtualHost(), destination).stream()
        .filter(binding -> binding.source().equals(ends.source()))
        .toList();
  }

  private BindingInfo findOne(Request request) {
    String properties = request.variable("props");
    return find(Ends.of(request)).stream()
        .filter(
            binding ->
                propertiesKey(binding).equals(properties)
                    || (binding.arguments().isEmpty() && binding.bindingKey().equals(properties)))
        .findFirst()
        .orElseThrow(() -> ApiException.objectNotFound("no such binding"));
  }

  private CompletionStage<Reply> bind(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    Ends ends = Ends.of(request);
    Binding binding = ends.binding(request.body());
    checkMayBind(place, ends);
    place.checkKey(Permission.READ, binding.source(), binding.bindingKey());
    return place
        .editor()
        .bind(binding, QueueDefinition.SHARED)
        .thenApply(isNew -> Reply.CREATED.with("location", location(ends, binding)));
  }

  private CompletionStage<Reply> unbind(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    // Before it is looked for, so that nobody learns what is bound where he may not bind.
    checkMayBind(place, Ends.of(request));
    BindingInfo found = findOne(request);
    Binding binding = found.binding();
    place.checkKey(Permission.READ, binding.source(), binding.bindingKey());
    return place
        .editor()
        .unbind(binding, QueueDefinition.SHARED)
        .thenApply(done -> Reply.NO_CONTENT);
  }

  private static void checkMayBind(TopologyAccess.Place place, Ends ends) {
    if (ends.toQueue()) {
      place.checkQueue(Permission.WRITE, ends.destination());
    } else {
      place.checkExchange(Permission.WRITE, ends.destination());
    }
    place.checkExchange(Permission.READ, ends.source());
  }

  private static Destination destination(boolean toQueue, String name) {
    return toQueue ? Destination.queue(name) : Destination.exchange(name);
  }

  private static String location(Ends ends, Binding binding) {
    return "/api/bindings/%s/e/%s/%s/%s/%s"
        .formatted(
            encoded(ends.virtualHost()),
            encoded(ends.source().isEmpty() ? "amq.default" : ends.source()),
            ends.toQueue() ? "q" : "e",
            encoded(ends.destination()),
            encoded(propertiesKey(new BindingInfo(ends.virtualHost(), binding))));
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A virtual host, an exchange, and what it is bound to. */
  private record Ends(String virtualHost, String source, boolean toQueue, String destination) {
    static Ends of(Request request) {
      String kind = request.variable("kind");
      if (!kind.equals("q") && !kind.equals("e")) {
        throw ApiException.objectNotFound("'" + kind + "': q or e was expected");
      }
      String destination = request.variable("destination");
      return new Ends(
          request.variable("vhost"),
          TopologyAccess.exchangeName(request.variable("source")),
          kind.equals("q"),
          kind.equals("q") ? destination : TopologyAccess.exchangeName(destination));
    }

    Binding binding(JsonBody body) {
      return read(source, BindingsResource.destination(toQueue, destination), body);
    }
  }

  /**
   * The binding of a body such as definitions hold, too.
   *
   * @throws ApiException 400
   */
  static Binding read(String source, Destination destination, JsonBody body) {
    try {
      return new Binding(
          source, destination, body.text("routing_key").orElse(""), body.map("arguments"));
    } catch (TopologyException e) {
      throw body.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static ObjectNode view(BindingInfo binding, boolean matched) {
    ObjectNode view = JsonViews.object();
    view.put("source", binding.source());
    view.put("vhost", binding.virtualHost());
    view.put("destination", binding.destination());
    view.put("destination_type", binding.toQueue() ? "queue" : "exchange");
    view.put("routing_key", binding.bindingKey());
    view.set("arguments", JsonViews.map(binding.arguments()));
    view.put("properties_key", propertiesKey(binding));
    view.put("matched", matched);
    return view;
  }

  /**
   * What tells bindings between the same two ends apart in a path (contract §11.5): the key, quoted
   * so that it has no {@code ~} of its own, and a hash of the arguments if there are any.
   */
  static String propertiesKey(BindingInfo binding) {
    String key =
        URLEncoder.encode(binding.bindingKey(), StandardCharsets.UTF_8).replace("~", "%7E");
    if (binding.arguments().isEmpty()) {
      return key.isEmpty() ? "~" : key;
    }
    // Sorted, so that equal arguments have equal hashes.
    String arguments = JsonViews.map(new TreeMap<>(binding.arguments())).toString();
    return key + "~" + hash(arguments);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      byte[] start = java.util.Arrays.copyOf(digest, HASH_BYTES);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(start);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
