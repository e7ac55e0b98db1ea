package dev.warren.server.cli;

import dev.warren.server.cli.RequestCommand.Shape;
import java.util.List;

/** Sub-commands that are one request and belong to no group. Stateless. */
final class QueueCommands {
  static final Shape PURGE =
      Shape.of("purge", "DELETE", "/queues/{vhost}/{QUEUE}/contents")
          .says("Deletes all ready messages of a queue.", "purge videos");
  static final Shape PAUSE =
      Shape.of("pause", "PUT", "/queues/{vhost}/{QUEUE}/pause")
          .says("Stops handing messages of a queue to consumers.", "pause videos");
  static final Shape RESUME =
      Shape.of("resume", "PUT", "/queues/{vhost}/{QUEUE}/resume")
          .says("Goes on handing messages of a queue to consumers.", "resume videos");

  /** {@code warren close}. */
  static final List<Shape> CLOSE =
      List.of(
          Shape.of("connection", "DELETE", "/connections/{NAME}", reason())
              .says(
                  "Closes a connection; its client is told why.",
                  "close connection '127.0.0.1:50318 -> 127.0.0.1:5672'"),
          Shape.of("user", "DELETE", "/connections/username/{NAME}", reason())
              .says("Closes all connections of a user.", "close user ann"));

  private QueueCommands() {}

  private static Field reason() {
    return Field.of(Field.Kind.HEADER, "--reason", "X-Reason", "what its client is told");
  }
}
