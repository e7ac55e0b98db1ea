package dev.warren.core.security;

/** A change of {@link AccessRules}. Immutable. */
public sealed interface AccessChange {

  /** Adds a user or replaces the one of that name. */
  record PutUser(User user) implements AccessChange {}

  /** Removes a user with all permissions. */
  record DeleteUser(String user) implements AccessChange {}

  /** Sets a user's permissions in a virtual host. */
  record PutPermissions(String virtualHost, String user, Permissions permissions)
      implements AccessChange {}

  /** Removes them: the user cannot enter the virtual host any more. */
  record ClearPermissions(String virtualHost, String user) implements AccessChange {}

  /** Sets a user's permissions for one topic exchange. */
  record PutTopicPermissions(
      String virtualHost, String user, String exchange, TopicPermissions permissions)
      implements AccessChange {}

  /** Removes them: every key is allowed. */
  record ClearTopicPermissions(String virtualHost, String user, String exchange)
      implements AccessChange {}

  /** Adds a virtual host or replaces its settings. */
  record PutVirtualHost(String virtualHost, VirtualHostSettings settings) implements AccessChange {}

  /** Removes a virtual host with everybody's permissions in it. */
  record DeleteVirtualHost(String virtualHost) implements AccessChange {}
}
