package dev.warren.core.filter;

import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import org.jspecify.annotations.Nullable;

/** A field of the header section (AMQP 1.0 §3.2.1) which is the message's, not the delivery's. */
enum HeaderField implements Operand {
  DURABLE {
    @Override
    public Object value(Message message, long nowMs) {
      return message.header().durable();
    }
  },
  /** Absent means 4, as AMQP says. */
  PRIORITY {
    @Override
    public Object value(Message message, long nowMs) {
      int priority = message.header().priority();
      return (long) (priority == MessageHeader.ABSENT ? DEFAULT_PRIORITY : priority);
    }
  },
  TTL {
    @Override
    public @Nullable Object value(Message message, long nowMs) {
      return message.header().hasTtl() ? (Object) message.header().ttlMs() : null;
    }
  },
  /** Durability in the words of JMS. */
  DELIVERY_MODE {
    @Override
    public Object value(Message message, long nowMs) {
      return message.header().durable() ? "PERSISTENT" : "NON_PERSISTENT";
    }
  };

  private static final int DEFAULT_PRIORITY = 4;

  /** The field of this name, or null. */
  static @Nullable HeaderField named(String name) {
    return switch (name) {
      case "durable" -> DURABLE;
      case "priority" -> PRIORITY;
      case "ttl" -> TTL;
      default -> null;
    };
  }
}
