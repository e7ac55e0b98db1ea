package dev.warren.management;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object a client sent, or one inside it. What is missing or null is absent; what has
 * another type than is asked for is refused with the path to it. Not changed by anybody.
 */
final class JsonBody {
  private static final int NESTING_MAX = 32;
  private static final int NUMBER_LENGTH_MAX = 40;
  private static final int NAME_LENGTH_MAX = 10_000;

  /** An empty array is two octets long and takes fifty in memory. */
  private static final int TOKENS_MAX = 2_000_000;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(NESTING_MAX)
                          .maxNumberLength(NUMBER_LENGTH_MAX)
                          .maxNameLength(NAME_LENGTH_MAX)
                          .maxTokenCount(TOKENS_MAX)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  // Of two fields with one name, others might look at the other one.
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String path;
  private final ObjectNode object;

  private JsonBody(String path, ObjectNode object) {
    this.path = path;
    this.object = object;
  }

  /**
   * Reads a whole body; an empty one is an empty object.
   *
   * @throws ApiException 400 with line and column if it is malformed, or no object
   */
  static JsonBody parse(byte[] bytes) {
    if (bytes.length == 0) {
      return new JsonBody("", JsonViews.object());
    }
    try {
      if (MAPPER.readTree(bytes) instanceof ObjectNode object) {
        return new JsonBody("", object);
      }
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where =
          at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw ApiException.badRequest("the body is not JSON: " + e.getOriginalMessage() + where);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read from memory", e);
    }
    throw ApiException.badRequest("the body is not a JSON object");
  }

  /** Whether it has no field at all. */
  boolean isEmpty() {
    return object.isEmpty();
  }

  /** Whether there is such a field, and it is not null. */
  boolean has(String field) {
    return object.hasNonNull(field);
  }

