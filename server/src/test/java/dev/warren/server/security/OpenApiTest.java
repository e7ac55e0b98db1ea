package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/openapi.yaml} says of every endpoint what there is, and of none what there is not.
 */
class OpenApiTest {
  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

  @TempDir Path directory;

  private static JsonNode document() throws Exception {
    return new YAMLMapper().readTree(Path.of("..", "docs", "openapi.yaml").toFile());
  }

  /** Each operation of the document, by its method and path. */
  private static Map<String, JsonNode> operations(JsonNode document) {
    Map<String, JsonNode> operations = new TreeMap<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        field -> {
                          if (METHODS.contains(field.getKey())) {
                            operations.put(
                                field.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                field.getValue());
                          }
                        }));
    return operations;
  }

  @Test
  void hasEveryEndpointAndNoOther() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      assertThat(operations(document()).keySet())
          .isEqualTo(new TreeSet<>(broker.wiring().httpEndpoints()));
    }
  }

  @Test
  void declaresTheVariablesOfEachPath() throws Exception {
    document()
        .path("paths")
        .properties()
        .forEach(
            path -> {
              Set<String> expected = new TreeSet<>();
              Matcher variables = VARIABLE.matcher(path.getKey());
              while (variables.find()) {
                expected.add(variables.group(1));
              }
              Set<String> declared = new TreeSet<>();
              path.getValue()
                  .path("parameters")
                  .forEach(parameter -> declared.add(parameter.path("name").asText()));
              assertThat(declared).as(path.getKey()).isEqualTo(expected);
            });
  }

  @Test
  void saysWhichTagEachOperationAsksFor() throws Exception {
    Map<String, JsonNode> operations = operations(document());
    for (HttpPermissionTable.Case expected : HttpPermissionTable.CASES) {
      JsonNode operation = operations.getOrDefault(expected.route(), MissingNode.getInstance());
      assertThat(operation.path("x-level").asText())
          .as(expected.route())
          .isEqualTo(expected.level().name().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void saysWhatEachOperationAnswersIfItMay() throws Exception {
    Map<String, JsonNode> operations = operations(document());
    for (HttpPermissionTable.Case expected : HttpPermissionTable.CASES) {
      JsonNode responses =
          operations.getOrDefault(expected.route(), MissingNode.getInstance()).path("responses");
      if (expected.status() < 400) {
        assertThat(responses.has(String.valueOf(expected.status())))
            .as("%s answers %d", expected.route(), expected.status())
            .isTrue();
      }
      assertThat(responses.has("default")).as(expected.route()).isTrue();
    }
  }

  @Test
  void refersToWhatItHas() throws Exception {
    JsonNode document = document();
    for (String reference : references(document)) {
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
    operations(document)
        .forEach(
            (name, operation) ->
                assertThat(operation.path("summary").asText()).as(name).isNotEmpty());
  }

  private static Set<String> references(JsonNode node) {
    Set<String> found = new TreeSet<>();
    if (node.has("$ref")) {
      found.add(node.path("$ref").asText());
    }
    for (Iterator<JsonNode> inner = node.elements(); inner.hasNext(); ) {
      found.addAll(references(inner.next()));
    }
    return found;
  }
}
