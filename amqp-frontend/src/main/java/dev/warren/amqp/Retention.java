package dev.warren.amqp;

import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Terminus;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How long a link's state outlives the link (AMQP 1.0 §3.5.6): from the event the policy names, for
 * the time-out. Immutable.
 *
 * @param timeoutMs milliseconds
 */
record Retention(TerminusExpiryPolicy policy, long timeoutMs) {
  /** Nothing is kept. */
  static final Retention NONE = new Retention(TerminusExpiryPolicy.SESSION_END, 0);

  private static final long MS_PER_SECOND = 1000;

  /**
   * What is granted to a terminus. A time-out beyond the limit is shortened, and so is never; the
   * default of the specification, until the end of the session and no longer, is not worth keeping
   * anything for.
   */
  static Retention of(@Nullable Object terminus, long timeoutMsMax) {
    if (!(terminus instanceof Terminus asked) || timeoutMsMax == 0) {
      return NONE;
    }
    TerminusExpiryPolicy policy = asked.getExpiryPolicy();
    UnsignedInteger seconds = asked.getTimeout();
    long askedMs = seconds == null ? 0 : seconds.longValue() * MS_PER_SECOND;
    long timeoutMs = Math.min(askedMs, timeoutMsMax);
    if (policy == TerminusExpiryPolicy.NEVER) {
      return new Retention(policy, timeoutMsMax);
    }
    if (policy == TerminusExpiryPolicy.CONNECTION_CLOSE) {
      return new Retention(policy, timeoutMs);
    }
    return timeoutMs == 0 || policy == null ? NONE : new Retention(policy, timeoutMs);
  }

  boolean isNone() {
    return this.equals(NONE);
  }

  /** Says it in our end of the link. */
  void tell(Terminus own) {
    own.setExpiryPolicy(policy);
    own.setTimeout(UnsignedInteger.valueOf(timeoutMs / MS_PER_SECOND));
  }
}
