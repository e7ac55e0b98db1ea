package dev.warren.server.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What each endpoint of the HTTP API asks of its user, written down from the contract (§11.2,
 * §11.3, §14) and not from the code: the expectation of {@link HttpPermissionMatrixTest}.
 * Immutable.
 *
 * <p>Everything happens in the virtual host {@code m} with the queue {@code q}, the topic exchange
 * {@code x}, the exchange {@code ae} and a binding from {@code x} to {@code q} with the key {@code
 * k}; the user {@code victim} is there to be changed.
 */
final class HttpPermissionTable {
  /** The least tag. */
  enum Level {
    MANAGEMENT(Set.of("management", "policymaker", "monitoring", "administrator"), "management"),
    MONITORING(Set.of("monitoring", "administrator"), "monitor"),
    POLICYMAKER(Set.of("policymaker", "administrator"), "policymaker"),
    ADMINISTRATOR(Set.of("administrator"), "administrator");

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    final Set<String> tags;

    final String refusal;

    Level(Set<String> tags, String word) {
      this.tags = tags;
      this.refusal = "Not " + word + " user";
    }
  }

  /** What the virtual host asks for. */
  enum Host {
    /** It is not about one. */
    NONE,
    /** A list of what is in those the user sees. */
    LIST,
    /** Permissions in it, or a tag that sees all of them. */
    SEE,
    /** Permissions in it, whatever the tag. */
    WORK
  }

  /** A permission for one thing. */
  record Need(String permission, String kind, String name) {}

  /**
   * One request.
   *
   * @param route as the broker lists it
   * @param status if the user may
   * @param before what the administrator does first, as method, path and body; if the user may
   */
  record Case(
      String route,
      String path,
      String body,
      Level level,
      Host host,
      List<Need> needs,
      int status,
      List<String> before) {
    String method() {
      return route.substring(0, route.indexOf(' '));
    }

    Case with(Host newHost) {
      return new Case(route, path, body, level, newHost, needs, status, before);
    }

    Case needs(String permission, String kind, String name) {
      List<Need> more = new ArrayList<>(needs);
      more.add(new Need(permission, kind, name));
      return new Case(route, path, body, level, host, List.copyOf(more), status, before);
    }

    Case body(String newBody) {
      return new Case(route, path, newBody, level, host, needs, status, before);
    }

    Case after(String method, String beforePath, String beforeBody) {
      List<String> request = List.of(method, beforePath, beforeBody);
      return new Case(route, path, body, level, host, needs, status, request);
    }
  }

  static final List<Case> CASES = cases();

  private HttpPermissionTable() {}

  private static Case of(Level level, String route, String path, int status) {
    return new Case(route, path, "", level, Host.NONE, List.of(), status, List.of());
  }

  private static Case management(String route, String path, int status) {
    return of(Level.MANAGEMENT, route, path, status);
  }

  private static Case administrator(String route, String path, int status) {
    return of(Level.ADMINISTRATOR, route, path, status);
  }

  private static Case list(String route, String path) {
    return management(route, path, 200).with(Host.LIST);
  }

  private static Case see(String route, String path) {
    return management(route, path, 200).with(Host.SEE);
  }

  private static Case work(String route, String path, int status) {
    return management(route, path, status).with(Host.WORK);
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    cases.addAll(node());
    cases.addAll(lists());
    cases.addAll(users());
    cases.addAll(permissions());
    cases.addAll(limits());
    cases.addAll(virtualHosts());
    cases.addAll(queues());
    cases.addAll(messages());
    cases.addAll(absent());
    cases.addAll(health());
    cases.addAll(exchanges());
    cases.addAll(bindings());
    return List.copyOf(cases);
  }

