package dev.warren.amqp;

import dev.warren.amqp.management.AccessControl;
import dev.warren.amqp.management.AccessRefusedException;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.security.Identity;
import dev.warren.core.security.Permission;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * What the user of a connection may do in its virtual host, with RabbitMQ's texts for what he may
 * not (contract §2.2, §14). Owned by the connection's loop.
 *
 * <p>For the exchanges published to last it remembers the answer until the rules change, since
 * regular expressions are too slow to be asked for each message.
 */
final class ConnectionAccess implements AccessControl {
  /** Exchanges remembered; then all are forgotten. */
  private static final int REMEMBERED_MAX = 64;

  private final Identity user;
  private final VirtualHost host;
  private final Consumer<String> refused;
  private final Map<String, Publishing> publishing = new HashMap<>();
  private int version;

  /**
   * What is known of publishing to an exchange.
   *
   * @param refusal the text, or null if it is allowed
   * @param hasKeyRules whether each routing key must be asked for
   */
  record Publishing(@Nullable String refusal, boolean hasKeyRules) {}

  /**
   * Creates it.
   *
   * @param refused told the text of each refusal
   */
  ConnectionAccess(Identity user, VirtualHost host, Consumer<String> refused) {
    this.user = user;
    this.host = host;
    this.refused = refused;
  }

  /** Changes whenever answers may have changed. */
  int version() {
    return version;
  }

  /** The rules have changed. */
  void onRulesChanged() {
    version++;
    publishing.clear();
  }

  /** Why the connection has to end, or null if it may stay. */
  @Nullable ErrorCondition connectionRefusal(boolean hostExists) {
    if (!user.exists()) {
      return AmqpErrors.unauthorized("user '" + user.name() + "' was deleted");
    }
    if (!hostExists) {
      return AmqpErrors.unauthorized("vhost '" + host.name() + "' was deleted");
    }
    return user.mayEnter(host.name()) ? null : AmqpErrors.noAccess(host.name(), user.name());
  }

  /** Publishing to an exchange. */
  Publishing publishing(String exchange) {
    Publishing known = publishing.get(exchange);
    if (known == null) {
      boolean allowed = user.may(Permission.WRITE, host.name(), exchange);
      known =
          new Publishing(
              allowed ? null : text(Permission.WRITE, Resource.EXCHANGE, exchange),
              user.hasKeyRules(host.name(), exchange));
      if (publishing.size() >= REMEMBERED_MAX) {
        publishing.clear();
      }
      publishing.put(exchange, known);
    }
    return known;
  }

  /** Why a message with this key cannot be published to the exchange, or null if it can. */
  @Nullable ErrorCondition keyRefusal(Permission permission, String exchange, String key) {
    Exchange found = host.topology().exchange(exchange);
    if (found == null
        || found.definition().type() != ExchangeType.TOPIC
        || user.mayUseKey(permission, host.name(), exchange, key)) {
      return null;
    }
    return refusal(
        "%s access to topic '%s' in exchange '%s' in vhost '%s' refused for user '%s'"
            .formatted(permission.text(), key, exchange, host.name(), user.name()));
  }

  /** Why the user may not, or null if he may. */
  @Nullable ErrorCondition refusal(Permission permission, Resource resource, String name) {
    return user.may(permission, host.name(), name)
        ? null
        : refusal(text(permission, resource, name));
  }

  /** A refusal with this text, of which the operator hears too. */
  ErrorCondition refusal(String text) {
    refused.accept(text);
    return AmqpErrors.unauthorized(text);
  }

  private String text(Permission permission, Resource resource, String name) {
    return "%s access to %s '%s' in vhost '%s' refused for user '%s'"
        .formatted(
            permission.text(),
            resource.text(),
            name.isEmpty() ? "amq.default" : name,
            host.name(),
            user.name());
  }

  // ---- the management node ----

  @Override
  public void check(Permission permission, Resource resource, String name) {
    refuseIf(refusal(permission, resource, name));
  }

  @Override
  public void checkSeen(Resource resource, String name) {
    for (Permission permission : Permission.values()) {
      if (user.may(permission, host.name(), name)) {
        return;
      }
    }
    check(Permission.READ, resource, name);
  }

  @Override
  public void checkBindingKey(String exchange, String key) {
    refuseIf(keyRefusal(Permission.READ, exchange, key));
  }

  private static void refuseIf(@Nullable ErrorCondition refusal) {
    if (refusal != null) {
      throw new AccessRefusedException(refusal.getDescription());
    }
  }
}
