package dev.warren.server.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A key of the configuration file. The enums that implement it, one for each part of the file, are
 * the one place that knows each key's name, type, default and meaning. The reader, {@code
 * docs/config.md} and {@code config/warren.schema.json} follow them.
 */
sealed interface ConfigKey
    permits FileKey, ListenerKey, TlsKey, LimitKey, LoginKey, AccessKey, TopologyKey {
  /** In place of a default: the key must be given. */
  String REQUIRED = "\0required";

  /** In place of a default: the key may be left out, and nothing takes its place. */
  String ABSENT = "\0absent";

  /** All of them; those of one section stand in the order of the reference. */
  static List<ConfigKey> all() {
    List<ConfigKey> keys = new ArrayList<>();
    keys.addAll(List.of(FileKey.values()));
    keys.addAll(List.of(ListenerKey.values()));
    keys.addAll(List.of(TlsKey.values()));
    keys.addAll(List.of(LimitKey.values()));
    keys.addAll(List.of(LoginKey.values()));
    keys.addAll(List.of(AccessKey.values()));
    keys.addAll(List.of(TopologyKey.values()));
    return keys;
  }

  /** What is known of it. */
  Definition definition();

  /** The section it belongs to. */
  default ConfigSection section() {
    return definition().section();
  }

  /** Its name in that section. */
  default String keyName() {
    return definition().keyName();
  }

  /** Section and name. */
  default String path() {
    String section = section().path();
    return section.isEmpty() ? keyName() : section + "." + keyName();
  }

  /** What it may be. */
  default ConfigType type() {
    return definition().type();
  }

  /** What it means. */
  default String doc() {
    return definition().doc();
  }

  /** Whether it must be given. */
  default boolean isRequired() {
    return definition().defaultText().equals(REQUIRED);
  }

  /** Whether something takes its place when it is left out. */
  default boolean hasDefault() {
    return !isRequired() && !definition().defaultText().equals(ABSENT);
  }

  /** The default as it would be written in the file; only if there is one. */
  default String defaultText() {
    assert hasDefault();
    return definition().defaultText();
  }

  /**
   * What is known of a key. Immutable.
   *
   * @param defaultText as written in the file, {@link #REQUIRED} or {@link #ABSENT}
   */
  record Definition(
      ConfigSection section, String keyName, ConfigType type, String defaultText, String doc) {}
}
