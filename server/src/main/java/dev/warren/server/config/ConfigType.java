package dev.warren.server.config;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the value of a {@link ConfigKey} may be. Immutable. */
sealed interface ConfigType {
  /** What was expected, for error messages and the reference. */
  String expected();

  /** A type whose values are single YAML values. */
  sealed interface Single extends ConfigType {
    /** The value, or empty if it is not of this type. */
    Optional<Object> parse(YamlNode.Scalar scalar);

    /** What the YAML reader makes of a value of this type that is written like this. */
    default YamlNode.Scalar written(String text) {
      return new YamlNode.Scalar(Location.START, text, text);
    }
  }

  /** Text of one line; its length is counted in bytes of UTF-8. */
  record Text(String what, int bytesMin, int bytesMax) implements Single {
    @Override
    public String expected() {
      return what + " (text of " + bytesMin + " to " + bytesMax + " bytes)";
    }

    @Override
    public Optional<Object> parse(YamlNode.Scalar scalar) {
      if (!(scalar.value() instanceof String text)) {
        return Optional.empty();
      }
      int bytes = text.getBytes(StandardCharsets.UTF_8).length;
      boolean fits = bytes >= bytesMin && bytes <= bytesMax;
      return fits && text.indexOf('\n') < 0 && text.indexOf('\r') < 0 && text.indexOf('\0') < 0
          ? Optional.of(text)
          : Optional.empty();
    }
  }

  /** The origin of a web site, as browsers send it; read in lower case. */
  record Origin() implements Single {
    private static final Pattern FORM =
        Pattern.compile("https?://([a-z0-9._-]{1,255}|\\[[0-9a-f:.]{2,45}])(:[0-9]{1,5})?");

    @Override
    public String expected() {
      return "an origin such as https://shop.example:8443, without a path";
    }

    @Override
    public Optional<Object> parse(YamlNode.Scalar scalar) {
      return scalar.value() instanceof String text
          ? Optional.<Object>of(text.toLowerCase(Locale.ROOT))
              .filter(origin -> FORM.matcher((String) origin).matches())
              .map(origin -> withoutStandardPort((String) origin))
          : Optional.empty();
    }

    /** Browsers leave it out. */
    private static String withoutStandardPort(String origin) {
      String standard = origin.startsWith("https:") ? ":443" : ":80";
      return origin.endsWith(standard)
          ? origin.substring(0, origin.length() - standard.length())
          : origin;
    }
  }

  /** Text that is never repeated in a message, of so many characters at least. */
  record Secret(String what, int charactersMin) implements Single {
    @Override
    public String expected() {
      return what + " (text, in quotes)";
    }

    @Override
    public Optional<Object> parse(YamlNode.Scalar scalar) {
      return scalar.value() instanceof String text && text.length() >= charactersMin
          ? Optional.of(text)
          : Optional.empty();
    }
  }

  /** One of a few words. */
  record OneOf(List<String> words) implements Single {
    @Override
    public String expected() {
      return "one of " + String.join(", ", words);
    }

    @Override
    public Optional<Object> parse(YamlNode.Scalar scalar) {
      return scalar.value() instanceof String text && words.contains(text)
          ? Optional.of(text)
          : Optional.empty();
    }
  }

  /** {@code true} or {@code false}. */
  record Flag() implements Single {
    @Override
    public String expected() {
      return "true or false";
    }

    @Override
    public Optional<Object> parse(YamlNode.Scalar scalar) {
      return scalar.value() instanceof Boolean flag ? Optional.of(flag) : Optional.empty();
    }

    @Override
    public YamlNode.Scalar written(String text) {
      return new YamlNode.Scalar(Location.START, Boolean.valueOf(text), text);
    }
  }

  /** A whole number. */
  record Whole(long min, long max) implements Single {
    @Override
    public String expected() {
      return max == Long.MAX_VALUE
          ? "a whole number, " + min + " or more"
          : "a whole number from " + min + " to " + max;
    }

    @Override
    public Optional<Object> parse(YamlNode.Scalar scalar) {
      return scalar.value() instanceof Long number && number >= min && number <= max
          ? Optional.of(number)
          : Optional.empty();
    }

    @Override
    public YamlNode.Scalar written(String text) {
      return new YamlNode.Scalar(Location.START, Long.valueOf(text), text);
    }
  }

  /** A fraction. */
  record Ratio(double min, double max) implements Single {
    @Override
    public String expected() {
      return "a number from " + min + " to " + max;
    }

    @Override
    public Optional<Object> parse(YamlNode.Scalar scalar) {
      return (scalar.value() instanceof Double || scalar.value() instanceof Long)
              && ((Number) scalar.value()).doubleValue() >= min
              && ((Number) scalar.value()).doubleValue() <= max
          ? Optional.of(((Number) scalar.value()).doubleValue())
          : Optional.empty();
    }