  private static List<Case> node() {
    return List.of(
        management("GET /overview", "/overview", 200),
        management("GET /whoami", "/whoami", 200),
        management("GET /version", "/version", 200),
        of(Level.MONITORING, "GET /nodes", "/nodes", 200),
        of(Level.MONITORING, "GET /nodes/{node}", "/nodes/none", 404),
        of(Level.MONITORING, "GET /nodes/{node}/memory", "/nodes/none/memory", 404),
        of(Level.MONITORING, "GET /audit", "/audit?page=1&page_size=1", 200),
        of(Level.MONITORING, "GET /certificates", "/certificates", 200),
        administrator("POST /certificates/reload", "/certificates/reload", 200),
        management("GET /health/checks/certificate-files", "/health/checks/certificate-files", 200),
        management(
            "GET /health/checks/certificate-expiration/{within}/{unit}",
            "/health/checks/certificate-expiration/1/days",
            200),
        management("GET /health/checks/alarms", "/health/checks/alarms", 200),
        management("GET /health/checks/local-alarms", "/health/checks/local-alarms", 200),
        management(
            "GET /health/checks/port-listener/{port}", "/health/checks/port-listener/1", 503),
        management(
            "GET /health/checks/protocol-listener/{protocols}",
            "/health/checks/protocol-listener/amqp",
            200),
        management("GET /health/checks/virtual-hosts", "/health/checks/virtual-hosts", 200),
        administrator("GET /definitions", "/definitions", 200),
        administrator("POST /definitions", "/definitions", 204).body("{}"),
        administrator("GET /definitions/{vhost}", "/definitions/m", 200),
        administrator("POST /definitions/{vhost}", "/definitions/m", 204).body("{}"),
        management("GET /connections", "/connections", 200),
        management("GET /connections/{connection}", "/connections/none", 404),
        management("DELETE /connections/{connection}", "/connections/none", 404),
        management("GET /connections/{connection}/sessions", "/connections/none/sessions", 404),
        management("GET /connections/{connection}/channels", "/connections/none/channels", 404),
        of(Level.MONITORING, "GET /connections/{connection}/trace", "/connections/none/trace", 404),
        administrator("PUT /connections/{connection}/trace", "/connections/none/trace", 404),
        administrator("DELETE /connections/{connection}/trace", "/connections/none/trace", 404),
        administrator("GET /connections/username/{user}", "/connections/username/victim", 200),
        administrator("DELETE /connections/username/{user}", "/connections/username/victim", 204));
  }

  private static List<Case> lists() {
    return List.of(
        list("GET /vhosts", "/vhosts"),
        list("GET /queues", "/queues"),
        list("GET /queues/detailed", "/queues/detailed"),
        list("GET /exchanges", "/exchanges"),
        list("GET /bindings", "/bindings"),
        management("GET /consumers", "/consumers", 200),
        see("GET /consumers/{vhost}", "/consumers/m"),
        see("GET /queues/{vhost}", "/queues/m"),
        see("GET /exchanges/{vhost}", "/exchanges/m"),
        see("GET /bindings/{vhost}", "/bindings/m"),
        see("GET /vhosts/{vhost}/connections", "/vhosts/m/connections"));
  }

  private static List<Case> users() {
    String user = "{\"password_hash\":\"\",\"tags\":\"\"}";
    return List.of(
        administrator("GET /users", "/users", 200),
        administrator("GET /users/without-permissions", "/users/without-permissions", 200),
        administrator("GET /users/{user}", "/users/victim", 200),
        administrator("PUT /users/{user}", "/users/victim", 204).body(user),
        administrator("DELETE /users/{user}", "/users/gone", 204).after("PUT", "/users/gone", user),
        administrator("POST /users/bulk-delete", "/users/bulk-delete", 204)
            .body("{\"users\":[\"gone\"]}"),
        administrator("GET /auth/hash_password/{password}", "/auth/hash_password/x", 200));
  }

  private static List<Case> permissions() {
    String all = "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}";
    String topic = "{\"exchange\":\"x\",\"write\":\".*\",\"read\":\".*\"}";
    String place = "/permissions/m/victim";
    String topicPlace = "/topic-permissions/m/victim";
    return List.of(
        administrator("GET /permissions", "/permissions", 200),
        administrator("GET /permissions/{vhost}/{user}", place, 200).after("PUT", place, all),
        administrator("PUT /permissions/{vhost}/{user}", place, 204)
            .after("PUT", place, all)
            .body(all),
        administrator("DELETE /permissions/{vhost}/{user}", place, 204).after("PUT", place, all),
        administrator("GET /users/{user}/permissions", "/users/victim/permissions", 200),
        administrator("GET /vhosts/{vhost}/permissions", "/vhosts/m/permissions", 200),
        administrator("GET /topic-permissions", "/topic-permissions", 200),
        administrator("GET /topic-permissions/{vhost}/{user}", topicPlace, 200)
            .after("PUT", topicPlace, topic),
        administrator("PUT /topic-permissions/{vhost}/{user}", topicPlace, 204)
            .after("PUT", topicPlace, topic)
            .body(topic),
        administrator("DELETE /topic-permissions/{vhost}/{user}", topicPlace, 204)
            .after("PUT", topicPlace, topic),
        administrator("GET /topic-permissions/{vhost}/{user}/{exchange}", topicPlace + "/x", 200)
            .after("PUT", topicPlace, topic),
        administrator("DELETE /topic-permissions/{vhost}/{user}/{exchange}", topicPlace + "/x", 204)
            .after("PUT", topicPlace, topic),
        administrator(
            "GET /users/{user}/topic-permissions", "/users/victim/topic-permissions", 200),
        administrator("GET /vhosts/{vhost}/topic-permissions", "/vhosts/m/topic-permissions", 200));
  }

