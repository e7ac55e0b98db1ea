package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code warren list}: what there is, as a table. */
@Command(name = "list", description = "Lists what there is.", mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  private final BrokerCommand command;

  @Mixin private BrokerOptions broker = new BrokerOptions();
  @Mixin private HostOptions host = new HostOptions();

  @Parameters(
      index = "0",
      paramLabel = "WHAT",
      completionCandidates = Kinds.class,
      converter = Kinds.class,
      description = "one of ${COMPLETION-CANDIDATES}")
  private Kind kind = Kind.QUEUES;

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
    this.command = command;
  }

  /** What can be listed. */
  enum Kind {
    /** Queues. */
    QUEUES("/queues", true, "vhost,name,type,messages_ready,messages_unacknowledged,consumers"),
    /** Exchanges. */
    EXCHANGES("/exchanges", true, "vhost,name,type,durable,auto_delete,internal"),
    /** Bindings. */
    BINDINGS("/bindings", true, "vhost,source,destination_type,destination,routing_key,arguments"),
    /** Connections. */
    CONNECTIONS("/connections", false, "name,user,vhost,state,channels,recv_oct,send_oct"),
    /** Consumers. */
    CONSUMERS(
        "/consumers",
        true,
        "queue.vhost,queue.name,consumer_tag,ack_required,prefetch_count,channel_details.user"),
    /** Users. */
    USERS("/users", false, "name,tags"),
    /** Virtual hosts. */
    VHOSTS("/vhosts", false, "name,description,default_queue_type"),
    /** Permissions. */
    PERMISSIONS("/permissions", false, "vhost,user,configure,write,read"),
    /** Changes of queues under way. */
    MENDINGS("/mendings", false, "id,vhost,queue,action,state,matched,mended,user"),
    /** Messages no queue got. */
    UNROUTABLE("/unroutable", true, "at,vhost,exchange,routing_key,reason"),
    /** Bindings no message was routed by. */
    IDLE_BINDINGS(
        "/bindings?never_matched=true",
        false,
        "vhost,source,destination_type,destination,routing_key,arguments");

    private final String path;
    private final boolean isInHost;
    private final String columns;

    Kind(String path, boolean isInHost, String columns) {
      this.path = path;
      this.isInHost = isInHost;
      this.columns = columns;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Kinds as they are typed. */
  static final class Kinds implements Iterable<String>, ITypeConverter<Kind> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Kind.values()).map(Kind::toString).iterator();
    }

    @Override
    public Kind convert(String text) {
      for (Kind kind : Kind.values()) {
        if (kind.toString().equals(text)) {
          return kind;
        }
      }
      throw new TypeConversionException(
          "'%s' is not one of %s".formatted(text, String.join(", ", this)));
    }
  }

  @Override
  public Integer call() {
    Optional<String> given = host.given(command.environment());
    String path =
        kind.isInHost && given.isPresent() ? kind.path + "/" + Api.encoded(given.get()) : kind.path;
    JsonNode all = broker.open(command.environment()).get(path);
    List<String> shown = BrokerCommand.words(columns.orElse(kind.columns));
    List<JsonNode> kept = new ArrayList<>();
    for (JsonNode one : all) {
      if (filter.map(text -> isIn(one, shown, text)).orElse(true)) {
        kept.add(one);
      }
    }
    sort.ifPresent(field -> kept.sort(order(field)));
    if (broker.isJson()) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      list.addAll(kept);
      command.json(list);
    } else {
      Table table = new Table(shown);
      kept.forEach(one -> table.add(shown.stream().map(column -> at(one, column)).toList()));
      table.print(command.out());
    }
    return BrokerCommand.OK;
  }

  private static boolean isIn(JsonNode one, List<String> columns, String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return columns.stream()
        .anyMatch(column -> Table.text(at(one, column)).toLowerCase(Locale.ROOT).contains(wanted));
  }

  private static JsonNode at(JsonNode one, String column) {
    return one.at("/" + column.replace("~", "~0").replace("/", "~1").replace('.', '/'));
  }

  private static Comparator<JsonNode> order(String field) {
    boolean isBackwards = field.startsWith("-");
    String column = isBackwards ? field.substring(1) : field;
    Comparator<JsonNode> order =
        Comparator.<JsonNode>comparingDouble(one -> at(one, column).asDouble(0))
            .thenComparing(one -> at(one, column).asText(""));
    return isBackwards ? order.reversed() : order;
  }
}
