package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A sub-command that is one request, made of its words and options as a {@link Shape} says. */
final class RequestCommand implements Callable<Integer> {
  /**
   * What the request is. Immutable.
   *
   * @param path below {@code /api}; a name in braces and capitals is a word of the command line,
   *     <code>{vhost}</code> the virtual host
   */
  record Shape(
      String name,
      String description,
      String example,
      String method,
      String path,
      List<Field> fields) {
    static Shape of(String name, String method, String path, Field... fields) {
      return new Shape(name, "", "", method, path, List.of(fields));
    }

    /** With what help says of it. */
    Shape says(String text, String anExample) {
      return new Shape(name, text, anExample, method, path, fields);
    }

    boolean isInHost() {
      return path.contains("{vhost}");
    }
  }

  /** A group of requests; it does nothing itself. */
  @Command(mixinStandardHelpOptions = true)
  private static final class Group {}

  private static final Pattern WORD = Pattern.compile("\\{([A-Z]+)\\}");

  private final BrokerCommand command;
  private final Shape shape;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final BrokerOptions broker = new BrokerOptions();
  private final HostOptions host = new HostOptions();

  /** Options and words by what {@link Field#typed} calls them. */
  private final Map<String, ArgSpec> typed = new HashMap<>();

  private RequestCommand(BrokerCommand command, Shape shape) {
    this.command = command;
    this.shape = shape;
  }

  /** Sub-commands of a group. */
  static CommandLine group(
      BrokerCommand command, String name, String description, List<Shape> shapes) {
    CommandLine group = new CommandLine(new Group());
    group.getCommandSpec().name(name).usageMessage().description(description);
    for (Shape shape : shapes) {
      group.addSubcommand(shape.name(), line(command, shape));
    }
    return group;
  }

  /** The sub-command. */
  static CommandLine line(BrokerCommand command, Shape shape) {
    RequestCommand request = new RequestCommand(command, shape);
    request.build();
    CommandLine line = new CommandLine(request.spec);
    BrokerCommand.example(line, shape.example());
    return line;
  }

  private void build() {
    spec.name(shape.name()).mixinStandardHelpOptions(true);
    spec.usageMessage().description(shape.description());
    spec.addMixin("broker", CommandSpec.forAnnotatedObject(broker));
    if (shape.isInHost()) {
      spec.addMixin("host", CommandSpec.forAnnotatedObject(host));
    }
    Matcher matcher = WORD.matcher(shape.path());
    while (matcher.find()) {
      addWord(matcher.group(1), "");
    }
    for (Field field : shape.fields()) {
      if (field.isOption()) {
        OptionSpec option = option(field);
        typed.put(field.typed(), option);
        spec.addOption(option);
      } else {
        addWord(field.typed(), field.description());
      }
    }
  }

  private void addWord(String label, String description) {
    PositionalParamSpec word =
        PositionalParamSpec.builder()
            .index(Integer.toString(spec.positionalParameters().size()))
            .arity("1")
            .required(true)
            .paramLabel(label)
            .description(description)
            .type(String.class)
            .build();
    typed.put(label, word);
    spec.addPositional(word);
  }

  private static OptionSpec option(Field field) {
    OptionSpec.Builder option = OptionSpec.builder(field.typed()).description(field.description());
    if (field.kind().isFlag()) {
      return option.arity("0").type(boolean.class).build();
    }
    option.paramLabel(field.label()).arity("1");
    if (field.kind() == Field.Kind.ARGUMENTS) {
      return option.type(Map.class).auxiliaryTypes(String.class, String.class).build();
    }
    if (!field.initial().isEmpty()) {
      option.defaultValue(field.initial());
    }
    return option.type(String.class).required(field.kind() == Field.Kind.NEEDED).build();
  }

  @Override
  public Integer call() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    List<String> query = new ArrayList<>();
    Map<String, String> headers = new LinkedHashMap<>();
    for (Field field : shape.fields()) {
      switch (field.kind()) {
        case QUERY -> query.add(field.name() + "=" + isSet(field));
        case HEADER -> text(field).ifPresent(text -> headers.put(field.name(), text));
        default -> put(body, field);
      }
    }
    String path = path() + (query.isEmpty() ? "" : "?" + String.join("&", query));
    JsonNode answer =
        broker
            .open(command)
            .send(
                shape.method(),
                path,
                shape.method().equals("DELETE") ? Optional.empty() : Optional.of(body),
                headers);
    if (broker.isJson() && !answer.isMissingNode()) {
      command.json(answer);
    }
    return BrokerCommand.OK;
  }

  private String path() {
    String path =
        shape.isInHost()
            ? shape.path().replace("{vhost}", host.encoded(command.environment()))
            : shape.path();
    return WORD.matcher(path)
        .replaceAll(
            word ->
                Matcher.quoteReplacement(
                    Api.encoded(this.<String>value(word.group(1)).orElse(""))));
  }

  private void put(ObjectNode body, Field field) {
    switch (field.kind()) {
      case FLAG -> body.put(field.name(), isSet(field));
      case UNLESS -> body.put(field.name(), !isSet(field));
      case WORDS ->
          BrokerCommand.words(text(field).orElse("")).stream()
              .filter(word -> !word.isEmpty())
              .forEach(body.withArray(field.name())::add);
      case ARGUMENTS -> {
        ObjectNode arguments = body.withObject("/" + field.name());
        this.<Map<String, String>>value(field.typed())
            .ifPresent(given -> arguments.setAll(Arguments.json(given)));
      }
      case ARGUMENT ->
          text(field).ifPresent(text -> body.withObject("/arguments").put(field.name(), text));
      case NUMBER -> text(field).ifPresent(text -> body.put(field.name(), number(field, text)));
      default -> text(field).ifPresent(text -> body.put(field.name(), text));
    }
  }

  private long number(Field field, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "%s: '%s' is not a number".formatted(field.typed(), text));
    }
  }

  private boolean isSet(Field field) {
    return this.<Boolean>value(field.typed()).orElse(false);
  }

  private Optional<String> text(Field field) {
    return value(field.typed());
  }

  private <T> Optional<T> value(String name) {
    ArgSpec given = typed.get(name);
    return given == null ? Optional.empty() : Optional.ofNullable(given.<T>getValue());
  }
}
