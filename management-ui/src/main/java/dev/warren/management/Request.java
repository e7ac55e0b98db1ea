package dev.warren.management;

import dev.warren.core.security.Identity;
import java.util.Map;
import java.util.Optional;

/**
 * A request whose sender is known and whose path is matched. Immutable, so that it may go from the
 * event loop to the worker.
 *
 * @param path the variables of the path, decoded
 * @param query the first value of each query parameter, decoded
 * @param headers those the resources look at, names in lower case
 */
record Request(
    Identity user,
    Map<String, String> path,
    Map<String, String> query,
    Map<String, String> headers) {

  /** A variable of the path. */
  String variable(String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalStateException("the route has no such variable: " + name);
    }
    return value;
  }

  /** A query parameter. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** A header. */
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** The virtual host a list is limited to: by the path, or by the {@code x-vhost} header. */
  Optional<String> virtualHost() {
    String inPath = path.get("vhost");
    return inPath != null ? Optional.of(inPath) : header("x-vhost");
  }
}
