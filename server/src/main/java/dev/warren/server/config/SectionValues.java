package dev.warren.server.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of one section, each of its key's type. Filled by {@link SectionReader}, then only
 * read.
 */
final class SectionValues {
  private final String path;
  private final Location location;
  private final Map<ConfigKey, Object> values = new HashMap<>();
  private final Map<ConfigKey, Location> locations = new HashMap<>();

  SectionValues(String path, Location location) {
    this.path = path;
    this.location = location;
  }

  void put(ConfigKey key, Location where, Object value) {
    values.put(key, value);
    locations.put(key, where);
  }

  /** Path of the section, for example {@code virtual-hosts[0].queues[2]}. */
  String path() {
    return path;
  }

  /** Path of one of its keys. */
  String path(ConfigKey key) {
    return path.isEmpty() ? key.keyName() : path + "." + key.keyName();
  }

  /** Where the section is. */
  Location location() {
    return location;
  }

  /** Where the key's value is, or the section if it was left out. */
  Location location(ConfigKey key) {
    return locations.getOrDefault(key, location);
  }

  boolean has(ConfigKey key) {
    return values.containsKey(key);
  }

  String text(ConfigKey key) {
    return (String) value(key);
  }

  Optional<String> optionalText(ConfigKey key) {
    return Optional.ofNullable((String) values.get(key));
  }

  long number(ConfigKey key) {
    return (Long) value(key);
  }

  int smallNumber(ConfigKey key) {
    return Math.toIntExact(number(key));
  }

  double ratio(ConfigKey key) {
    return (Double) value(key);
  }

  boolean flag(ConfigKey key) {
    return (Boolean) value(key);
  }

  /** The values of a list of single values; empty if it was left out. */
  List<Located> list(ConfigKey key) {
    return values.get(key) instanceof LocatedList list ? list.items() : List.of();
  }

  /** The texts of one or more values, or the default. */
  List<String> texts(ConfigKey key) {
    return has(key)
        ? list(key).stream().map(located -> (String) located.value()).toList()
        : List.of((String) defaultOf(key));
  }

  /** The section; empty of values if it was left out. */
  SectionValues section(ConfigKey key) {
    Object section = values.get(key);
    return section == null ? new SectionValues(path(key), location) : (SectionValues) section;
  }

  /** The sections of a list; none if it was left out. */
  List<SectionValues> sections(ConfigKey key) {
    return values.get(key) instanceof SectionList list ? list.items() : List.of();
  }

  /** The entries of arguments; none if they were left out. */
  List<YamlNode.Entry> arguments(ConfigKey key) {
    return values.get(key) instanceof YamlNode.Mapping mapping ? mapping.entries() : List.of();
  }

  private Object value(ConfigKey key) {
    Object value = values.get(key);
    return value == null ? defaultOf(key) : value;
  }

  /** What takes the place of a key that was left out. */
  static Object defaultOf(ConfigKey key) {
    ConfigType type = key.type() instanceof ConfigType.OneOrMore some ? some.element() : key.type();
    if (!key.hasDefault() || !(type instanceof ConfigType.Single single)) {
      throw new IllegalArgumentException("no default: key=" + key.path());
    }
    return single.parse(single.written(key.defaultText())).orElseThrow();
  }

  /** A value of a list with its place. */
  record Located(Object value, Location location) {}

  /** What a list of single values was read as. */
  record LocatedList(List<Located> items) {}

  /** What a list of sections was read as. */
  record SectionList(List<SectionValues> items) {}
}
