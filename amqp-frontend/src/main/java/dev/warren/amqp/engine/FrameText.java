package dev.warren.amqp.engine;

import java.util.HexFormat;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;

/**
 * A performative as one line of text for the trace. Fields of the protocol are shown with their
 * values; of maps only the names, because the values are an application's: properties, filters,
 * annotations, error infos. A peer's text is cut and cannot break the line. Stateless.
 */
final class FrameText {
  private static final int TEXT_CHARS_MAX = 256;
  private static final int NAMES_MAX = 32;
  private static final int TAG_BYTES_MAX = 32;

  private FrameText() {}

  static void append(StringBuilder out, Object body) {
    if (body instanceof Transfer transfer) {
      transfer(out, transfer);
    } else if (body instanceof Disposition disposition) {
      disposition(out, disposition);
    } else if (body instanceof Flow flow) {
      flow(out, flow);
    } else if (body instanceof Attach attach) {
      attach(out, attach);
    } else if (body instanceof Detach detach) {
      out.append("detach");
      field(out, "handle", detach.getHandle());
      field(out, "closed", detach.getClosed());
      error(out, detach.getError(), true);
    } else if (body instanceof Begin begin) {
      begin(out, begin);
    } else if (body instanceof End end) {
      out.append("end");
      error(out, end.getError(), true);
    } else if (body instanceof Open open) {
      open(out, open);
    } else if (body instanceof Close close) {
      out.append("close");
      error(out, close.getError(), true);
    } else {
      out.append(body.getClass().getSimpleName());
    }
  }

  private static void open(StringBuilder out, Open open) {
    out.append("open");
    text(out, "container-id", open.getContainerId());
    text(out, "hostname", open.getHostname());
    field(out, "max-frame-size", open.getMaxFrameSize());
    field(out, "channel-max", open.getChannelMax());
    field(out, "idle-time-out", open.getIdleTimeOut());
    symbols(out, "offered-capabilities", open.getOfferedCapabilities());
    symbols(out, "desired-capabilities", open.getDesiredCapabilities());
    names(out, "properties", open.getProperties());
  }

  private static void begin(StringBuilder out, Begin begin) {
    out.append("begin");
    field(out, "remote-channel", begin.getRemoteChannel());
    field(out, "next-outgoing-id", begin.getNextOutgoingId());
    field(out, "incoming-window", begin.getIncomingWindow());
    field(out, "outgoing-window", begin.getOutgoingWindow());
    field(out, "handle-max", begin.getHandleMax());
    names(out, "properties", begin.getProperties());
  }

  private static void attach(StringBuilder out, Attach attach) {
    out.append("attach");
    text(out, "name", attach.getName());
    field(out, "handle", attach.getHandle());
    field(out, "role", attach.getRole());
    field(out, "snd-settle-mode", attach.getSndSettleMode());
    field(out, "rcv-settle-mode", attach.getRcvSettleMode());
    source(out, attach.getSource());
    target(out, attach.getTarget());
    names(out, "unsettled", attach.getUnsettled());
    field(out, "incomplete-unsettled", attach.getIncompleteUnsettled() ? Boolean.TRUE : null);
    field(out, "initial-delivery-count", attach.getInitialDeliveryCount());
    field(out, "max-message-size", attach.getMaxMessageSize());
    symbols(out, "offered-capabilities", attach.getOfferedCapabilities());
    symbols(out, "desired-capabilities", attach.getDesiredCapabilities());
    names(out, "properties", attach.getProperties());
  }

  private static void source(StringBuilder out, @Nullable Object source) {
    if (source instanceof Source terminus) {
      out.append(" source={");
      text(out, "address", terminus.getAddress());
      field(out, "durable", unlessNone(terminus.getDurable()));
      field(out, "expiry-policy", terminus.getExpiryPolicy());
      field(out, "timeout", terminus.getTimeout());
      field(out, "dynamic", terminus.getDynamic() ? Boolean.TRUE : null);
      names(out, "dynamic-node-properties", terminus.getDynamicNodeProperties());
      field(out, "distribution-mode", terminus.getDistributionMode());
      names(out, "filter", terminus.getFilter());
      symbols(out, "outcomes", terminus.getOutcomes());
      symbols(out, "capabilities", terminus.getCapabilities());
      out.append(" }");
    } else {
      out.append(" source=").append(source == null ? "none" : source.getClass().getSimpleName());
    }
  }

  private static void target(StringBuilder out, @Nullable Object target) {
    if (target instanceof Target terminus) {
      out.append(" target={");
      text(out, "address", terminus.getAddress());
      field(out, "durable", unlessNone(terminus.getDurable()));
      field(out, "expiry-policy", terminus.getExpiryPolicy());
      field(out, "timeout", terminus.getTimeout());
      field(out, "dynamic", terminus.getDynamic() ? Boolean.TRUE : null);
      names(out, "dynamic-node-properties", terminus.getDynamicNodeProperties());
      symbols(out, "capabilities", terminus.getCapabilities());
      out.append(" }");
    } else {
      out.append(" target=").append(target == null ? "none" : target.getClass().getSimpleName());
    }
  }

  private static @Nullable Object unlessNone(@Nullable TerminusDurability durability) {
    return durability == TerminusDurability.NONE ? null : durability;
  }

