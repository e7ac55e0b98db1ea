package dev.warren.management;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * The table of the API. Filled by the resources when the server is built, then only read; so any
 * thread may look things up.
 *
 * <p>Paths are matched on segments that were decoded one by one, because a name may contain an
 * encoded slash: the default virtual host is {@code %2F}. A literal segment wins over a variable if
 * its route was added first.
 */
final class Routes {
  private static final int SEGMENTS_MAX = 12;

  private final List<Route> routes = new ArrayList<>();
  private final Map<Integer, List<Entry>> bySegments = new HashMap<>();

  /** Adds a GET, which answers HEAD too. */
  Routes get(String template, Access access, Route.Lookup lookup) {
    return add(
        new Route(
            HttpMethod.GET,
            template,
            access,
            request -> CompletableFuture.completedFuture(lookup.handle(request))));
  }

  /** Adds a GET that answers later. */
  Routes getLater(String template, Access access, Route.Handler handler) {
    return add(new Route(HttpMethod.GET, template, access, handler));
  }

  /** Adds a DELETE. */
  Routes delete(String template, Access access, Route.Handler handler) {
    return add(new Route(HttpMethod.DELETE, template, access, handler));
  }

  /** Adds a PUT. */
  Routes put(String template, Access access, Route.Handler handler) {
    return add(new Route(HttpMethod.PUT, template, access, handler));
  }

  /** Adds a POST. */
  Routes post(String template, Access access, Route.Handler handler) {
    return add(new Route(HttpMethod.POST, template, access, handler));
  }

  /** Adds a route. */
  Routes add(Route route) {
    routes.add(route);
    List<String> segments = route.segments();
    bySegments
        .computeIfAbsent(segments.size(), size -> new ArrayList<>())
        .add(new Entry(segments, route));
    return this;
  }

  /** All of them, in the order added. */
  List<Route> all() {
    return List.copyOf(routes);
  }

  /** Finds the route, or what else may be done at that path. */
  Match find(HttpMethod method, List<String> path) {
    HttpMethod wanted = method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method;
    TreeSet<String> allowed = new TreeSet<>();
    for (Entry entry : bySegments.getOrDefault(path.size(), List.of())) {
      Map<String, String> variables = new HashMap<>();
      if (!Route.matches(entry.segments(), path, variables)) {
        continue;
      }
      if (entry.route().method().equals(wanted)) {
        return new Match.Found(entry.route(), variables);
      }
      allowed.add(entry.route().method().name());
    }
    if (allowed.isEmpty()) {
      return new Match.Missing();
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    allowed.add("OPTIONS");
    return new Match.WrongMethod(String.join(", ", allowed));
  }

  /**
   * Splits and decodes what follows {@code /api/}; one trailing slash does not count. Empty if an
   * escape is broken or there are too many segments.
   */
  static Optional<List<String>> decode(String rawPath) {
    String path = rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
    String[] parts = path.split("/", -1);
    if (parts.length > SEGMENTS_MAX) {
      return Optional.empty();
    }
    List<String> decoded = new ArrayList<>(parts.length);
    for (String part : parts) {
      Optional<String> segment = PercentDecoder.decode(part);
      if (segment.isEmpty()) {
        return Optional.empty();
      }
      decoded.add(segment.get());
    }
    return Optional.of(decoded);
  }

  private record Entry(List<String> segments, Route route) {}

  /** What {@link #find} found. */
  sealed interface Match {
    /** The route and the variables of the path. */
    record Found(Route route, Map<String, String> variables) implements Match {}

    /** The path exists with the methods named, for an {@code allow} header. */
    record WrongMethod(String allowed) implements Match {}

    /** There is no such path. */
    record Missing() implements Match {}
  }
}
