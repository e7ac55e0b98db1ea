package dev.warren.amqp;

import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;

/** One attached link. Owned by the connection's loop. */
interface LinkHandler {
  /** The protocol's end of it. */
  Link link();

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

  /** The end of a tick in which {@link ConnectionHandler#touch} was called for this link. */
  void onTickEnd();
}
