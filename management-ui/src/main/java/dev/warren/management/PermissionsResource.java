package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.security.AccessChange.ClearPermissions;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessRules.Place;
import dev.warren.core.security.Permissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** Permissions: {@code /permissions}, one, and those of a user or of a virtual host. */
final class PermissionsResource {
  private final AccessAdministration access;

  PermissionsResource(AccessAdministration access) {
    this.access = access;
  }

  void addTo(Routes routes) {
    routes
        .get("/permissions", Access.ADMINISTRATOR, request -> list(request, place -> true))
        .get("/permissions/{vhost}/{user}", Access.ADMINISTRATOR, this::one)
        .put("/permissions/{vhost}/{user}", Access.ADMINISTRATOR, this::put)
        .delete("/permissions/{vhost}/{user}", Access.ADMINISTRATOR, this::delete)
        .get("/users/{user}/permissions", Access.ADMINISTRATOR, this::ofUser)
        .get("/vhosts/{vhost}/permissions", Access.ADMINISTRATOR, this::ofVirtualHost);
  }

  private Reply ofUser(Request request) {
    String user = UsersResource.find(access, request).name();
    return list(request, place -> place.user().equals(user));
  }

  private Reply ofVirtualHost(Request request) {
    String host = VirtualHostsResource.find(access, request);
    return list(request, place -> place.virtualHost().equals(host));
  }

  private Reply list(Request request, Predicate<Place> wanted) {
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                access.rules().permissions().entrySet().stream()
                    .filter(entry -> wanted.test(entry.getKey()))
                    .toList(),
                entry -> entry.getKey().user(),
                PermissionsResource::view));
  }

  private Reply one(Request request) {
    Place place = place(request);
    Permissions permissions =
        access
            .rules()
            .permissions(place.virtualHost(), place.user())
            .orElseThrow(() -> none(place));
    return Reply.ok(Columns.of(request).of(view(Map.entry(place, permissions))));
  }

  private CompletionStage<Reply> put(Request request) {
    Place place = place(request);
    Permissions permissions = read(request.body());
    AtomicBoolean isNew = new AtomicBoolean();
    return access
        .change(
            request.actor(),
            before -> {
              isNew.set(before.permissions(place.virtualHost(), place.user()).isEmpty());
              return List.of(new PutPermissions(place.virtualHost(), place.user(), permissions));
            })
        .thenApply(done -> Reply.put(isNew.get()));
  }

  /** The three expressions, which have to be there. */
  static Permissions read(JsonBody body) {
    String configure = body.requiredText("configure");
    String write = body.requiredText("write");
    String read = body.requiredText("read");
    try {
      return Permissions.of(configure, write, read);
    } catch (IllegalArgumentException e) {
      throw body.invalid(String.valueOf(e.getMessage()));
    }
  }

  private CompletionStage<Reply> delete(Request request) {
    Place place = place(request);
    return access
        .change(
            request.actor(),
            before -> {
              if (before.permissions(place.virtualHost(), place.user()).isEmpty()) {
                throw none(place);
              }
              return List.of(new ClearPermissions(place.virtualHost(), place.user()));
            })
        .thenApply(done -> Reply.NO_CONTENT);
  }

  private static ApiException none(Place place) {
    return ApiException.objectNotFound(
        "no permissions of user '%s' in vhost '%s'".formatted(place.user(), place.virtualHost()));
  }

  /** The place a path names. */
  static Place place(Request request) {
    return new Place(request.variable("vhost"), request.variable("user"));
  }

  static ObjectNode view(Map.Entry<Place, Permissions> entry) {
    Permissions allowed = entry.getValue();
    return JsonViews.object()
        .put("user", entry.getKey().user())
        .put("vhost", entry.getKey().virtualHost())
        .put("configure", allowed.configure().text())
        .put("write", allowed.write().text())
        .put("read", allowed.read().text());
  }
}
