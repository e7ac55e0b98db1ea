package dev.warren.management;

import dev.warren.core.broker.Management;
import dev.warren.core.security.Identity;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which virtual hosts somebody sees: administrators and monitoring users all of them, others those
 * they have permissions in (contract §11.2). Stateless.
 */
final class VirtualHostScope {
  /** RabbitMQ's words. */
  static final String REFUSAL = "User not authorised to access virtual host";

  private VirtualHostScope() {}

  /** Whether the user sees what is in the virtual host. */
  static boolean isVisible(Identity user, String virtualHost) {
    return Access.MONITORING.isGrantedTo(user) || user.mayEnter(virtualHost);
  }

  /**
   * The virtual host a list is limited to, if any.
   *
   * @throws ApiException 404 if there is no such virtual host, 401 if the user does not see it
   */
  static Optional<String> of(Management management, Request request) {
    return request.virtualHost().map(name -> require(management, request.user(), name));
  }

  /**
   * The virtual host of the path.
   *
   * @throws ApiException 404 if there is no such virtual host, 401 if the user does not see it
   */
  static String required(Management management, Request request) {
    return require(management, request.user(), request.variable("vhost"));
  }

  private static String require(Management management, Identity user, String name) {
    if (!management.virtualHosts().contains(name)) {
      throw ApiException.objectNotFound("no vhost '" + name + "'");
    }
    if (!isVisible(user, name)) {
      throw ApiException.notAuthorized(REFUSAL);
    }
    return name;
  }

  /** Those of a list which the user sees. */
  static <T> List<T> visible(Identity user, List<T> all, Function<T, String> virtualHost) {
    return Access.MONITORING.isGrantedTo(user)
        ? all
        : all.stream().filter(item -> user.mayEnter(virtualHost.apply(item))).toList();
  }
}
