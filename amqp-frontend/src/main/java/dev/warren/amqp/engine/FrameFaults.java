package dev.warren.amqp.engine;

import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;

/**
 * What proton-j does not notice when it decodes a performative: [2.7] a mandatory field missing
 * because its list ends before it, and [2.8.13] a map of fields with a key that is no symbol.
 * Stateless.
 */
final class FrameFaults {
  private FrameFaults() {}

  /** The first fault, or null if there is none. */
  static @Nullable String in(@Nullable Object body) {
    String missing = missing(body);
    if (missing != null) {
      return missing + " is mandatory";
    }
    String map = mapWithOtherKeys(body);
    return map == null ? null : "a key of " + map + " is not a symbol";
  }

  private static @Nullable String mapWithOtherKeys(@Nullable Object body) {
    if (body instanceof Transfer transfer) {
      return inState(transfer.getState());
    }
    if (body instanceof Disposition disposition) {
      return inState(disposition.getState());
    }
    if (body instanceof Flow flow) {
      return others(flow.getProperties(), "flow.properties");
    }
    if (body instanceof Attach attach) {
      return inAttach(attach);
    }
    if (body instanceof Begin begin) {
      return others(begin.getProperties(), "begin.properties");
    }
    return body instanceof Open open ? others(open.getProperties(), "open.properties") : null;
  }

  private static @Nullable String inState(@Nullable Object state) {
    Object outcome =
        state instanceof TransactionalState transactional ? transactional.getOutcome() : state;
    return outcome instanceof Modified modified
        ? others(modified.getMessageAnnotations(), "modified.message-annotations")
        : null;
  }

  private static @Nullable String inAttach(Attach attach) {
    String found = others(attach.getProperties(), "attach.properties");
    if (found == null && attach.getSource() instanceof Source source) {
      found = others(source.getFilter(), "source.filter");
      if (found == null) {
        found = others(source.getDynamicNodeProperties(), "source.dynamic-node-properties");
      }
    }
    if (found == null && attach.getTarget() instanceof Target target) {
      found = others(target.getDynamicNodeProperties(), "target.dynamic-node-properties");
    }
    return found;
  }

  private static @Nullable String others(@Nullable Map<?, ?> map, String name) {
    if (map != null) {
      for (Object key : map.keySet()) {
        if (!(key instanceof Symbol)) {
          return name;
        }
      }
    }
    return null;
  }

  private static @Nullable String missing(@Nullable Object body) {
    if (body instanceof Transfer transfer) {
      return transfer.getHandle() == null ? "transfer.handle" : null;
    }
    if (body instanceof Disposition disposition) {
      return disposition.getRole() == null
          ? "disposition.role"
          : disposition.getFirst() == null ? "disposition.first" : null;
    }
    if (body instanceof Flow flow) {
      return flow.getIncomingWindow() == null
          ? "flow.incoming-window"
          : flow.getNextOutgoingId() == null
              ? "flow.next-outgoing-id"
              : flow.getOutgoingWindow() == null ? "flow.outgoing-window" : null;
    }
    if (body instanceof Attach attach) {
      return attach.getName() == null
          ? "attach.name"
          : attach.getHandle() == null
              ? "attach.handle"
              : attach.getRole() == null ? "attach.role" : null;
    }
    if (body instanceof Detach detach) {
      return detach.getHandle() == null ? "detach.handle" : null;
    }
    if (body instanceof Begin begin) {
      return begin.getNextOutgoingId() == null
          ? "begin.next-outgoing-id"
          : begin.getIncomingWindow() == null
              ? "begin.incoming-window"
              : begin.getOutgoingWindow() == null ? "begin.outgoing-window" : null;
    }
    return body instanceof Open open && open.getContainerId() == null ? "open.container-id" : null;
  }
}
