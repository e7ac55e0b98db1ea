package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren publish}: one message. */
@Command(
    name = "publish",
    description = "Publishes one durable message. Ends with 1 if no queue gets it.")
final class PublishCommand extends Subcommand {
  /** The broker takes no larger requests. */
  private static final int BYTES_MAX = 10_000_000;

  @Mixin private HostOptions host = new HostOptions();

  @Parameters(index = "0", paramLabel = "EXCHANGE", description = "amq.default for a queue")
  private String exchange = "";

  @Option(names = "--key", paramLabel = "KEY", description = "the routing key (empty)")
  private String key = "";

  @Option(
      names = "--header",
      paramLabel = "NAME=VALUE",
      description = "an application property; may be repeated")
  private Map<String, String> headers = new LinkedHashMap<>();

  @Option(names = "--content-type", paramLabel = "TYPE", description = "of the body")
  private String contentType = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "BODY",
      description = "text; - or nothing reads standard input")
  private String body = "-";

  PublishCommand(BrokerCommand command) {
    super(command);
  }

  @Override
  public Integer call() throws IOException {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.put("routing_key", key);
    if (body.equals("-")) {
      byte[] read = System.in.readNBytes(BYTES_MAX + 1);
      if (read.length > BYTES_MAX) {
        throw new RefusedException(
            BrokerCommand.USAGE, "at most " + BYTES_MAX + " octets can be published like this");
      }
      message.put("payload", Base64.getEncoder().encodeToString(read));
      message.put("payload_encoding", "base64");
    } else {
      message.put("payload", body).put("payload_encoding", "string");
    }
    ObjectNode properties = message.putObject("properties").put("delivery_mode", 2);
    properties.set("headers", Arguments.json(headers));
    if (!contentType.isEmpty()) {
      properties.put("content_type", contentType);
    }
    JsonNode answer =
        api()
            .send(
                "POST",
                "/exchanges/%s/%s/publish"
                    .formatted(host.encoded(command().environment()), Api.encoded(exchange)),
                message);
    boolean routed = answer.path("routed").asBoolean();
    if (isJson()) {
      command().json(answer);
    } else if (!routed) {
      command().err().println("warren: no queue got the message");
    }
    return routed ? BrokerCommand.OK : BrokerCommand.REFUSED;
  }
}
