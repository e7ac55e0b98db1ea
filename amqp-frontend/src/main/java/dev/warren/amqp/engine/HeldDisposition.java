package dev.warren.amqp.engine;

import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Disposition;

/**
 * A disposition not yet written, because the next may continue its range (AMQP 1.0 §2.7.6). Owned
 * by the engine's owner; one object is used again and again.
 */
final class HeldDisposition {
  final Disposition frame = new Disposition();
  int channel;
  boolean isHeld;

  /** Takes the next one into the range if it follows and says the same. */
  boolean extend(int nextChannel, Disposition next) {
    if (!isHeld
        || channel != nextChannel
        || frame.getSettled() != next.getSettled()
        || frame.getState() != next.getState()
        || frame.getLast().intValue() + 1 != next.getFirst().intValue()) {
      return false;
    }
    frame.setLast(lastOf(next));
    return true;
  }

  /** Begins a range. */
  void hold(int newChannel, Disposition next) {
    channel = newChannel;
    isHeld = true;
    frame.setRole(next.getRole());
    frame.setFirst(next.getFirst());
    frame.setLast(lastOf(next));
    frame.setSettled(next.getSettled());
    frame.setState(next.getState());
  }

  private static UnsignedInteger lastOf(Disposition disposition) {
    UnsignedInteger last = disposition.getLast();
    return last == null ? disposition.getFirst() : last;
  }
}
