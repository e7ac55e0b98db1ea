package dev.warren.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Arguments as they are typed, {@code name=value}, as JSON. Stateless. */
final class Arguments {
  private Arguments() {}

  /** Numbers, true and false become what they look like; quotes around them keep them text. */
  static ObjectNode json(Map<String, String> typed) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    typed.forEach(
        (name, value) -> {
          if (value.matches("-?[0-9]{1,18}")) {
            json.put(name, Long.parseLong(value));
          } else if (value.equals("true") || value.equals("false")) {
            json.put(name, value.equals("true"));
          } else if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
            json.put(name, value.substring(1, value.length() - 1));
          } else {
            json.put(name, value);
          }
        });
    return json;
  }
}
