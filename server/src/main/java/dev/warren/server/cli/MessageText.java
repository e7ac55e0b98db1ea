package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** One message with all it carries, for reading. Stateless. */
final class MessageText {
  /** What comes after the rest, each with a heading. */
  private static final List<String> SECTIONS =
      List.of("header", "message_annotations", "properties", "application_properties", "footer");

  private MessageText() {}

  /** Prints it: where it is, its sections as far as there are any, its deaths, its body. */
  static void print(JsonNode message, PrintStream out) {
    for (Map.Entry<String, JsonNode> field : message.properties()) {
      String name = field.getKey();
      if (!SECTIONS.contains(name) && !name.equals("deaths") && !name.equals("body")) {
        line(out, "", name, field.getValue());
      }
    }
    for (String section : SECTIONS) {
      if (!message.path(section).isEmpty()) {
        out.println(section);
        message.path(section).properties().forEach(e -> line(out, "  ", e.getKey(), e.getValue()));
      }
    }
    for (JsonNode death : message.path("deaths")) {
      out.println("death");
      death.properties().forEach(e -> line(out, "  ", e.getKey(), e.getValue()));
    }
    body(message.path("body"), out);
  }

  private static void line(PrintStream out, String indent, String name, JsonNode value) {
    out.println(indent + "%-22s ".formatted(Table.printable(name)) + Table.text(name, value));
  }

  private static void body(JsonNode body, PrintStream out) {
    out.println("body (" + Table.printable(body.path("type").asText()) + ")");
    if (body.has("text")) {
      body.path("text").asText().lines().forEach(text -> out.println("  " + Table.printable(text)));
    } else if (body.has("hex")) {
      out.println("  " + Table.printable(body.path("hex").asText()));
    } else if (body.has("value")) {
      out.println("  " + Table.printable(body.path("value").toString()));
    }
    if (body.path("truncated").asBoolean()) {
      out.println("  (and more)");
    }
  }
}
