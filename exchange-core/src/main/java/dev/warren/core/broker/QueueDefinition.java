package dev.warren.core.broker;

import dev.warren.core.queue.QueueOptions;
import java.util.Map;

/**
 * What was declared of a queue. Immutable.
 *
 * @param id unique in this data directory, never used again
 * @param exclusiveTo the connection it belongs to, or {@link #SHARED}
 * @param arguments as declared, {@code x-queue-type} included
 */
public record QueueDefinition(
    String virtualHost,
    String name,
    long id,
    boolean durable,
    boolean autoDelete,
    long exclusiveTo,
    Map<String, Object> arguments) {
  /** Not exclusive to any connection. */
  public static final long SHARED = 0;

  /** Copies the arguments. */
  public QueueDefinition {
    arguments = Map.copyOf(arguments);
  }

  /** Whether it belongs to one connection. */
  public boolean isExclusive() {
    return exclusiveTo != SHARED;
  }

  /** Whether it is there after a restart: not if it goes with its connection. */
  boolean survivesRestart() {
    return durable && !isExclusive();
  }

  /** {@code classic} or {@code quorum}, as declared; the two do not differ here. */
  public String type() {
    return String.valueOf(arguments.getOrDefault(QueueArguments.TYPE, "classic"));
  }

  /**
   * How it treats its messages.
   *
   * @throws BrokerException if an argument is invalid
   */
  public QueueOptions options() {
    return QueueArguments.options(virtualHost, name, arguments);
  }
}