  private static void flow(StringBuilder out, Flow flow) {
    out.append("flow");
    field(out, "next-incoming-id", flow.getNextIncomingId());
    field(out, "incoming-window", flow.getIncomingWindow());
    field(out, "next-outgoing-id", flow.getNextOutgoingId());
    field(out, "outgoing-window", flow.getOutgoingWindow());
    field(out, "handle", flow.getHandle());
    field(out, "delivery-count", flow.getDeliveryCount());
    field(out, "link-credit", flow.getLinkCredit());
    field(out, "available", flow.getAvailable());
    field(out, "drain", flow.getDrain());
    field(out, "echo", flow.getEcho());
    names(out, "properties", flow.getProperties());
  }

  private static void transfer(StringBuilder out, Transfer transfer) {
    out.append("transfer");
    field(out, "handle", transfer.getHandle());
    field(out, "delivery-id", transfer.getDeliveryId());
    bytes(out, "delivery-tag", transfer.getDeliveryTag());
    field(out, "message-format", transfer.getMessageFormat());
    field(out, "settled", transfer.getSettled());
    field(out, "more", transfer.getMore());
    field(out, "rcv-settle-mode", transfer.getRcvSettleMode());
    state(out, transfer.getState());
    field(out, "resume", transfer.getResume() ? Boolean.TRUE : null);
    field(out, "aborted", transfer.getAborted() ? Boolean.TRUE : null);
    field(out, "batchable", transfer.getBatchable() ? Boolean.TRUE : null);
  }

  private static void disposition(StringBuilder out, Disposition disposition) {
    out.append("disposition");
    field(out, "role", disposition.getRole());
    field(out, "first", disposition.getFirst());
    field(out, "last", disposition.getLast());
    field(out, "settled", disposition.getSettled());
    state(out, disposition.getState());
    field(out, "batchable", disposition.getBatchable() ? Boolean.TRUE : null);
  }

  private static void state(StringBuilder out, @Nullable Object state) {
    if (state == null) {
      return;
    }
    out.append(" state=").append(state.getClass().getSimpleName());
    if (state instanceof Rejected rejected) {
      error(out, rejected.getError(), false);
    } else if (state instanceof Modified modified) {
      field(out, "delivery-failed", modified.getDeliveryFailed());
      field(out, "undeliverable-here", modified.getUndeliverableHere());
      names(out, "message-annotations", modified.getMessageAnnotations());
    } else if (state instanceof Received received) {
      field(out, "section-number", received.getSectionNumber());
      field(out, "section-offset", received.getSectionOffset());
    } else if (state instanceof TransactionalState transactional) {
      bytes(out, "txn-id", transactional.getTxnId());
      state(out, transactional.getOutcome());
    } else if (state instanceof Declared declared) {
      bytes(out, "txn-id", declared.getTxnId());
    }
  }

  /** The description of an outcome is an application's; that of an endpoint is the protocol's. */
  private static void error(
      StringBuilder out, @Nullable ErrorCondition error, boolean withDescription) {
    if (error == null) {
      return;
    }
    text(out, "error", String.valueOf(error.getCondition()));
    if (withDescription) {
      text(out, "description", error.getDescription());
      names(out, "info", error.getInfo());
    }
  }

  private static void field(StringBuilder out, String name, @Nullable Object value) {
    if (value != null) {
      out.append(' ').append(name).append('=');
      clean(out, value.toString());
    }
  }

  private static void text(StringBuilder out, String name, @Nullable String value) {
    if (value != null) {
      out.append(' ').append(name).append("=\"");
      clean(out, value);
      out.append('"');
    }
  }

  private static void bytes(StringBuilder out, String name, @Nullable Binary value) {
    if (value != null) {
      int shown = Math.min(value.getLength(), TAG_BYTES_MAX);
      int from = value.getArrayOffset();
      out.append(' ').append(name).append("=0x");
      out.append(HexFormat.of().formatHex(value.getArray(), from, from + shown));
    }
  }

  private static void symbols(StringBuilder out, String name, Symbol @Nullable [] values) {
    if (values != null) {
      out.append(' ').append(name).append("=[");
      for (int i = 0; i < Math.min(values.length, NAMES_MAX); i++) {
        out.append(i == 0 ? "" : ",");
        clean(out, String.valueOf(values[i]));
      }
      out.append(']');
    }
  }

  private static void names(StringBuilder out, String name, @Nullable Map<?, ?> map) {
    if (map == null || map.isEmpty()) {
      return;
    }
    out.append(' ').append(name).append("=[");
    int shown = 0;
    for (Object key : map.keySet()) {
      if (shown == NAMES_MAX) {
        out.append(",...");
        break;
      }
      out.append(shown++ == 0 ? "" : ",");
      clean(out, String.valueOf(key));
    }
    out.append(']');
  }

  private static void clean(StringBuilder out, String value) {
    int shown = Math.min(value.length(), TEXT_CHARS_MAX);
    for (int i = 0; i < shown; i++) {
      char next = value.charAt(i);
      out.append(Character.isISOControl(next) || next == '"' ? '?' : next);
    }
    if (shown < value.length()) {
      out.append("...");
    }
  }
}