  private static List<Case> limits() {
    String value = "{\"value\":-1}";
    return List.of(
        administrator("GET /vhost-limits", "/vhost-limits", 200),
        administrator("GET /vhost-limits/{vhost}", "/vhost-limits/m", 200),
        administrator("PUT /vhost-limits/{vhost}/{limit}", "/vhost-limits/m/max-queues", 204)
            .body(value),
        administrator("DELETE /vhost-limits/{vhost}/{limit}", "/vhost-limits/m/max-queues", 204),
        administrator("GET /user-limits", "/user-limits", 200),
        administrator("GET /user-limits/{user}", "/user-limits/victim", 200),
        administrator("PUT /user-limits/{user}/{limit}", "/user-limits/victim/max-connections", 204)
            .body(value),
        administrator(
            "DELETE /user-limits/{user}/{limit}", "/user-limits/victim/max-connections", 204));
  }

  private static List<Case> virtualHosts() {
    String protection = "/vhosts/gone/deletion/protection";
    return List.of(
        see("GET /vhosts/{vhost}", "/vhosts/m"),
        see("GET /aliveness-test/{vhost}", "/aliveness-test/m"),
        administrator("PUT /vhosts/{vhost}", "/vhosts/m", 204),
        administrator("DELETE /vhosts/{vhost}", "/vhosts/gone", 204)
            .after("PUT", "/vhosts/gone", ""),
        administrator("POST /vhosts/{vhost}/deletion/protection", protection, 204)
            .after("PUT", "/vhosts/gone", ""),
        administrator("DELETE /vhosts/{vhost}/deletion/protection", protection, 204)
            .after("PUT", "/vhosts/gone", ""));
  }

  private static List<Case> queues() {
    return List.of(
        see("GET /queues/{vhost}/{queue}", "/queues/m/q"),
        see("GET /queues/{vhost}/{queue}/bindings", "/queues/m/q/bindings"),
        work("PUT /queues/{vhost}/{queue}", "/queues/m/q", 204).needs("configure", "queue", "q"),
        work("PUT /queues/{vhost}/{queue}", "/queues/m/dead", 204)
            .body("{\"arguments\":{\"x-dead-letter-exchange\":\"ae\"}}")
            .needs("configure", "queue", "dead")
            .needs("read", "queue", "dead")
            .needs("write", "exchange", "ae"),
        work("DELETE /queues/{vhost}/{queue}", "/queues/m/gone", 204)
            .needs("configure", "queue", "gone")
            .after("PUT", "/queues/m/gone", ""),
        work("DELETE /queues/{vhost}/{queue}", "/queues/m/none?if-empty=true&if-unused=true", 404)
            .needs("configure", "queue", "none"),
        work("DELETE /queues/{vhost}/{queue}/contents", "/queues/m/q/contents", 204)
            .needs("read", "queue", "q"));
  }

  private static List<Case> messages() {
    String all = "{\"action\":\"delete\",\"all\":true}";
    return List.of(
        read("GET /queues/{vhost}/{queue}/messages", "/queues/m/q/messages", 200),
        read("GET /queues/{vhost}/{queue}/messages/count", "/queues/m/q/messages/count", 200),
        read("GET /queues/{vhost}/{queue}/messages/{id}", "/queues/m/q/messages/1", 404),
        read("POST /queues/{vhost}/{queue}/get", "/queues/m/q/get", 200)
            .body("{\"count\":1,\"ackmode\":\"ack_requeue_false\",\"encoding\":\"auto\"}"),
        read("POST /queues/{vhost}/{queue}/mend", "/queues/m/q/mend", 202).body(all),
        read("POST /queues/{vhost}/{queue}/mend", "/queues/m/q/mend", 202)
            .body("{\"action\":\"copy\",\"all\":true,\"to\":{\"exchange\":\"ae\"}}")
            .needs("write", "exchange", "ae"),
        read("POST /queues/{vhost}/{queue}/mend", "/queues/m/q/mend", 202)
            .body("{\"action\":\"move\",\"all\":true,\"to\":{\"queue\":\"dead\"}}")
            .needs("write", "exchange", "amq.default"),
        read("POST /queues/{vhost}/{queue}/mend", "/queues/m/q/mend", 202)
            .body("{\"action\":\"retry\",\"all\":true}"),
        read("POST /queues/{vhost}/{queue}/mend", "/queues/m/q/mend", 200)
            .body("{\"action\":\"delete\",\"all\":true,\"dry_run\":true}"),
        work("PUT /queues/{vhost}/{queue}/pause", "/queues/m/q/pause", 204)
            .needs("configure", "queue", "q"),
        work("PUT /queues/{vhost}/{queue}/resume", "/queues/m/q/resume", 204)
            .needs("configure", "queue", "q"),
        see("GET /topology/{vhost}", "/topology/m"),
        work("POST /exchanges/{vhost}/{exchange}/explain", "/exchanges/m/x/explain", 200)
            .body("{\"routing_key\":\"k\"}"),
        of(Level.MONITORING, "GET /unroutable", "/unroutable", 200),
        of(Level.MONITORING, "GET /unroutable/{vhost}", "/unroutable/m", 200),
        management("GET /mendings", "/mendings", 200),
        management("GET /mendings/{id}", "/mendings/none", 404),
        management("DELETE /mendings/{id}", "/mendings/none", 404));
  }

