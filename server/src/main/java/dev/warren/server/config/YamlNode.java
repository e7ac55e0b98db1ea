package dev.warren.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value of the configuration file with the place it stands at. Immutable. */
sealed interface YamlNode {
  /** Where the value begins. */
  Location location();

  /** What a reader of an error message sees of it. */
  String described();

  /** What kind of value it is, without the value: for secrets. */
  String kind();

  /** Named values, in the order of the file; names are distinct. */
  record Mapping(Location location, List<Entry> entries) implements YamlNode {
    @Override
    public String described() {
      return kind();
    }

    @Override
    public String kind() {
      return "a mapping";
    }
  }

  /** One named value of a mapping. */
  record Entry(String name, Location location, YamlNode value) {}

  /** A list. */
  record Sequence(Location location, List<YamlNode> items) implements YamlNode {
    @Override
    public String described() {
      return kind();
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * A single value.
   *
   * @param value a String, Boolean, Long, BigInteger, Double, or null for nothing
   * @param text as it is written, without quotes
   */
  record Scalar(Location location, @Nullable Object value, String text) implements YamlNode {
    private static final int SHOWN_CHARACTERS_MAX = 60;

    @Override
    public String described() {
      if (value == null) {
        return kind();
      }
      String shown =
          text.length() > SHOWN_CHARACTERS_MAX
              ? text.substring(0, SHOWN_CHARACTERS_MAX) + "…"
              : text;
      return value instanceof String ? kind() + " \"" + shown + "\"" : kind() + " " + shown;
    }

    @Override
    public String kind() {
      if (value == null) {
        return "nothing";
      }
      if (value instanceof String) {
        return "the text";
      }
      return value instanceof Boolean ? "the truth value" : "the number";
    }
  }
}
