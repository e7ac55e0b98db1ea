package dev.warren.amqp;

import dev.warren.core.broker.MessageTraffic;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.jspecify.annotations.Nullable;

/** One attached link. Owned by the connection's loop. */
interface LinkHandler {
  /** The protocol's end of it. */
  Link link();

  /** What went through it, if messages do. */
  default @Nullable MessageTraffic traffic() {
    return null;
  }

  /** How long the peer may hold a delivery, or 0 for any time. */
  default long consumerTimeoutMs() {
    return 0;
  }

  /** {@link #onTickEnd} is to be called at the end of this tick. */
  void touch();

  /** The peer changed the credit or asked for the state. */
  void onFlow();

  /** A transfer arrived, or the peer changed the state of a delivery. */
  void onDelivery(Delivery delivery);

  /**
   * The link is over: what it holds in the broker is given up. May be called twice.
   *
   * @param lost whether the session or connection went, rather than the link alone
   */
  void release(boolean lost);

  /**
   * The link is detached but not closed: what it holds is kept, if it asked for that, and else
   * given up as by {@link #release}.
   */
  default void suspend(boolean lost) {
    release(lost);
  }

  /** Somebody else attaches the link: it is detached here, and what it holds is kept. */
  default void steal() {
    throw new IllegalStateException("the link is not kept");
  }

  /** Why the user may not have this link any more, or null if he may. */
  default @Nullable ErrorCondition accessRefusal() {
    return null;
  }

  /** The end of a tick in which {@link ConnectionHandler#touch} was called for this link. */
  void onTickEnd();
}
