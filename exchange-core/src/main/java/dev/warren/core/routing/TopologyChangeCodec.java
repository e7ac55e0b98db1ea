package dev.warren.core.routing;

import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.routing.TopologyChange.Bind;
import dev.warren.core.routing.TopologyChange.DeclareExchange;
import dev.warren.core.routing.TopologyChange.DeclareQueue;
import dev.warren.core.routing.TopologyChange.DeleteExchange;
import dev.warren.core.routing.TopologyChange.DeleteQueue;
import dev.warren.core.routing.TopologyChange.Unbind;
import java.util.List;
import java.util.Map;

/**
 * A topology change as bytes in the journal: one AMQP list, whose first element says which change
 * it is. The declaration of a queue is not among them, as only the broker knows what a queue is.
 *
 * <pre>
 * ["declare-exchange", name, type, durable, auto-delete, internal, {arguments}]
 * ["delete-exchange", name]
 * ["delete-queue", name]
 * ["bind",   source, to-queue, destination, binding key, {arguments}]
 * ["unbind", source, to-queue, destination, binding key, {arguments}]
 * </pre>
 */
public final class TopologyChangeCodec {
  private static final String DECLARE_EXCHANGE = "declare-exchange";
  private static final String DELETE_EXCHANGE = "delete-exchange";
  private static final String DELETE_QUEUE = "delete-queue";
  private static final String BIND = "bind";
  private static final String UNBIND = "unbind";

  private TopologyChangeCodec() {}

  /**
   * The bytes of a change.
   *
   * @throws IllegalArgumentException for {@link DeclareQueue}
   */
  public static byte[] encode(TopologyChange change) {
    return new AmqpWriter().writeValue(fields(change)).toByteArray();
  }

  /**
   * The change those bytes stand for.
   *
   * @throws MalformedMessageException if they are not what {@link #encode} writes
   */
  public static TopologyChange decode(byte[] bytes) {
    Object value = new AmqpReader(bytes, 0, bytes.length).readValue();
    if (!(value instanceof List<?> fields) || fields.isEmpty()) {
      throw malformed("not a topology change");
    }
    try {
      return change(text(fields, 0), fields);
    } catch (TopologyException e) {
      throw malformed("a topology change which no broker makes: " + e.getMessage());
    }
  }

  private static List<Object> fields(TopologyChange change) {
    if (change instanceof DeclareExchange declare) {
      ExchangeDefinition x = declare.definition();
      return List.of(
          DECLARE_EXCHANGE,
          x.name(),
          x.type().text(),
          x.durable(),
          x.autoDelete(),
          x.internal(),
          x.arguments());
    }
    if (change instanceof DeleteExchange delete) {
      return List.of(DELETE_EXCHANGE, delete.name());
    }
    if (change instanceof DeleteQueue delete) {
      return List.of(DELETE_QUEUE, delete.name());
    }
    if (change instanceof Bind bind) {
      return fields(BIND, bind.binding());
    }
    if (change instanceof Unbind unbind) {
      return fields(UNBIND, unbind.binding());
    }
    throw new IllegalArgumentException("the declaration of a queue has no such form");
  }

  private static List<Object> fields(String kind, Binding binding) {
    return List.of(
        kind,
        binding.source(),
        binding.destination() instanceof Destination.QueueName,
        binding.destination().name(),
        binding.bindingKey(),
        binding.arguments());
  }

  private static TopologyChange change(String kind, List<?> fields) {
    return switch (kind) {
      case DECLARE_EXCHANGE ->
          new DeclareExchange(
              new ExchangeDefinition(
                  text(fields, 1),
                  ExchangeType.parse(text(fields, 2)),
                  flag(fields, 3),
                  flag(fields, 4),
                  flag(fields, 5),
                  ArgumentValues.normalised(map(fields, 6))));
      case DELETE_EXCHANGE -> new DeleteExchange(text(fields, 1));
      case DELETE_QUEUE -> new DeleteQueue(text(fields, 1));
      case BIND -> new Bind(binding(fields));
      case UNBIND -> new Unbind(binding(fields));
      default -> throw malformed("unknown topology change");
    };
  }

  private static Binding binding(List<?> fields) {
    String name = text(fields, 3);
    return new Binding(
        text(fields, 1),
        flag(fields, 2) ? Destination.queue(name) : Destination.exchange(name),
        text(fields, 4),
        ArgumentValues.normalised(map(fields, 5)));
  }

  private static String text(List<?> fields, int index) {
    return field(fields, index, String.class);
  }

  private static boolean flag(List<?> fields, int index) {
    return field(fields, index, Boolean.class);
  }

  private static <T> T field(List<?> fields, int index, Class<T> type) {
    Object value = index < fields.size() ? fields.get(index) : null;
    if (!type.isInstance(value)) {
      throw malformed("field " + index + " of a topology change is not of the right type");
    }
    return type.cast(value);
  }

  private static Map<?, ?> map(List<?> fields, int index) {
    return field(fields, index, Map.class);
  }

  private static MalformedMessageException malformed(String what) {
    return new MalformedMessageException(what, 0);
  }
}
