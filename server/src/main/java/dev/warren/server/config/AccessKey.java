package dev.warren.server.config;

import dev.warren.server.config.ConfigType.ListOf;
import dev.warren.server.config.ConfigType.OneOf;
import dev.warren.server.config.ConfigType.Secret;
import dev.warren.server.config.ConfigType.Text;
import java.util.List;

/** The keys of who may log in. */
enum AccessKey implements ConfigKey {
  USER_NAME(ConfigSection.USER, "name", new Text("a name", 1, 255), REQUIRED, "The login name."),
  USER_PASSWORD(
      ConfigSection.USER,
      "password",
      new Secret("a password"),
      "The password. Give this or password-hash."),
  USER_PASSWORD_HASH(
      ConfigSection.USER,
      "password-hash",
      new Secret("a password hash"),
      "RabbitMQ's salted SHA-256 hash of it: base64 of 4 bytes of salt and 32 bytes of digest."),
  USER_TAGS(
      ConfigSection.USER,
      "tags",
      new ListOf(
          new OneOf(
              List.of("administrator", "monitoring", "policymaker", "management", "impersonator"))),
      "What the user may do in the console; none: nothing.");

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
}
