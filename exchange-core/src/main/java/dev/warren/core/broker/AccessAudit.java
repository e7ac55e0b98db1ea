package dev.warren.core.broker;

import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.ClearPermissions;
import dev.warren.core.security.AccessChange.ClearTopicPermissions;
import dev.warren.core.security.AccessChange.DeleteUser;
import dev.warren.core.security.AccessChange.DeleteVirtualHost;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.TopicPermissions;
import dev.warren.core.security.User;
import dev.warren.core.security.VirtualHostSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the audit trail says of changes of the access rules. Stateless. */
final class AccessAudit {
  private AccessAudit() {}

  /** Whether the change gives a user a password that is not the present one. */
  static boolean isNewPassword(AccessRules before, AccessChange change) {
    return change instanceof PutUser put
        && !before
            .user(put.user().name())
            .map(user -> user.password().equals(put.user().password()))
            .orElse(false);
  }

  /** RabbitMQ's name for what has happened. */
  static String event(AccessChange change, boolean isNew, boolean isGone, boolean newPassword) {
    String what =
        change instanceof PutUser || change instanceof DeleteUser
            ? "user"
            : change instanceof PutPermissions || change instanceof ClearPermissions
                ? "permission"
                : change instanceof PutTopicPermissions || change instanceof ClearTopicPermissions
                    ? "topic.permission"
                    : "vhost";
    if (isNew) {
      return what + ".created";
    }
    return what + (isGone ? ".deleted" : newPassword ? ".password.changed" : ".updated");
  }

  static String hostOf(AccessChange change) {
    if (change instanceof PutPermissions put) {
      return put.virtualHost();
    } else if (change instanceof ClearPermissions clear) {
      return clear.virtualHost();
    } else if (change instanceof PutTopicPermissions put) {
      return put.virtualHost();
    } else if (change instanceof ClearTopicPermissions clear) {
      return clear.virtualHost();
    } else if (change instanceof PutVirtualHost put) {
      return put.virtualHost();
    } else if (change instanceof DeleteVirtualHost delete) {
      return delete.virtualHost();
    }
    return "";
  }

  static String nameOf(AccessChange change) {
    if (change instanceof PutUser put) {
      return put.user().name();
    } else if (change instanceof DeleteUser delete) {
      return delete.user();
    } else if (change instanceof PutPermissions put) {
      return put.user();
    } else if (change instanceof ClearPermissions clear) {
      return clear.user();
    } else if (change instanceof PutTopicPermissions put) {
      return put.user();
    } else if (change instanceof ClearTopicPermissions clear) {
      return clear.user();
    }
    return hostOf(change);
  }

  /** What the rules say of what a change is about; empty if nothing. No secrets. */
  static Map<String, Object> view(AccessRules rules, AccessChange change) {
    if (change instanceof PutPermissions || change instanceof ClearPermissions) {
      return view(rules.permissions(hostOf(change), nameOf(change)));
    }
    if (change instanceof PutTopicPermissions put) {
      return topicView(rules, put.virtualHost(), put.user(), put.exchange());
    }
    if (change instanceof ClearTopicPermissions clear) {
      return topicView(rules, clear.virtualHost(), clear.user(), clear.exchange());
    }
    if (change instanceof PutUser || change instanceof DeleteUser) {
      return rules.user(nameOf(change)).map(AccessAudit::view).orElse(Map.of());
    }
    return rules.virtualHost(hostOf(change)).map(AccessAudit::view).orElse(Map.of());
  }

  private static Map<String, Object> view(User user) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("tags", user.tags().stream().sorted().toList());
    view.put(
        "password",
        user.password().equals(PasswordHash.NONE) ? "none" : user.password().algorithm());
    view.put("max-connections", user.limits().connectionsMax());
    view.put("max-channels", user.limits().sessionsMax());
    view.put("messages-per-second", user.limits().publishRate().messagesPerSecond());
    view.put("octets-per-second", user.limits().publishRate().octetsPerSecond());
    return view;
  }

  private static Map<String, Object> view(Optional<Permissions> permissions) {
    Map<String, Object> view = new LinkedHashMap<>();
    permissions.ifPresent(
        allowed -> {
          view.put("configure", allowed.configure().text());
          view.put("write", allowed.write().text());
          view.put("read", allowed.read().text());
        });
    return view;
  }

  private static Map<String, Object> topicView(
      AccessRules rules, String virtualHost, String user, String exchange) {
    Map<String, Object> view = new LinkedHashMap<>();
    Optional<TopicPermissions> permissions = rules.topicPermissions(virtualHost, user, exchange);
    permissions.ifPresent(
        allowed -> {
          view.put("exchange", exchange);
          view.put("write", allowed.write());
          view.put("read", allowed.read());
        });
    return view;
  }

  private static Map<String, Object> view(VirtualHostSettings settings) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("description", settings.description());
    view.put("tags", settings.tags());
    view.put("default_queue_type", settings.defaultQueueType());
    view.put("protected_from_deletion", settings.protectedFromDeletion());
    view.put("tracing", settings.tracing());
    view.put("max-connections", settings.limits().connectionsMax());
    view.put("max-queues", settings.limits().queuesMax());
    return view;
  }
}
