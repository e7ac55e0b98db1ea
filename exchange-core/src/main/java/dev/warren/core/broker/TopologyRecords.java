package dev.warren.core.broker;

import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.routing.TopologyChange;
import dev.warren.core.routing.TopologyChangeCodec;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChangeCodec;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Topology records as bytes in the journal: one AMQP list each. Stateless.
 *
 * <pre>
 * ["change", virtual host, bytes of {@link TopologyChangeCodec}]
 * ["declare-queue", virtual host, name, id, auto-delete, {arguments}]
 * ["pause-queue", virtual host, name, whether paused]
 * ["next-queue-id", number]
 * ["access", bytes of {@link AccessChangeCodec}]
 * </pre>
 */
final class TopologyRecords {
  private static final String CHANGE = "change";
  private static final String DECLARE_QUEUE = "declare-queue";
  private static final String PAUSE_QUEUE = "pause-queue";
  private static final String NEXT_QUEUE_ID = "next-queue-id";
  private static final String ACCESS = "access";

  private TopologyRecords() {}

  /** Told what a record says. */
  interface Reader {
    void onChange(String virtualHost, TopologyChange change);

    void onQueueDeclared(QueueDefinition definition);

    void onQueuePaused(String virtualHost, String queue, boolean paused);

    void onNextQueueId(long id);

    void onAccessChange(AccessChange change);
  }

  static byte[] change(String virtualHost, TopologyChange change) {
    return encode(
        List.of(CHANGE, virtualHost, ByteBuffer.wrap(TopologyChangeCodec.encode(change))));
  }

  static byte[] queueDeclared(QueueDefinition queue) {
    return encode(
        List.of(
            DECLARE_QUEUE,
            queue.virtualHost(),
            queue.name(),
            queue.id(),
            queue.autoDelete(),
            queue.arguments()));
  }

  static byte[] queuePaused(QueueDefinition queue, boolean paused) {
    return encode(List.of(PAUSE_QUEUE, queue.virtualHost(), queue.name(), paused));
  }

  static byte[] nextQueueId(long id) {
    return encode(List.of(NEXT_QUEUE_ID, id));
  }

  static byte[] access(AccessChange change) {
    return encode(List.of(ACCESS, ByteBuffer.wrap(AccessChangeCodec.encode(change))));
  }

  private static byte[] encode(List<Object> fields) {
    return new AmqpWriter().writeValue(fields).toByteArray();
  }

  /**
   * Reads one record.
   *
   * @throws MalformedMessageException if it is none
   */
  static void read(byte[] bytes, Reader to) {
    if (!(new AmqpReader(bytes, 0, bytes.length).readValue() instanceof List<?> fields)
        || fields.isEmpty()) {
      throw new MalformedMessageException("not a topology record", 0);
    }
    String kind = String.valueOf(fields.get(0));
    switch (kind) {
      case CHANGE ->
          to.onChange(
              field(fields, 1, String.class), TopologyChangeCodec.decode(octets(fields, 2)));
      case ACCESS -> to.onAccessChange(AccessChangeCodec.decode(octets(fields, 1)));
      case DECLARE_QUEUE ->
          to.onQueueDeclared(
              new QueueDefinition(
                  field(fields, 1, String.class),
                  field(fields, 2, String.class),
                  field(fields, 3, Long.class),
                  true,
                  field(fields, 4, Boolean.class),
                  QueueDefinition.SHARED,
                  arguments(field(fields, 5, Map.class))));
      case PAUSE_QUEUE ->
          to.onQueuePaused(
              field(fields, 1, String.class),
              field(fields, 2, String.class),
              field(fields, 3, Boolean.class));
      case NEXT_QUEUE_ID -> to.onNextQueueId(field(fields, 1, Long.class));
      default -> throw new MalformedMessageException("unknown topology record " + kind, 0);
    }
  }

  private static byte[] octets(List<?> fields, int index) {
    ByteBuffer encoded = field(fields, index, ByteBuffer.class);
    byte[] octets = new byte[encoded.remaining()];
    encoded.duplicate().get(octets);
    return octets;
  }

  private static Map<String, Object> arguments(Map<?, ?> map) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    map.forEach(
        (name, value) -> {
          if (value != null) {
            arguments.put(String.valueOf(name), value);
          }
        });
    return arguments;
  }

  private static <T> T field(List<?> fields, int index, Class<T> type) {
    Object value = index < fields.size() ? fields.get(index) : null;
    if (!type.isInstance(value)) {
      throw new MalformedMessageException("field " + index + " of a topology record", 0);
    }
    return type.cast(value);
  }
}
