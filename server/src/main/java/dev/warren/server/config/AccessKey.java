package dev.warren.server.config;

import dev.warren.server.config.ConfigType.ListOf;
import dev.warren.server.config.ConfigType.OneOf;
import dev.warren.server.config.ConfigType.Secret;
import dev.warren.server.config.ConfigType.Section;
import dev.warren.server.config.ConfigType.Sections;
import dev.warren.server.config.ConfigType.Text;
import dev.warren.server.config.ConfigType.Whole;
import java.util.List;

/** The keys of users and what they may do. */
enum AccessKey implements ConfigKey {
  USER_NAME(ConfigSection.USER, "name", new Text("a name", 1, 255), REQUIRED, "The login name."),
  USER_PASSWORD(
      ConfigSection.USER,
      "password",
      new Secret("a password", 1),
      "The password in clear. Give exactly one of the four."),
  USER_PASSWORD_HASH(
      ConfigSection.USER,
      "password-hash",
      new Secret("a password hash", 0),
      "A hash of it, as definitions have it: base64 of 4 bytes of salt and the digest, or the"
          + " secrets of SCRAM. \"\" for a user who does not log in with a password."),
  USER_HASHING_ALGORITHM(
      ConfigSection.USER,
      "hashing-algorithm",
      new OneOf(
          List.of(
              "rabbit_password_hashing_sha256",
              "rabbit_password_hashing_sha512",
              "rabbit_password_hashing_md5",
              "warren_password_hashing_scram")),
      "rabbit_password_hashing_sha256",
      "How password-hash was made."),
  USER_PASSWORD_ENV(
      ConfigSection.USER,
      "password-env",
      new Text("the name of an environment variable", 1, 255),
      "The environment variable the password is in."),
  USER_PASSWORD_FILE(
      ConfigSection.USER,
      "password-file",
      new Text("a path", 1, 4096),
      "The file the password is in, without the line's end. A relative path starts from the folder"
          + " of the configuration file."),
  USER_TAGS(
      ConfigSection.USER,
      "tags",
      new ListOf(
          new OneOf(
              List.of("administrator", "monitoring", "policymaker", "management", "impersonator"))),
      "What the user may do in the console; none: nothing."),
  USER_PERMISSIONS(
      ConfigSection.USER,
      "permissions",
      new Sections(ConfigSection.PERMISSION),
      "The virtual hosts the user can enter, and what is allowed there. Left out: none at all."),
  USER_TOPIC_PERMISSIONS(
      ConfigSection.USER,
      "topic-permissions",
      new Sections(ConfigSection.TOPIC_PERMISSION),
      "What is allowed with the keys of topic exchanges; every key of those not named."),
  USER_LIMITS(
      ConfigSection.USER,
      "limits",
      new Section(ConfigSection.USER_LIMITS),
      "What the user may take of the node."),

  PERMISSION_VIRTUAL_HOST(
      ConfigSection.PERMISSION,
      "virtual-host",
      new Text("the name of a virtual host", 1, 255),
      REQUIRED,
      "A virtual host of this file."),
  PERMISSION_CONFIGURE(
      ConfigSection.PERMISSION,
      "configure",
      new Text(Expressions.REGULAR, 0, Expressions.LENGTH_MAX),
      REQUIRED,
      "Queues and exchanges that may be declared and deleted: those in whose name the expression is"
          + " found. \".*\" is all, \"\" none."),
  PERMISSION_WRITE(
      ConfigSection.PERMISSION,
      "write",
      new Text(Expressions.REGULAR, 0, Expressions.LENGTH_MAX),
      REQUIRED,
      "Exchanges that may be published to, and destinations that may be bound; amq.default is the"
          + " default exchange."),
  PERMISSION_READ(
      ConfigSection.PERMISSION,
      "read",
      new Text(Expressions.REGULAR, 0, Expressions.LENGTH_MAX),
      REQUIRED,
      "Queues that may be consumed from, and exchanges that may be bound from."),

  TOPIC_PERMISSION_VIRTUAL_HOST(
      ConfigSection.TOPIC_PERMISSION,
      "virtual-host",
      new Text("the name of a virtual host", 1, 255),
      REQUIRED,
      "A virtual host of this file."),
  TOPIC_PERMISSION_EXCHANGE(
      ConfigSection.TOPIC_PERMISSION,
      "exchange",
      new Text("the name of an exchange", 1, 255),
      REQUIRED,
      "A topic exchange."),
  TOPIC_PERMISSION_WRITE(
      ConfigSection.TOPIC_PERMISSION,
      "write",
      new Text(Expressions.REGULAR, 0, Expressions.LENGTH_MAX),
      REQUIRED,
      "Keys that may be published with. {username} and {vhost} stand for the names."),
  TOPIC_PERMISSION_READ(
      ConfigSection.TOPIC_PERMISSION,
      "read",
      new Text(Expressions.REGULAR, 0, Expressions.LENGTH_MAX),
      REQUIRED,
      "Keys that may be bound with; the same holds."),

  USER_LIMITS_CONNECTIONS(
      ConfigSection.USER_LIMITS,
      "max-connections",
      new Whole(-1, Integer.MAX_VALUE),
      "-1",
      "Open connections; -1 is no limit."),
  USER_LIMITS_SESSIONS(
      ConfigSection.USER_LIMITS,
      "max-sessions",
      new Whole(-1, Integer.MAX_VALUE),
      "-1",
      "Sessions of all connections together; -1 is no limit.");

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable parts
  private final Definition definition;

  AccessKey(ConfigSection section, String keyName, ConfigType type, String doc) {
    this(section, keyName, type, ABSENT, doc);
  }

  AccessKey(
      ConfigSection section, String keyName, ConfigType type, String defaultText, String doc) {
    definition = new Definition(section, keyName, type, defaultText, doc);
  }

  @Override
  public Definition definition() {
    return definition;
  }

  /** Constants of an enum cannot use the enum's own. */
  private static final class Expressions {
    static final String REGULAR = "a regular expression";
    static final int LENGTH_MAX = 4096;
  }
}