  private static List<Case> absent() {
    return List.of(
        management("GET /extensions", "/extensions", 200),
        management("GET /channels", "/channels", 200),
        management("GET /policies", "/policies", 200),
        management("GET /operator-policies", "/operator-policies", 200),
        management("GET /parameters", "/parameters", 200),
        management("GET /parameters/{component}", "/parameters/federation", 200),
        management("GET /global-parameters", "/global-parameters", 200),
        administrator("GET /feature-flags", "/feature-flags", 200),
        administrator("GET /deprecated-features", "/deprecated-features", 200),
        administrator("GET /deprecated-features/used", "/deprecated-features/used", 200),
        see("GET /vhosts/{vhost}/channels", "/vhosts/m/channels"),
        see("GET /policies/{vhost}", "/policies/m"),
        see("GET /operator-policies/{vhost}", "/operator-policies/m"),
        see("GET /parameters/{component}/{vhost}", "/parameters/federation/m"),
        management("GET /channels/{name}", "/channels/none", 404),
        administrator("PUT /feature-flags/{name}/enable", "/feature-flags/none/enable", 404),
        management("GET /policies/{vhost}/{name}", "/policies/m/none", 404),
        of(Level.POLICYMAKER, "PUT /policies/{vhost}/{name}", "/policies/m/none", 400),
        of(Level.POLICYMAKER, "DELETE /policies/{vhost}/{name}", "/policies/m/none", 404),
        management("GET /operator-policies/{vhost}/{name}", "/operator-policies/m/none", 404),
        of(
            Level.ADMINISTRATOR,
            "PUT /operator-policies/{vhost}/{name}",
            "/operator-policies/m/none",
            400),
        of(
            Level.ADMINISTRATOR,
            "DELETE /operator-policies/{vhost}/{name}",
            "/operator-policies/m/none",
            404),
        management(
            "GET /parameters/{component}/{vhost}/{name}", "/parameters/federation/m/none", 404),
        of(
            Level.POLICYMAKER,
            "PUT /parameters/{component}/{vhost}/{name}",
            "/parameters/federation/m/none",
            400),
        of(
            Level.POLICYMAKER,
            "DELETE /parameters/{component}/{vhost}/{name}",
            "/parameters/federation/m/none",
            404),
        management("GET /global-parameters/{name}", "/global-parameters/none", 404),
        of(Level.POLICYMAKER, "PUT /global-parameters/{name}", "/global-parameters/none", 400),
        of(Level.POLICYMAKER, "DELETE /global-parameters/{name}", "/global-parameters/none", 404),
        of(Level.MONITORING, "GET /auth/attempts/{node}", "/auth/attempts/none", 404),
        of(Level.MONITORING, "GET /auth/attempts/{node}/source", "/auth/attempts/none/source", 404),
        of(Level.MONITORING, "DELETE /auth/attempts/{node}", "/auth/attempts/none", 404),
        of(
            Level.MONITORING,
            "DELETE /auth/attempts/{node}/source",
            "/auth/attempts/none/source",
            404),
        management("GET /cluster-name", "/cluster-name", 200),
        administrator("PUT /cluster-name", "/cluster-name", 400).body("{\"name\":\"other\"}"));
  }