  /** The names of its fields. */
  Set<String> fields() {
    Set<String> names = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /**
   * The same object, if it has no fields but these. For endpoints which RabbitMQ does not have: of
   * a misspelt field that narrows what is done nothing would be left but a larger deed.
   *
   * @throws ApiException 400 naming the first field that is not known
   */
  JsonBody only(String... known) {
    List<String> expected = List.of(known);
    for (String field : fields()) {
      if (!expected.contains(field)) {
        throw invalid(field, "is not known; expected one of " + String.join(", ", expected));
      }
    }
    return this;
  }

  Optional<String> text(String field) {
    return get(field)
        .map(
            value -> {
              if (!value.isTextual()) {
                throw invalid(field, "text was expected");
              }
              return value.textValue();
            });
  }

  /** The text of a field, to tell which object it is; empty if it is no text. */
  String shown(String field) {
    return object.path(field).asText("");
  }

  String requiredText(String field) {
    return text(field).orElseThrow(() -> missing(field));
  }

  /** True or false, which forms send as text. */
  boolean flag(String field, boolean otherwise) {
    return get(field)
        .map(
            value -> {
              String text = value.isBoolean() || value.isTextual() ? value.asText() : "";
              if (!text.equals("true") && !text.equals("false")) {
                throw invalid(field, "true or false was expected");
              }
              return text.equals("true");
            })
        .orElse(otherwise);
  }

  /** A whole number; RabbitMQ's tools send it as text. */
  Optional<Integer> number(String field) {
    return get(field)
        .map(
            value -> {
              if (value.isIntegralNumber() && value.canConvertToInt()) {
                return value.intValue();
              }
              try {
                return Integer.parseInt(value.isTextual() ? value.textValue() : "");
              } catch (NumberFormatException e) {
                throw invalid(field, "a whole number of 32 bits was expected");
              }
            });
  }

  /** A whole number of a range, both ends in it. */
  Optional<Long> number(String field, long min, long max) {
    return get(field)
        .map(
            value -> {
              boolean whole = value.isIntegralNumber() && value.canConvertToLong();
              if (!whole || value.longValue() < min || value.longValue() > max) {
                throw invalid(
                    field,
                    "%s: a whole number from %d to %d was expected".formatted(value, min, max));
              }
              return value.longValue();
            });
  }

  /** Words in an array, or in one text with commas between (contract §11.3). */
  Optional<List<String>> words(String field) {
    return get(field)
        .map(
            value -> {
              List<String> words = new ArrayList<>();
              if (value.isTextual()) {
                List.of(value.textValue().split(",")).forEach(word -> words.add(word.trim()));
              } else if (value.isArray()) {
                value.forEach(item -> words.add(word(field, item)));
              } else {
                throw invalid(field, "an array of texts was expected, or one with commas");
              }
              words.removeIf(String::isEmpty);
              return words;
            });
  }

  private String word(String field, JsonNode item) {
    if (!item.isTextual()) {
      throw invalid(field, "an array of texts was expected");
    }
    return item.textValue();
  }

  /** A map of plain values such as arguments; an empty one if it is absent. */
  Map<String, @Nullable Object> map(String field) {
    JsonNode value = get(field).orElseGet(JsonViews::object);
    // RabbitMQ once wrote an empty map like this.
    if (value.isArray() && value.isEmpty()) {
      return Map.of();
    }
    if (!(value instanceof ObjectNode map)) {
      throw invalid(field, "an object was expected");
    }
    return plainMap(map);
  }

  /** The object in a field. */
  Optional<JsonBody> object(String field) {
    return get(field)
        .map(
            value -> {
              if (value.isArray() && value.isEmpty()) {
                return new JsonBody(pathOf(field), JsonViews.object());
              }
              if (!(value instanceof ObjectNode inner)) {
                throw invalid(field, "an object was expected");
              }
              return new JsonBody(pathOf(field), inner);
            });
  }

  /**
   * The objects of an array one after the other; none if it is absent.
   *
   * @param otherwise gets, in place of an item that is no object, an empty one at its path
   */
  void each(String field, Consumer<JsonBody> action, Consumer<JsonBody> otherwise) {
    JsonNode array = get(field).orElseGet(JsonViews::array);
    if (!array.isArray()) {
      throw invalid(field, "an array was expected");
    }
    for (int i = 0; i < array.size(); i++) {
      String at = pathOf(field) + "[" + i + "]";
      if (array.get(i) instanceof ObjectNode item) {
        action.accept(new JsonBody(at, item));
      } else {
        otherwise.accept(new JsonBody(at, JsonViews.object()));
      }
    }
  }

  /** Where it is in the body, such as {@code users[3]}. */
  String path() {
    return path;
  }

  /** A refusal that names the field. */
  ApiException invalid(String field, String why) {
    return ApiException.badRequest(pathOf(field) + ": " + why);
  }

  /** A refusal of the object as a whole. */
  ApiException invalid(String why) {
    return ApiException.badRequest(path.isEmpty() ? why : path + ": " + why);
  }

  private ApiException missing(String field) {
    return invalid(field, "is missing");
  }

  private String pathOf(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  private Optional<JsonNode> get(String field) {
    return Optional.ofNullable(object.get(field)).filter(value -> !value.isNull());
  }

  private static Map<String, @Nullable Object> plainMap(ObjectNode map) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    map.properties().forEach(entry -> plain.put(entry.getKey(), plain(entry.getValue())));
    return Collections.unmodifiableMap(plain);
  }

  private static @Nullable Object plain(JsonNode value) {
    if (value.isNull()) {
      return null;
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isIntegralNumber()) {
      return value.canConvertToLong() ? (Object) value.longValue() : value.bigIntegerValue();
    }
    if (value.isNumber()) {
      return value.doubleValue();
    }
    if (value instanceof ObjectNode map) {
      return plainMap(map);
    }
    if (value.isArray()) {
      List<@Nullable Object> list = new ArrayList<>(value.size());
      value.forEach(item -> list.add(plain(item)));
      return Collections.unmodifiableList(list);
    }
    return value.textValue();
  }
}
