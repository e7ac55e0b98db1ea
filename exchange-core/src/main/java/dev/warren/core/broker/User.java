package dev.warren.core.broker;

import java.util.Set;

/**
 * Somebody who may log in. Immutable.
 *
 * @param name login name
 * @param passwordHash see {@link PasswordHash}
 * @param tags RabbitMQ's tags, such as {@code administrator} (contract §11.2)
 */
public record User(String name, String passwordHash, Set<String> tags) {
  /** Copies the tags. */
  public User {
    tags = Set.copyOf(tags);
  }

  /** Whether the user may see the management interface. */
  public boolean mayManage() {
    return tags.contains("administrator")
        || tags.contains("monitoring")
        || tags.contains("policymaker")
        || tags.contains("management");
  }

  /** The hash is left out. */
  @Override
  public String toString() {
    return "User[" + name + ", " + tags + "]";
  }
}