  private static List<Case> health() {
    return List.of(
        management("GET /health/checks/is-in-service", "/health/checks/is-in-service", 200),
        management(
            "GET /health/checks/ready-to-serve-clients",
            "/health/checks/ready-to-serve-clients",
            200),
        management(
            "GET /health/checks/below-node-connection-limit",
            "/health/checks/below-node-connection-limit",
            200),
        management(
            "GET /health/checks/node-is-quorum-critical",
            "/health/checks/node-is-quorum-critical",
            200),
        management(
            "GET /health/checks/quorum-queues-without-elected-leaders/all-vhosts",
            "/health/checks/quorum-queues-without-elected-leaders/all-vhosts",
            200),
        management(
            "GET /health/checks/quorum-queues-without-elected-leaders/all-vhosts/pattern/{pattern}",
            "/health/checks/quorum-queues-without-elected-leaders/all-vhosts/pattern/q",
            200),
        management(
            "GET /health/checks/quorum-queues-without-elected-leaders/vhost/{vhost}",
            "/health/checks/quorum-queues-without-elected-leaders/vhost/m",
            200),
        management(
            "GET /health/checks/quorum-queues-without-elected-leaders/vhost/{vhost}/pattern/{pattern}",
            "/health/checks/quorum-queues-without-elected-leaders/vhost/m/pattern/q",
            200),
        management(
            "GET /health/checks/reached-target-cluster-size",
            "/health/checks/reached-target-cluster-size",
            200),
        management(
            "GET /health/checks/metadata-store/initialized",
            "/health/checks/metadata-store/initialized",
            200),
        management(
            "GET /health/checks/metadata-store/initialized/with-data",
            "/health/checks/metadata-store/initialized/with-data",
            200));
  }

  private static Case read(String route, String path, int status) {
    return work(route, path, status).needs("read", "queue", "q");
  }

  private static List<Case> exchanges() {
    String publish = "POST /exchanges/{vhost}/{exchange}/publish";
    String message =
        "{\"routing_key\":\"none\",\"payload\":\"\",\"payload_encoding\":\"string\","
            + "\"properties\":{}}";
    return List.of(
        see("GET /exchanges/{vhost}/{exchange}", "/exchanges/m/x"),
        see("GET /exchanges/{vhost}/{exchange}/bindings/source", "/exchanges/m/x/bindings/source"),
        see(
            "GET /exchanges/{vhost}/{exchange}/bindings/destination",
            "/exchanges/m/x/bindings/destination"),
        work("PUT /exchanges/{vhost}/{exchange}", "/exchanges/m/x", 204)
            .body("{\"type\":\"topic\"}")
            .needs("configure", "exchange", "x"),
        work("PUT /exchanges/{vhost}/{exchange}", "/exchanges/m/with-ae", 204)
            .body("{\"type\":\"fanout\",\"arguments\":{\"alternate-exchange\":\"ae\"}}")
            .needs("configure", "exchange", "with-ae")
            .needs("read", "exchange", "with-ae")
            .needs("write", "exchange", "ae"),
        work("DELETE /exchanges/{vhost}/{exchange}", "/exchanges/m/gone", 204)
            .needs("configure", "exchange", "gone")
            .after("PUT", "/exchanges/m/gone", "{\"type\":\"direct\"}"),
        work("DELETE /exchanges/{vhost}/{exchange}", "/exchanges/m/none?if-unused=true", 404)
            .needs("configure", "exchange", "none"),
        work(publish, "/exchanges/m/x/publish", 200).body(message).needs("write", "exchange", "x"),
        work(publish, "/exchanges/m/amq.default/publish", 200)
            .body(message)
            .needs("write", "exchange", "amq.default"));
  }

  private static List<Case> bindings() {
    String between = "/bindings/{vhost}/e/{source}/{kind}/{destination}";
    String one = between + "/{props}";
    String toQueue = "/bindings/m/e/x/q/q";
    String toExchange = "/bindings/m/e/x/e/ae";
    String key = "{\"routing_key\":\"k\"}";
    return List.of(
        see("GET " + between, toQueue),
        see("GET " + one, toQueue + "/k").after("POST", toQueue, key),
        work("POST " + between, toQueue, 201)
            .body(key)
            .needs("write", "queue", "q")
            .needs("read", "exchange", "x"),
        work("POST " + between, toExchange, 201)
            .body(key)
            .needs("write", "exchange", "ae")
            .needs("read", "exchange", "x"),
        work("DELETE " + one, toQueue + "/k", 204)
            .needs("write", "queue", "q")
            .needs("read", "exchange", "x")
            .after("POST", toQueue, key),
        work("DELETE " + one, toExchange + "/k", 204)
            .needs("write", "exchange", "ae")
            .needs("read", "exchange", "x")
            .after("POST", toExchange, key));
  }
}
