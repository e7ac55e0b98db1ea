package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import dev.warren.core.security.VirtualHostLimits;
import dev.warren.core.security.VirtualHostSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Limits: {@code /vhost-limits}, {@code /user-limits}. */
final class LimitsResource {
  static final String CONNECTIONS = "max-connections";
  static final String QUEUES = "max-queues";
  static final String CHANNELS = "max-channels";

  private final AccessAdministration access;

  LimitsResource(AccessAdministration access) {
    this.access = access;
  }

  void addTo(Routes routes) {
    routes
        .get("/vhost-limits", Access.ADMINISTRATOR, this::ofVirtualHosts)
        .get("/vhost-limits/{vhost}", Access.ADMINISTRATOR, this::ofVirtualHosts)
        .put("/vhost-limits/{vhost}/{limit}", Access.ADMINISTRATOR, this::putOfVirtualHost)
        .delete("/vhost-limits/{vhost}/{limit}", Access.ADMINISTRATOR, this::clearOfVirtualHost)
        .get("/user-limits", Access.ADMINISTRATOR, this::ofUsers)
        .get("/user-limits/{user}", Access.ADMINISTRATOR, this::ofUsers)
        .put("/user-limits/{user}/{limit}", Access.ADMINISTRATOR, this::putOfUser)
        .delete("/user-limits/{user}/{limit}", Access.ADMINISTRATOR, this::clearOfUser);
  }

  private record Row(String owner, ObjectNode limits) {}

  private Reply ofVirtualHosts(Request request) {
    Optional<String> wanted = Optional.ofNullable(request.path().get("vhost"));
    wanted.ifPresent(name -> settings(access.rules(), name));
    List<Row> rows = new ArrayList<>();
    access
        .rules()
        .virtualHosts()
        .forEach((name, settings) -> rows.add(new Row(name, view(settings.limits()))));
    return reply(request, "vhost", wanted, rows);
  }

  private Reply ofUsers(Request request) {
    Optional<String> wanted = Optional.ofNullable(request.path().get("user"));
    wanted.ifPresent(name -> user(access.rules(), name));
    List<Row> rows = new ArrayList<>();
    access.rules().users().forEach(user -> rows.add(new Row(user.name(), view(user.limits()))));
    return reply(request, "user", wanted, rows);
  }

  /** Those that have any. */
  private static Reply reply(
      Request request, String ownerField, Optional<String> wanted, List<Row> rows) {
    rows.removeIf(row -> row.limits().isEmpty() || !wanted.map(row.owner()::equals).orElse(true));
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                rows,
                Row::owner,
                row -> {
                  ObjectNode view = JsonViews.object().put(ownerField, row.owner());
                  view.set("value", row.limits());
                  return view;
                }));
  }

  private CompletionStage<Reply> putOfVirtualHost(Request request) {
    return changeVirtualHost(request, value(request));
  }

  private CompletionStage<Reply> clearOfVirtualHost(Request request) {
    return changeVirtualHost(request, UserLimits.UNLIMITED);
  }

  private CompletionStage<Reply> changeVirtualHost(Request request, int value) {
    String name = request.variable("vhost");
    String limit = request.variable("limit");
    return change(
        request,
        rules -> {
          VirtualHostSettings settings = settings(rules, name);
          VirtualHostLimits limits = with(settings.limits(), limit, value);
          return new PutVirtualHost(name, settings.with(limits));
        });
  }

  private CompletionStage<Reply> putOfUser(Request request) {
    return changeUser(request, value(request));
  }

  private CompletionStage<Reply> clearOfUser(Request request) {
    return changeUser(request, UserLimits.UNLIMITED);
  }

  private CompletionStage<Reply> changeUser(Request request, int value) {
    String limit = request.variable("limit");
    return change(
        request,
        rules -> {
          User user = user(rules, request.variable("user"));
          return new PutUser(user.with(with(user.limits(), limit, value)));
        });
  }

  private CompletionStage<Reply> change(
      Request request, Function<AccessRules, AccessChange> decide) {
    return access
        .change(request.actor(), rules -> List.of(decide.apply(rules)))
        .thenApply(done -> Reply.NO_CONTENT);
  }

  private static int value(Request request) {
    JsonBody body = request.body();
    return atLeastUnlimited(
        body.number("value").orElseThrow(() -> body.invalid("value", "is missing")));
  }

  /** Any negative number means no limit. */
  private static int atLeastUnlimited(int value) {
    return Math.max(UserLimits.UNLIMITED, value);
  }

  private static VirtualHostSettings settings(AccessRules rules, String name) {
    return rules
        .virtualHost(name)
        .orElseThrow(() -> ApiException.objectNotFound("no vhost '" + name + "'"));
  }

  private static User user(AccessRules rules, String name) {
    return rules
        .user(name)
        .orElseThrow(() -> ApiException.objectNotFound("no user '" + name + "'"));
  }

  private static VirtualHostLimits with(VirtualHostLimits limits, String limit, int value) {
    return switch (limit) {
      case CONNECTIONS -> new VirtualHostLimits(value, limits.queuesMax());
      case QUEUES -> new VirtualHostLimits(limits.connectionsMax(), value);
      default -> throw unknown(limit, CONNECTIONS, QUEUES);
    };
  }

  private static UserLimits with(UserLimits limits, String limit, int value) {
    return switch (limit) {
      case CONNECTIONS -> new UserLimits(value, limits.sessionsMax(), limits.publishRate());
      case CHANNELS -> new UserLimits(limits.connectionsMax(), value, limits.publishRate());
      default -> throw unknown(limit, CONNECTIONS, CHANNELS);
    };
  }

  private static ApiException unknown(String limit, String one, String other) {
    return ApiException.badRequest(
        "limit '%s': %s or %s was expected".formatted(limit, one, other));
  }

  /** The limits of a user's object in definitions. */
  static UserLimits ofUser(JsonBody limits) {
    UserLimits read = UserLimits.NONE;
    for (String limit : limits.fields()) {
      int value = atLeastUnlimited(limits.number(limit).orElse(UserLimits.UNLIMITED));
      read = with(read, limit, value);
    }
    return read;
  }

  /** The limits of a virtual host's object in definitions. */
  static VirtualHostLimits ofVirtualHost(JsonBody limits) {
    VirtualHostLimits read = VirtualHostLimits.NONE;
    for (String limit : limits.fields()) {
      int value = atLeastUnlimited(limits.number(limit).orElse(UserLimits.UNLIMITED));
      read = with(read, limit, value);
    }
    return read;
  }

  static ObjectNode view(UserLimits limits) {
    return view(
        Map.of(CONNECTIONS, limits.connectionsMax(), CHANNELS, limits.sessionsMax()),
        CONNECTIONS,
        CHANNELS);
  }

  static ObjectNode view(VirtualHostLimits limits) {
    return view(
        Map.of(CONNECTIONS, limits.connectionsMax(), QUEUES, limits.queuesMax()),
        CONNECTIONS,
        QUEUES);
  }

  private static ObjectNode view(Map<String, Integer> limits, String... order) {
    ObjectNode view = JsonViews.object();
    for (String name : order) {
      int value = limits.getOrDefault(name, UserLimits.UNLIMITED);
      if (value != UserLimits.UNLIMITED) {
        view.put(name, value);
      }
    }
    return view;
  }
}
