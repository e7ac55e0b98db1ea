package dev.warren.core.security;

import java.util.Set;

/**
 * Somebody who may log in. Immutable.
 *
 * @param name login name
 * @param tags RabbitMQ's tags, such as {@code administrator} (contract §11.2)
 * @param declaredInFile whether the configuration file names the user, which then is the only place
 *     to change anything of it
 */
public record User(
    String name,
    PasswordHash password,
    Set<String> tags,
    UserLimits limits,
    boolean declaredInFile) {
  /** All. */
  public static final String ADMINISTRATOR = "administrator";

  /** Sees everything. */
  public static final String MONITORING = "monitoring";

  /** Sees its virtual hosts and changes their policies and parameters. */
  public static final String POLICYMAKER = "policymaker";

  /** Sees its virtual hosts. */
  public static final String MANAGEMENT = "management";

  /** May name another user in messages. */
  public static final String IMPERSONATOR = "impersonator";

  /** Copies the tags. */
  public User {
    tags = Set.copyOf(tags);
  }

  /** A user without limits that the API made. */
  public static User of(String name, PasswordHash password, Set<String> tags) {
    return new User(name, password, tags, UserLimits.NONE, false);
  }

  /** Whether somebody with these tags may see the management interface. */
  public static boolean mayManage(Set<String> tags) {
    return tags.contains(ADMINISTRATOR)
        || tags.contains(MONITORING)
        || tags.contains(POLICYMAKER)
        || tags.contains(MANAGEMENT);
  }

  /** The same with other limits. */
  public User with(UserLimits newLimits) {
    return new User(name, password, tags, newLimits, declaredInFile);
  }
}
