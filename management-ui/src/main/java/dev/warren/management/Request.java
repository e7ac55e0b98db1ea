package dev.warren.management;

import dev.warren.core.broker.Actor;
import dev.warren.core.security.Identity;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Optional;

/**
 * A request whose sender is known and whose path is matched. Immutable, so that it may go from the
 * event loop to the worker.
 *
 * @param address where it comes from
 * @param path the variables of the path, decoded
 * @param query the first value of each query parameter, decoded
 * @param headers those the resources look at, names in lower case
 * @param content the body as it came; empty if there is none
 */
record Request(
    Identity user,
    String address,
    Map<String, String> path,
    Map<String, String> query,
    Map<String, String> headers,
    Buffer content) {

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

  /**
   * A query parameter that is true or false; false if it is absent.
   *
   * @throws ApiException 400 if it is anything else
   */
  boolean flag(String name) {
    String text = query.getOrDefault(name, "false");
    return switch (text) {
      case "true" -> true;
      case "false", "" -> false;
      default -> throw ApiException.badRequest(name + ": must be true or false");
    };
  }

  /** A header. */
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /**
   * The body as a JSON object; an empty one if there is none.
   *
   * @throws ApiException 400 saying what is wrong, and where
   */
  JsonBody body() {
    return JsonBody.parse(content.getBytes());
  }

  /** Who asks, for the audit trail. */
  Actor actor() {
    return new Actor(user.name(), address, "http");
  }

  /** The virtual host a list is limited to: by the path, or by the {@code x-vhost} header. */
  Optional<String> virtualHost() {
    String inPath = path.get("vhost");
    return inPath != null ? Optional.of(inPath) : header("x-vhost");
  }
}
