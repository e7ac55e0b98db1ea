package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.ClearTopicPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.AccessRules.Place;
import dev.warren.core.security.AccessRules.TopicPlace;
import dev.warren.core.security.TopicPermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** Permissions for routing keys of topic exchanges: {@code /topic-permissions} and lists. */
final class TopicPermissionsResource {
  private final AccessAdministration access;

  TopicPermissionsResource(AccessAdministration access) {
    this.access = access;
  }

  void addTo(Routes routes) {
    routes
        .get("/topic-permissions", Access.ADMINISTRATOR, request -> list(request, place -> true))
        .get("/topic-permissions/{vhost}/{user}", Access.ADMINISTRATOR, this::ofPlace)
        .put("/topic-permissions/{vhost}/{user}", Access.ADMINISTRATOR, this::put)
        .delete("/topic-permissions/{vhost}/{user}", Access.ADMINISTRATOR, this::deleteAll)
        .get("/topic-permissions/{vhost}/{user}/{exchange}", Access.ADMINISTRATOR, this::one)
        .delete("/topic-permissions/{vhost}/{user}/{exchange}", Access.ADMINISTRATOR, this::delete)
        .get("/users/{user}/topic-permissions", Access.ADMINISTRATOR, this::ofUser)
        .get("/vhosts/{vhost}/topic-permissions", Access.ADMINISTRATOR, this::ofVirtualHost);
  }

  private Reply ofUser(Request request) {
    String user = UsersResource.find(access, request).name();
    return list(request, place -> place.place().user().equals(user));
  }

  private Reply ofVirtualHost(Request request) {
    String host = VirtualHostsResource.find(access, request);
    return list(request, place -> place.place().virtualHost().equals(host));
  }

  private Reply ofPlace(Request request) {
    Place wanted = PermissionsResource.place(request);
    if (in(access.rules(), wanted).isEmpty()) {
      throw none(wanted);
    }
    return list(request, place -> place.place().equals(wanted));
  }

  private static List<TopicPlace> in(AccessRules rules, Place wanted) {
    return rules.topicPermissions().keySet().stream()
        .filter(place -> place.place().equals(wanted))
        .toList();
  }

  private Reply list(Request request, Predicate<TopicPlace> wanted) {
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                access.rules().topicPermissions().entrySet().stream()
                    .filter(entry -> wanted.test(entry.getKey()))
                    .toList(),
                entry -> entry.getKey().place().user(),
                TopicPermissionsResource::view));
  }

  private Reply one(Request request) {
    Place place = PermissionsResource.place(request);
    String exchange = TopologyAccess.exchangeName(request.variable("exchange"));
    TopicPermissions permissions =
        access
            .rules()
            .topicPermissions(place.virtualHost(), place.user(), exchange)
            .orElseThrow(() -> none(place));
    ObjectNode view = view(Map.entry(new TopicPlace(place, exchange), permissions));
    return Reply.ok(Columns.of(request).of(view));
  }

  private CompletionStage<Reply> put(Request request) {
    Place place = PermissionsResource.place(request);
    JsonBody body = request.body();
    String exchange = body.requiredText("exchange");
    TopicPermissions permissions = read(body);
    AtomicBoolean isNew = new AtomicBoolean();
    return access
        .change(
            request.actor(),
            before -> {
              isNew.set(
                  before.topicPermissions(place.virtualHost(), place.user(), exchange).isEmpty());
              return List.of(
                  new PutTopicPermissions(
                      place.virtualHost(), place.user(), exchange, permissions));
            })
        .thenApply(done -> Reply.put(isNew.get()));
  }

  /** The two expressions, which have to be there. */
  static TopicPermissions read(JsonBody body) {
    String write = body.requiredText("write");
    String read = body.requiredText("read");
    try {
      return new TopicPermissions(write, read);
    } catch (IllegalArgumentException e) {
      throw body.invalid(String.valueOf(e.getMessage()));
    }
  }

  private CompletionStage<Reply> deleteAll(Request request) {
    return clear(request, place -> true);
  }

  private CompletionStage<Reply> delete(Request request) {
    String exchange = TopologyAccess.exchangeName(request.variable("exchange"));
    return clear(request, place -> place.exchange().equals(exchange));
  }

  private CompletionStage<Reply> clear(Request request, Predicate<TopicPlace> wanted) {
    Place place = PermissionsResource.place(request);
    return access
        .change(
            request.actor(),
            before -> {
              List<AccessChange> changes =
                  in(before, place).stream()
                      .filter(wanted)
                      .<AccessChange>map(
                          found ->
                              new ClearTopicPermissions(
                                  place.virtualHost(), place.user(), found.exchange()))
                      .toList();
              if (changes.isEmpty()) {
                throw none(place);
              }
              return changes;
            })
        .thenApply(done -> Reply.NO_CONTENT);
  }

  private static ApiException none(Place place) {
    return ApiException.objectNotFound(
        "no such topic permissions of user '%s' in vhost '%s'"
            .formatted(place.user(), place.virtualHost()));
  }

  static ObjectNode view(Map.Entry<TopicPlace, TopicPermissions> entry) {
    Place place = entry.getKey().place();
    return JsonViews.object()
        .put("user", place.user())
        .put("vhost", place.virtualHost())
        .put("exchange", entry.getKey().exchange())
        .put("write", entry.getValue().write())
        .put("read", entry.getValue().read());
  }
}
