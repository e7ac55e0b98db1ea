package dev.warren.core.broker;

import dev.warren.core.broker.Management.MessageCounters;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What went through one connection, session or link since it began; a link's counts for its session
 * and connection too. Written by the connection's loop, read by any thread; each value on its own,
 * without the cost of a fence for the writer.
 */
public final class MessageTraffic {
  private static final VarHandle VALUES = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int PUBLISHED = 0;
  private static final int CONFIRMED = 1;
  private static final int RETURNED = 2;
  private static final int DROPPED = 3;
  private static final int DELIVERED = 4;
  private static final int DELIVERED_PRESETTLED = 5;
  private static final int REDELIVERED = 6;
  private static final int SETTLED = 7;
  private static final int COUNT = 8;

  private final @Nullable MessageTraffic whole;
  private final long[] values = new long[COUNT];

  /** Of a connection. */
  public MessageTraffic() {
    this(null);
  }

  private MessageTraffic(@Nullable MessageTraffic whole) {
    this.whole = whole;
  }

  /** Of a part of it: a session of a connection, a link of a session. */
  public MessageTraffic part() {
    return new MessageTraffic(this);
  }

  /** The broker took a message, or said what becomes of it at once. */
  public void published(Publisher.Result result, boolean presettled) {
    switch (result) {
      case NO_EXCHANGE -> {}
      case PARKED, NO_ROOM -> add(PUBLISHED);
      case ACCEPTED -> {
        add(PUBLISHED);
        if (!presettled) {
          add(CONFIRMED);
        }
      }
      case RELEASED -> {
        add(PUBLISHED);
        add(presettled ? DROPPED : RETURNED);
      }
    }
  }

  /** A message that was parked is accepted. */
  public void confirmed() {
    add(CONFIRMED);
  }

  /** A message was given to a consumer. */
  public void delivered(boolean presettled, boolean redelivered) {
    add(presettled ? DELIVERED_PRESETTLED : DELIVERED);
    if (redelivered) {
      add(REDELIVERED);
    }
  }

  /** A consumer accepted a delivery. */
  public void settled() {
    add(SETTLED);
  }

  private void add(int counter) {
    for (MessageTraffic traffic = this; traffic != null; traffic = traffic.whole) {
      VALUES.setOpaque(traffic.values, counter, traffic.values[counter] + 1);
    }
  }

  private long get(int counter) {
    return (long) VALUES.getOpaque(values, counter);
  }

  /** The values at present; any thread. */
  public MessageCounters counters() {
    return new MessageCounters(
        get(PUBLISHED),
        get(CONFIRMED),
        get(RETURNED),
        get(DROPPED),
        get(DELIVERED),
        get(DELIVERED_PRESETTLED),
        get(REDELIVERED),
        get(SETTLED),
        0,
        0);
  }
}
