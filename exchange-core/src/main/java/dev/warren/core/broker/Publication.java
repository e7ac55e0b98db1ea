package dev.warren.core.broker;

import org.jspecify.annotations.Nullable;

/**
 * A message whose outcome depends on queues that may refuse it: counts their verdicts. Owned by the
 * publisher's loop; only made when a matched queue may reject.
 */
final class Publication {
  private static final Mail TAKEN_MAIL =
      (publication, queue) -> ((Publication) publication).onTaken();
  private static final Mail FULL_MAIL =
      (publication, queue) -> ((Publication) publication).onFull(String.valueOf(queue));
  private static final Mail GONE_MAIL =
      (publication, queue) -> ((Publication) publication).onGone();

  private final BrokerLoop loop;
  private final RoutingPublisher publisher;
  private final Object token;
  private int undecided;
  private int taken;
  private boolean durable;
  private boolean done;
  private @Nullable String refusedBy;

  Publication(
      BrokerLoop loop, RoutingPublisher publisher, Object token, int queues, boolean durable) {
    this.loop = loop;
    this.publisher = publisher;
    this.token = token;
    this.undecided = queues;
    this.durable = durable;
  }

  /** What a queue says of the message. */
  enum Verdict {
    /** It has it. */
    TAKEN,
    /** It is full. */
    FULL,
    /** It was deleted. */
    GONE
  }

  /** The mail which brings a queue's verdict to the publisher's loop. */
  static Mail mailOf(Verdict verdict) {
    return switch (verdict) {
      case TAKEN -> TAKEN_MAIL;
      case FULL -> FULL_MAIL;
      case GONE -> GONE_MAIL;
    };
  }

  BrokerLoop loop() {
    return loop;
  }

  private void onTaken() {
    taken++;
    onVerdict();
  }

  private void onFull(String queue) {
    refusedBy = queue;
    onVerdict();
  }

  private void onGone() {
    onVerdict();
  }

  private void onVerdict() {
    undecided--;
    finishIfKnown();
  }

  /** The journal has it. */
  void onDurable() {
    durable = true;
    finishIfKnown();
  }

  private void finishIfKnown() {
    if (done || undecided > 0) {
      return;
    }
    if (refusedBy != null) {
      done = true;
      publisher.onRefused(token, refusedBy);
    } else if (taken == 0) {
      done = true;
      publisher.onGone(token);
    } else if (durable) {
      done = true;
      publisher.onAccepted(token);
    }
  }
}
