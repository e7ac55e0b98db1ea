package dev.warren.server.config;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The pages made from the catalogue of keys: for people, and for editors. Stateless. */
final class ConfigReference {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigReference() {}

  /** {@code docs/config.md}. */
  static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration reference

            Every key of the configuration file, made from the catalogue in the code
            (`ConfigKey`) and checked by a test. How to use the file: [configuration](configuration.md).

            Sizes take the units B, kB, MB, GB, TB (powers of 1000) and KiB, MiB, GiB, TiB (powers of
            1024). Times take ms, s, m, h, d; a number alone is milliseconds.
            """);
    for (ConfigSection section : ConfigSection.values()) {
      page.append("\n## ");
      page.append(section.path().isEmpty() ? "The file" : "`" + section.path() + "`");
      page.append("\n\n| key | type | default | meaning |\n|---|---|---|---|\n");
      for (ConfigKey key : section.keys()) {
        page.append("| `").append(key.keyName()).append("` | ");
        page.append(cell(key.type().expected())).append(" | ");
        page.append(defaultCell(key)).append(" | ");
        page.append(cell(key.doc())).append(" |\n");
      }
    }
    page.append(
        """

        ## Arguments of queues

        Under `arguments` of a queue. Others are kept and shown.

        | argument | value | in effect |
        |---|---|---|
        """);
    for (QueueArgument argument : QueueArgument.values()) {
      page.append("| `").append(argument.argument()).append("` | ");
      page.append(cell(argument.expected())).append(" | ");
      page.append(argument.isNotYetInEffect() ? "not yet: kept, shown, warned of" : "yes");
      page.append(" |\n");
    }
    return page.toString();
  }

  private static String defaultCell(ConfigKey key) {
    if (key.isRequired()) {
      return "required";
    }
    if (!key.hasDefault()) {
      return "–";
    }
    return key.defaultText().isEmpty() ? "empty" : "`" + key.defaultText() + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  /** {@code config/warren.schema.json}. */
  static String schema() {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Warren configuration");
    addSection(schema, ConfigSection.ROOT);
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
    try {
      return JSON.writer(printer).writeValueAsString(schema) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addSection(ObjectNode schema, ConfigSection section) {
    ArrayNode types = schema.putArray("type").add("object");
    if (section.keys().stream().noneMatch(ConfigKey::isRequired)) {
      types.add("null");
    }
    schema.put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = JSON.createArrayNode();
    for (ConfigKey key : section.keys()) {
      ObjectNode property = properties.putObject(key.keyName());
      property.put("description", key.doc());
      addType(property, key.type());
      if (key.hasDefault()) {
        property.putPOJO("default", SectionValues.defaultOf(key));
        if (key.type() instanceof ConfigType.Bytes || key.type() instanceof ConfigType.Duration) {
          property.put("default", key.defaultText());
        }
      }
      if (key.isRequired()) {
        required.add(key.keyName());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
  }

  private static void addType(ObjectNode schema, ConfigType type) {
    if (type instanceof ConfigType.Section section) {
      addSection(schema, section.section());
    } else if (type instanceof ConfigType.Sections sections) {
      schema.putArray("type").add("array").add("null");
      addSection(schema.putObject("items"), sections.section());
    } else if (type instanceof ConfigType.ListOf list) {
      schema.putArray("type").add("array").add("null");
      addType(schema.putObject("items"), list.element());
    } else if (type instanceof ConfigType.OneOrMore some) {
      ArrayNode forms = schema.putArray("anyOf");
      addType(forms.addObject(), some.element());
      ObjectNode list = forms.addObject();
      list.put("type", "array").put("minItems", 1);
      addType(list.putObject("items"), some.element());
    } else if (type instanceof ConfigType.Arguments) {
      schema.putArray("type").add("object").add("null");
    } else if (type instanceof ConfigType.OneOf oneOf) {
      ArrayNode words = schema.putArray("enum");
      oneOf.words().forEach(words::add);
    } else if (type instanceof ConfigType.Flag) {
      schema.put("type", "boolean");
    } else if (type instanceof ConfigType.Whole whole) {
      schema.put("type", "integer").put("minimum", whole.min());
      if (whole.max() != Long.MAX_VALUE) {
        schema.put("maximum", whole.max());
      }
    } else if (type instanceof ConfigType.Ratio ratio) {
      schema.put("type", "number").put("minimum", ratio.min()).put("maximum", ratio.max());
    } else if (type instanceof ConfigType.Bytes) {
      addUnits(schema, "^[0-9]+(\\.[0-9]{1,3})? *(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$");
    } else if (type instanceof ConfigType.Duration) {
      addUnits(schema, "^[0-9]+(\\.[0-9]{1,3})? *(ms|s|m|h|d)?$");
    } else if (type instanceof ConfigType.Text text) {
      schema.put("type", "string").put("minLength", Math.min(1, text.bytesMin()));
      schema.put("maxLength", text.bytesMax());
    } else {
      schema.put("type", "string").put("minLength", 1);
    }
  }

  private static void addUnits(ObjectNode schema, String pattern) {
    schema.putArray("type").add("string").add("integer");
    schema.put("pattern", pattern).put("minimum", 0);
  }
}
