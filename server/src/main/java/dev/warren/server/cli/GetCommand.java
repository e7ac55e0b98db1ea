package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren get}: takes messages as a consumer would. */
@Command(
    name = "get",
    description = {
      "Takes the first messages of a queue, and puts them back unless told to keep them out.",
      "What is put back counts as delivered once more; 'browse' leaves no trace."
    })
final class GetCommand extends Subcommand {
  @Mixin private HostOptions host = new HostOptions();

  @Parameters(index = "0", paramLabel = "QUEUE")
  private String queue = "";

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      converter = Count.class,
      description = "at most so many (1)")
  private int count = 1;

  @Option(names = "--remove", description = "they are gone from the queue then")
  private boolean removes;

  @Option(names = "--dead-letter", description = "they are rejected: dead-lettered, or gone")
  private boolean rejects;

  GetCommand(BrokerCommand command) {
    super(command);
  }

  @Override
  public Integer call() {
    ObjectNode order =
        JsonNodeFactory.instance
            .objectNode()
            .put("count", count)
            .put(
                "ackmode",
                rejects
                    ? "reject_requeue_false"
                    : removes ? "ack_requeue_false" : "ack_requeue_true")
            .put("encoding", "auto");
    JsonNode found =
        api()
            .send(
                "POST",
                "/queues/%s/%s/get"
                    .formatted(host.encoded(command().environment()), Api.encoded(queue)),
                order);
    if (isJson()) {
      command().json(found);
      return BrokerCommand.OK;
    }
    Table table = new Table(List.of("exchange", "routing key", "redelivered", "octets", "body"));
    for (JsonNode message : found) {
      table.add(
          List.of(
              message.path("exchange"),
              message.path("routing_key"),
              message.path("redelivered"),
              message.path("payload_bytes"),
              message.path("payload")));
    }
    command().print(table);
    return BrokerCommand.OK;
  }
}
