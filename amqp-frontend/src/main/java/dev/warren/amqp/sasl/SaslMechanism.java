package dev.warren.amqp.sasl;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One login by one mechanism: takes responses until there is an outcome. Owned by one loop. */
public abstract class SaslMechanism {
  /** More than any mechanism has. */
  private static final int STEPS_MAX = 4;

  private final Refusals refusals;
  private boolean asked;
  private int steps;

  /** How to say no. */
  interface Refusals {
    /** What came is not what belongs there. */
    SaslAnswer malformed(String text);
  }

  SaslMechanism(Refusals refusals) {
    this.refusals = refusals;
  }

  /**
   * Takes what the client says.
   *
   * @param hasResponse false if it has chosen the mechanism and said nothing with it
   * @return never fails; completes on any thread, or has already
   */
  public final CompletionStage<SaslAnswer> respond(boolean hasResponse, byte[] response) {
    if (!hasResponse && !isOptional()) {
      if (asked) {
        return now(malformed("no response"));
      }
      asked = true;
      return now(SaslAnswer.Challenge.EMPTY);
    }
    asked = true;
    return ++steps > STEPS_MAX ? now(malformed("too many responses")) : step(response);
  }

  /** Whether nothing needs to be said with the choice of the mechanism. */
  boolean isOptional() {
    return false;
  }

  /** Takes a response; empty if there was none. */
  abstract CompletionStage<SaslAnswer> step(byte[] response);

  final SaslAnswer malformed(String text) {
    return refusals.malformed(text);
  }

  static CompletionStage<SaslAnswer> now(SaslAnswer answer) {
    return CompletableFuture.completedFuture(answer);
  }
}
