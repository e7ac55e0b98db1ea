package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code columns} parameter: which fields of an object the client wants, with dots into
 * sub-objects (contract §11.1). Immutable.
 */
final class Columns {
  private static final int COLUMNS_MAX = 100;

  private final List<List<String>> paths;

  private Columns(List<List<String>> paths) {
    this.paths = paths;
  }

  static Columns of(Request request) {
    String text = request.parameter("columns").orElse("");
    List<List<String>> paths = new ArrayList<>();
    for (String column : text.split(",", -1)) {
      if (!column.isBlank()) {
        paths.add(List.of(column.trim().split("\\.", -1)));
      }
    }
    if (paths.size() > COLUMNS_MAX) {
      throw ApiException.badRequest("columns: at most " + COLUMNS_MAX);
    }
    return new Columns(paths);
  }

  /** The object with nothing but the columns asked for, or as it is if none were. */
  ObjectNode of(ObjectNode object) {
    if (paths.isEmpty()) {
      return object;
    }
    ObjectNode chosen = JsonNodeFactory.instance.objectNode();
    for (List<String> path : paths) {
      JsonNode value = at(object, path);
      if (!value.isMissingNode()) {
        put(chosen, path, value);
      }
    }
    return chosen;
  }

  /** What is at a dotted path, or the missing node. */
  static JsonNode at(ObjectNode object, String column) {
    return at(object, List.of(column.split("\\.", -1)));
  }

  private static JsonNode at(ObjectNode object, List<String> path) {
    JsonNode value = object;
    for (String name : path) {
      value = value.path(name);
    }
    return value;
  }

  private static void put(ObjectNode target, List<String> path, JsonNode value) {
    ObjectNode parent = target;
    for (String name : path.subList(0, path.size() - 1)) {
      JsonNode child = parent.get(name);
      parent = child instanceof ObjectNode existing ? existing : parent.putObject(name);
    }
    parent.set(path.get(path.size() - 1), value);
  }
}
