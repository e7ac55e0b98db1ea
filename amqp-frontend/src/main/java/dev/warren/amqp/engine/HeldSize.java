package dev.warren.amqp.engine;

import java.lang.reflect.Array;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * About how many octets of memory a link holds because of what its peer said when it attached. A
 * few octets of a frame can become twenty times as many of objects, and they stay as long as the
 * link does. Stateless.
 *
 * <p>Nesting needs no bound here: the decoder has one.
 */
final class HeldSize {
  private static final int OBJECT = 16;
  private static final long TEXT = 56;
  private static final int ENTRY = 48;
  private static final int REFERENCE = 8;

  private HeldSize() {}

  /** Of what is kept of an attach: both termini, the properties, the unsettled deliveries. */
  static long of(Attach attach) {
    long size = of(attach.getProperties()) + of(attach.getUnsettled());
    size += ofArray(attach.getOfferedCapabilities()) + ofArray(attach.getDesiredCapabilities());
    if (attach.getSource() instanceof Source source) {
      size +=
          of(source.getAddress())
              + of(source.getFilter())
              + of(source.getDynamicNodeProperties())
              + of(source.getDefaultOutcome())
              + ofArray(source.getOutcomes())
              + ofArray(source.getCapabilities());
    }
    if (attach.getTarget() instanceof Coordinator coordinator) {
      size += ofArray(coordinator.getCapabilities());
    }
    if (attach.getTarget() instanceof Target target) {
      size +=
          of(target.getAddress())
              + of(target.getDynamicNodeProperties())
              + ofArray(target.getCapabilities());
    }
    return size;
  }

  private static long of(@Nullable Object value) {
    if (value == null) {
      return 0;
    }
    if (value instanceof CharSequence text) {
      return TEXT + text.length();
    }
    if (value instanceof Binary binary) {
      return TEXT + binary.getLength();
    }
    if (value instanceof Map<?, ?> map) {
      long size = TEXT;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        size += ENTRY + of(entry.getKey()) + of(entry.getValue());
      }
      return size;
    }
    if (value instanceof Iterable<?> items) {
      long size = TEXT;
      for (Object item : items) {
        size += REFERENCE + of(item);
      }
      return size;
    }
    if (value instanceof Modified modified) {
      return OBJECT + of(modified.getMessageAnnotations());
    }
    if (value instanceof Rejected rejected) {
      ErrorCondition error = rejected.getError();
      return OBJECT + (error == null ? 0 : TEXT + of(error.getDescription()) + of(error.getInfo()));
    }
    if (value instanceof TransactionalState work) {
      return OBJECT + of(work.getTxnId()) + of(work.getOutcome());
    }
    if (value instanceof DescribedType described) {
      return OBJECT + of(described.getDescriptor()) + of(described.getDescribed());
    }
    return value.getClass().isArray() ? ofArray(value) : OBJECT;
  }

  private static long ofArray(@Nullable Object array) {
    if (array == null) {
      return 0;
    }
    int length = Array.getLength(array);
    long size = OBJECT + (long) REFERENCE * length;
    if (array instanceof Object[] values) {
      for (Object value : values) {
        size += of(value);
      }
    }
    return size;
  }
}
