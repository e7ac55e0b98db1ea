package dev.warren.server.config;

import dev.warren.server.config.ConfigType.Single;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a mapping by the keys its section has, and adds an error for each that is unknown, missing
 * or not of its type. Keeps what is right, so that reading can go on and find more. Stateless but
 * for the errors.
 */
final class SectionReader {
  /** Keys somebody may expect, and why they are not there. */
  private static final Map<String, String> NOT_HERE =
      Map.of(
          "virtual-hosts[].queues[].exclusive",
          "an exclusive queue belongs to one connection, so no file can declare it");

  private final ConfigErrors errors;

  SectionReader(ConfigErrors errors) {
    this.errors = errors;
  }

  /** Reads a section; nothing in its place is the same as an empty one. */
  SectionValues read(ConfigSection section, YamlNode node, String path) {
    SectionValues values = new SectionValues(path, node.location());
    if (node instanceof YamlNode.Mapping mapping) {
      for (YamlNode.Entry entry : mapping.entries()) {
        readEntry(section, entry, values);
      }
    } else if (!isNothing(node)) {
      errors.add(
          node.location(), path, node.described(), new ConfigType.Section(section).expected());
      return values;
    }
    for (ConfigKey key : section.keys()) {
      if (key.isRequired() && !isGiven(node, key)) {
        errors.add(
            node.location(),
            values.path(key),
            "found nothing, expected " + key.type().expected() + ": the key is required");
      }
    }
    return values;
  }

  private void readEntry(ConfigSection section, YamlNode.Entry entry, SectionValues values) {
    Optional<ConfigKey> key = section.key(entry.name());
    if (key.isEmpty()) {
      addUnknown(section, entry, values);
      return;
    }
    String path = values.path(key.get());
    value(key.get().type(), entry.value(), path)
        .ifPresent(value -> values.put(key.get(), entry.value().location(), value));
  }

  private void addUnknown(ConfigSection section, YamlNode.Entry entry, SectionValues values) {
    String path = values.path().isEmpty() ? entry.name() : values.path() + "." + entry.name();
    String reason = NOT_HERE.get(section.path() + "." + entry.name());
    if (reason != null) {
      errors.add(entry.location(), path, "found a key that cannot be used here: " + reason);
      return;
    }
    List<String> known = section.keys().stream().map(ConfigKey::keyName).toList();
    errors.add(
        entry.location(),
        path,
        "an unknown key",
        "one of " + String.join(", ", known) + Suggestion.didYouMean(entry.name(), known));
  }

  private Optional<Object> value(ConfigType type, YamlNode node, String path) {
    if (type instanceof Single single) {
      return single(single, node, path);
    }
    if (type instanceof ConfigType.Section section) {
      return Optional.of(read(section.section(), node, path));
    }
    if (type instanceof ConfigType.OneOrMore some) {
      return oneOrMore(some, node, path);
    }
    if (isNothing(node)) {
      return Optional.empty();
    }
    if (type instanceof ConfigType.Sections sections && node instanceof YamlNode.Sequence list) {
      List<SectionValues> read = new ArrayList<>();
      for (int i = 0; i < list.items().size(); i++) {
        YamlNode item = list.items().get(i);
        SectionValues values = read(sections.section(), item, path + "[" + i + "]");
        if (item instanceof YamlNode.Mapping) {
          read.add(values);
        }
      }
      return Optional.of(new SectionValues.SectionList(read));
    }
    if (type instanceof ConfigType.ListOf listOf && node instanceof YamlNode.Sequence list) {
      return Optional.of(new SectionValues.LocatedList(list(listOf.element(), list, path)));
    }
    if (type instanceof ConfigType.Arguments && node instanceof YamlNode.Mapping) {
      return Optional.of(node);
    }
    errors.add(node.location(), path, node.described(), type.expected());
    return Optional.empty();
  }

  private Optional<Object> oneOrMore(ConfigType.OneOrMore type, YamlNode node, String path) {
    if (node instanceof YamlNode.Scalar) {
      return single(type.element(), node, path)
          .map(value -> List.of(new SectionValues.Located(value, node.location())))
          .map(SectionValues.LocatedList::new);
    }
    if (node instanceof YamlNode.Sequence list && !list.items().isEmpty()) {
      return Optional.of(new SectionValues.LocatedList(list(type.element(), list, path)));
    }
    errors.add(node.location(), path, node.described(), type.expected());
    return Optional.empty();
  }

  private List<SectionValues.Located> list(Single element, YamlNode.Sequence list, String path) {
    List<SectionValues.Located> values = new ArrayList<>();
    for (int i = 0; i < list.items().size(); i++) {
      YamlNode item = list.items().get(i);
      single(element, item, path + "[" + i + "]")
          .ifPresent(value -> values.add(new SectionValues.Located(value, item.location())));
    }
    return values;
  }

  private Optional<Object> single(Single type, YamlNode node, String path) {
    if (node instanceof YamlNode.Scalar scalar) {
      Optional<Object> value = type.parse(scalar);
      if (value.isPresent()) {
        return value;
      }
    }
    errors.add(node.location(), path, found(type, node), expected(type, node));
    return Optional.empty();
  }

  private static String found(Single type, YamlNode node) {
    return type instanceof ConfigType.Secret ? node.kind() : node.described();
  }

  private static String expected(Single type, YamlNode node) {
    boolean text = node instanceof YamlNode.Scalar scalar && scalar.value() instanceof String;
    if (type instanceof ConfigType.OneOf oneOf && text) {
      return type.expected()
          + Suggestion.didYouMean(((YamlNode.Scalar) node).text(), oneOf.words());
    }
    boolean unquoted =
        type instanceof ConfigType.Text
            && node instanceof YamlNode.Scalar scalar
            && scalar.value() != null
            && !text;
    return unquoted ? type.expected() + "; put it in quotes" : type.expected();
  }

  private static boolean isNothing(YamlNode node) {
    return node instanceof YamlNode.Scalar scalar && scalar.value() == null;
  }

  private static boolean isGiven(YamlNode node, ConfigKey key) {
    return node instanceof YamlNode.Mapping mapping
        && mapping.entries().stream().anyMatch(entry -> entry.name().equals(key.keyName()));
  }
}
