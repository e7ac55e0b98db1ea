package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren list}: what there is, as a table. */
@Command(name = "list", description = "Lists what there is.")
final class ListCommand extends Subcommand {
  /** What has members of any name below it. */
  private static final Set<String> OPEN =
      Set.of(
          "arguments",
          "message_stats",
          "client_properties",
          "limits",
          "value",
          "before",
          "after",
          "metadata");

  @Mixin private EveryHostOptions host = new EveryHostOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "WHAT",
      completionCandidates = Listing.Names.class,
      converter = Listing.Names.class,
      description = "one of ${COMPLETION-CANDIDATES}")
  private Listing kind = Listing.QUEUES;

  @Option(
      names = "--columns",
      paramLabel = "A,B",
      description = "fields of the HTTP API to show, such as name,messages; a dot goes deeper")
  private Optional<String> columns = Optional.empty();

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      description = "only those with this text in a column")
  private Optional<String> filter = Optional.empty();

  @Option(
      names = "--sort",
      paramLabel = "FIELD",
      description = "the field they are sorted by; with a minus before it, backwards")
  private Optional<String> sort = Optional.empty();

  ListCommand(BrokerCommand command) {
    super(command);
  }

  @Override
  public Integer call() {
    if (!kind.isInHost() && host.typed().isPresent()) {
      throw usage("--vhost: %s belong to no virtual host".formatted(kind));
    }
    List<JsonNode> all = kind.of(api(), host.given(command().environment()));
    List<String> shown = columns.map(BrokerCommand::words).orElse(kind.columns());
    shown.forEach(column -> check("--columns", column, all));
    sort.ifPresent(field -> check("--sort", forwards(field), all));
    List<JsonNode> kept = new ArrayList<>();
    for (JsonNode one : all) {
      if (filter.map(text -> isIn(one, shown, text)).orElse(true)) {
        kept.add(one);
      }
    }
    sort.ifPresent(field -> kept.sort(order(field)));
    if (isJson()) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      list.addAll(kept);
      command().json(list);
    } else {
      Table table = new Table(shown);
      kept.forEach(one -> table.add(shown.stream().map(column -> shown(one, column)).toList()));
      command().print(table);
    }
    return BrokerCommand.OK;
  }

  private ParameterException usage(String text) {
    return new ParameterException(spec.commandLine(), text);
  }

  /** Refuses a column that none of them has and that none could have. */
  private void check(String option, String column, List<JsonNode> all) {
    Set<String> known = new TreeSet<>(kind.others());
    kind.columns().forEach(name -> known.add(first(name)));
    all.forEach(one -> one.fieldNames().forEachRemaining(known::add));
    String first = first(column);
    boolean isKnown =
        first.equals(column)
            || isOpen(first)
            || kind.columns().contains(column)
            || all.stream().anyMatch(one -> !at(one, column).isMissingNode());
    if (!known.contains(first) || !isKnown) {
      throw usage(
          "%s: %s have no '%s'; there are %s"
              .formatted(option, kind, column, String.join(", ", known)));
    }
  }

  private static boolean isOpen(String field) {
    return OPEN.contains(field) || field.endsWith("_details");
  }

  private static String first(String column) {
    int dot = column.indexOf('.');
    return dot < 0 ? column : column.substring(0, dot);
  }

  private static boolean isIn(JsonNode one, List<String> columns, String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return columns.stream()
        .anyMatch(
            column ->
                Table.text(column, shown(one, column)).toLowerCase(Locale.ROOT).contains(wanted));
  }

  /** What is shown of it: of links only how many there are. */
  private static JsonNode shown(JsonNode one, String column) {
    JsonNode value = at(one, column);
    return column.endsWith("_links") ? JsonNodeFactory.instance.numberNode(value.size()) : value;
  }

  private static JsonNode at(JsonNode one, String column) {
    // A name may have a dot itself, as arguments have.
    JsonNode whole = one.path(column);
    return whole.isMissingNode()
        ? one.at("/" + column.replace("~", "~0").replace("/", "~1").replace('.', '/'))
        : whole;
  }

  private static String forwards(String field) {
    return field.startsWith("-") ? field.substring(1) : field;
  }

  private static Comparator<JsonNode> order(String field) {
    String column = forwards(field);
    Comparator<JsonNode> order =
        Comparator.<JsonNode>comparingDouble(one -> at(one, column).asDouble(0))
            .thenComparing(one -> at(one, column).asText(""));
    return field.startsWith("-") ? order.reversed() : order;
  }
}