    @Override
    public YamlNode.Scalar written(String text) {
      return new YamlNode.Scalar(Location.START, Double.valueOf(text), text);
    }
  }

  /** A number of bytes, with or without a unit. */
  record Bytes(long min, long max) implements Single {
    private static final Pattern FORM =
        Pattern.compile("(\\d{1,15}(?:\\.\\d{1,3})?)\\s*(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?");

    @Override
    public String expected() {
      return "a size such as 64MiB or 50MB, from " + Units.bytes(min) + " to " + Units.bytes(max);
    }

    @Override
    public Optional<Object> parse(YamlNode.Scalar scalar) {
      Matcher matcher = FORM.matcher(scalar.text());
      if (scalar.value() instanceof Boolean || !matcher.matches()) {
        return Optional.empty();
      }
      String unit = matcher.group(2) == null ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
      return Units.scaled(matcher.group(1), Units.bytesPer(unit), min, max);
    }
  }

  /** A length of time; in milliseconds once read. */
  record Duration(long minMs, long maxMs) implements Single {
    private static final Pattern FORM =
        Pattern.compile("(\\d{1,15}(?:\\.\\d{1,3})?)\\s*(ms|s|m|h|d)?");

    @Override
    public String expected() {
      return "a time such as 500ms, 30s, 5m, 1h or 7d (a number alone is milliseconds), from "
          + Units.duration(minMs)
          + " to "
          + Units.duration(maxMs);
    }

    @Override
    public Optional<Object> parse(YamlNode.Scalar scalar) {
      Matcher matcher = FORM.matcher(scalar.text());
      if (scalar.value() instanceof Boolean || !matcher.matches()) {
        return Optional.empty();
      }
      String unit = matcher.group(2) == null ? "ms" : matcher.group(2);
      return Units.scaled(matcher.group(1), Units.msPer(unit), minMs, maxMs);
    }
  }

  /** A list of single values. */
  record ListOf(Single element) implements ConfigType {
    @Override
    public String expected() {
      return "a list, each " + element.expected();
    }
  }

  /** A single value, or a list of at least one. */
  record OneOrMore(Single element) implements ConfigType {
    @Override
    public String expected() {
      return element.expected() + ", or a list of them";
    }
  }

  /** A mapping with the keys of a section. */
  record Section(ConfigSection section) implements ConfigType {
    @Override
    public String expected() {
      return "a mapping with the keys of " + section.title();
    }
  }

  /** A list of mappings with the keys of a section. */
  record Sections(ConfigSection section) implements ConfigType {
    @Override
    public String expected() {
      return "a list of mappings, each with the keys of " + section.title();
    }
  }

  /** A mapping with names of any kind: AMQP arguments. */
  record Arguments() implements ConfigType {
    @Override
    public String expected() {
      return "a mapping of argument names to values";
    }
  }

  /** Numbers with units. */
  final class Units {
    private Units() {}

    private static Optional<Object> scaled(String number, long factor, long min, long max) {
      BigDecimal value = new BigDecimal(number).multiply(BigDecimal.valueOf(factor));
      boolean whole = value.stripTrailingZeros().scale() <= 0;
      return whole
              && value.compareTo(BigDecimal.valueOf(min)) >= 0
              && value.compareTo(BigDecimal.valueOf(max)) <= 0
          ? Optional.of(value.longValue())
          : Optional.empty();
    }

    private static long bytesPer(String unit) {
      return switch (unit) {
        case "KB" -> 1000L;
        case "MB" -> 1000_000L;
        case "GB" -> 1000_000_000L;
        case "TB" -> 1000_000_000_000L;
        case "KIB" -> 1L << 10;
        case "MIB" -> 1L << 20;
        case "GIB" -> 1L << 30;
        case "TIB" -> 1L << 40;
        default -> 1L;
      };
    }

    private static long msPer(String unit) {
      return switch (unit) {
        case "s" -> 1000L;
        case "m" -> 60_000L;
        case "h" -> 3_600_000L;
        case "d" -> 86_400_000L;
        default -> 1L;
      };
    }

    static String bytes(long bytes) {
      for (String unit : List.of("TiB", "GiB", "MiB", "KiB")) {
        long factor = bytesPer(unit.toUpperCase(Locale.ROOT));
        if (bytes >= factor && bytes % factor == 0) {
          return bytes / factor + unit;
        }
      }
      return bytes + "B";
    }

    static String duration(long ms) {
      for (String unit : List.of("d", "h", "m", "s")) {
        if (ms >= msPer(unit) && ms % msPer(unit) == 0) {
          return ms / msPer(unit) + unit;
        }
      }
      return ms + "ms";
    }
  }
}
