package dev.warren.server.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads YAML into {@link YamlNode}s that know their place. What a configuration file does not need
 * is refused, because it can be abused or misread: aliases (a few lines of them can stand for
 * gigabytes), several documents, deep nesting, too many values, names used twice, endless lines.
 * Owned by the reading thread.
 */
final class YamlReader {
  static final int CHARACTERS_MAX = 16 << 20;

  /** The parser copies what it has of a value again and again while it looks for its end. */
  static final int LINE_CHARACTERS_MAX = 1 << 20;

  static final int DEPTH_MAX = 16;
  static final int VALUES_MAX = 500_000;
  private static final int KEY_CHARACTERS_MAX = 1024;

  private final ConfigErrors errors;
  private final YAMLParser parser;
  private int values;

  private YamlReader(YAMLParser parser, ConfigErrors errors) {
    this.parser = parser;
    this.errors = errors;
  }

  /** The value of the text; empty if there is none, or if errors were added. */
  static Optional<YamlNode> read(String text, ConfigErrors errors) {
    Optional<Location> tooLong = tooLongLine(text);
    if (tooLong.isPresent()) {
      errors.add(tooLong.get(), "", "a line of more than " + LINE_CHARACTERS_MAX + " characters");
      return Optional.empty();
    }
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(CHARACTERS_MAX);
    limits.setNestingDepthLimit(DEPTH_MAX + 2);
    YAMLFactory factory =
        YAMLFactory.builder()
            .loaderOptions(limits)
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            // As YAML 1.2 has it: yes and no are text, true and false are not.
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();
    try (YAMLParser parser = factory.createParser(text)) {
      return new YamlReader(parser, errors).document();
    } catch (JsonProcessingException e) {
      addSyntaxError(e, errors);
    } catch (MarkedYAMLException e) {
      errors.add(Location.START, "", "not YAML: " + e.getProblem());
    } catch (YAMLException | IOException e) {
      errors.add(Location.START, "", "not YAML: " + firstLine(e));
    } catch (TooMuchException e) {
      errors.add(e.location, "", firstLine(e));
    }
    return Optional.empty();
  }

  private static Optional<Location> tooLongLine(String text) {
    int line = 1;
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      int next = end < 0 ? text.length() : end;
      if (next - start > LINE_CHARACTERS_MAX) {
        return Optional.of(new Location(line, 1));
      }
      start = next + 1;
      line++;
    }
    return Optional.empty();
  }

  private Optional<YamlNode> document() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      return Optional.empty();
    }
    YamlNode root = node(token, "", 1);
    if (parser.nextToken() != null) {
      errors.add(here(), "", "found a second document, expected the end of the file");
    }
    return Optional.of(root);
  }

  private YamlNode node(JsonToken token, String path, int depth) throws IOException {
    Location location = here();
    if (depth > DEPTH_MAX) {
      throw new TooMuchException(location, "nested more than " + DEPTH_MAX + " deep");
    }
    if (++values > VALUES_MAX) {
      throw new TooMuchException(location, "more than " + VALUES_MAX + " values");
    }
    if (parser.isCurrentAlias()) {
      errors.add(
          location, path, "an alias (*" + parser.getText() + ")", "the value itself, written out");
    }
    return switch (token) {
      case START_OBJECT -> mapping(location, path, depth);
      case START_ARRAY -> sequence(location, path, depth);
      case VALUE_TRUE -> new YamlNode.Scalar(location, true, "true");
      case VALUE_FALSE -> new YamlNode.Scalar(location, false, "false");
      case VALUE_NULL -> new YamlNode.Scalar(location, null, "");
      case VALUE_NUMBER_INT -> new YamlNode.Scalar(location, integer(), parser.getText());
      case VALUE_NUMBER_FLOAT ->
          new YamlNode.Scalar(location, parser.getDoubleValue(), parser.getText());
      default -> new YamlNode.Scalar(location, parser.getText(), parser.getText());
    };
  }

  private Number integer() throws IOException {
    Number value = parser.getNumberValue();
    return value instanceof Integer small ? Long.valueOf(small.longValue()) : value;
  }

  private YamlNode mapping(Location location, String path, int depth) throws IOException {
    List<YamlNode.Entry> entries = new ArrayList<>();
    Map<String, Location> seen = new HashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      Location nameLocation = here();
      if (name.length() > KEY_CHARACTERS_MAX) {
        throw new TooMuchException(
            nameLocation, "a key of more than " + KEY_CHARACTERS_MAX + " characters");
      }
      String childPath = path.isEmpty() ? name : path + "." + name;
      YamlNode value = node(parser.nextToken(), childPath, depth + 1);
      Location first = seen.putIfAbsent(name, nameLocation);
      if (first == null) {
        entries.add(new YamlNode.Entry(name, nameLocation, value));
      } else {
        errors.add(
            nameLocation,
            childPath,
            "the key a second time",
            "it once only (first at line " + first.line() + ")");
      }
    }
    return new YamlNode.Mapping(location, List.copyOf(entries));
  }

  private YamlNode sequence(Location location, String path, int depth) throws IOException {
    List<YamlNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(node(token, path + "[" + items.size() + "]", depth + 1));
    }
    return new YamlNode.Sequence(location, List.copyOf(items));
  }

  private Location here() {
    return located(parser.currentTokenLocation());
  }

  private static Location located(JsonLocation location) {
    return new Location(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
  }

  private static void addSyntaxError(JsonProcessingException e, ConfigErrors errors) {
    Location location = e.getLocation() == null ? Location.START : located(e.getLocation());
    String problem = e.getOriginalMessage();
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblem() != null) {
      problem = marked.getProblem();
      if (marked.getProblemMark() != null) {
        location =
            new Location(
                marked.getProblemMark().getLine() + 1, marked.getProblemMark().getColumn() + 1);
      }
    }
    errors.add(location, "", "not YAML: " + problem.lines().findFirst().orElse(""));
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** Ends the reading of a file that is nested too deep or has too many values. */
  private static final class TooMuchException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Location location;

    TooMuchException(Location location, String text) {
      super(text);
      this.location = location;
    }
  }
}
