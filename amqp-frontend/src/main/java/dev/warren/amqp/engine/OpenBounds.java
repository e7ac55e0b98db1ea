package dev.warren.amqp.engine;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what is kept of a client's open for as long as its connection lasts: a frame of the
 * largest size may hold tens of thousands of properties. Stateless.
 */
final class OpenBounds {
  /** Longest container id, in bytes of UTF-8; subscriptions and kept links are named by it. */
  static final int CONTAINER_ID_BYTES_MAX = 1024;

  private static final int HOSTNAME_CHARS_MAX = 1024;
  private static final int PROPERTIES_MAX = 64;
  private static final int NAME_CHARS_MAX = 256;
  private static final int TEXT_CHARS_MAX = 1024;

  private OpenBounds() {}

  /** Whether the container id is too long to be kept. */
  static boolean isContainerIdTooLong(Open open) {
    return open.getContainerId().getBytes(StandardCharsets.UTF_8).length > CONTAINER_ID_BYTES_MAX;
  }

  /** Whether the hostname, which names a virtual host, is too long to be kept. */
  static boolean isHostnameTooLong(Open open) {
    return open.getHostname() != null && open.getHostname().length() > HOSTNAME_CHARS_MAX;
  }

  /** What is asked of the state a sender tells: the transaction, but not the outcome in it. */
  static @Nullable DeliveryState cut(@Nullable DeliveryState state) {
    if (state instanceof TransactionalState work) {
      work.setOutcome(null);
      return work;
    }
    return null;
  }

  /** Leaves of the properties what an operator is shown, and of the capabilities nothing. */
  static void cut(Open open) {
    open.setProperties(cut(open.getProperties()));
    open.setOfferedCapabilities();
    open.setDesiredCapabilities();
  }

  private static @Nullable Map<Symbol, Object> cut(@Nullable Map<?, ?> told) {
    if (told == null) {
      return null;
    }
    Map<Symbol, Object> kept = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : told.entrySet()) {
      if (kept.size() == PROPERTIES_MAX) {
        break;
      }
      Object value = entry.getValue();
      if (entry.getKey() instanceof Symbol name && name.length() <= NAME_CHARS_MAX) {
        boolean isPlain = value instanceof Number || value instanceof Boolean;
        kept.put(name, isPlain ? value : cut(String.valueOf(value)));
      }
    }
    return kept;
  }

  private static String cut(String text) {
    return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX) + "…";
  }
}
