package dev.warren.core.broker;

import dev.warren.core.queue.DeathReason;
import dev.warren.core.queue.QueueOptions;
import java.util.Optional;

/**
 * What a queue would do with a message if it came now, as far as its figures of this moment tell.
 * Immutable.
 *
 * @param fate what becomes of it
 * @param certain false if it depends on what the figures do not tell: the sizes or levels of the
 *     messages that are there, or a consumer that takes some messages only
 * @param displaces whether older messages go because it comes
 * @param why in words
 * @param ttlMs how long it may stay, or {@link QueueOptions#NONE}
 * @param death why it becomes a dead letter at once; empty if it does not
 */
public record QueueForecast(
    Fate fate,
    boolean certain,
    boolean displaces,
    String why,
    long ttlMs,
    Optional<DeathReason> death) {

  /** What becomes of a message. */
  public enum Fate {
    /** It stays until a consumer takes it or it expires. */
    KEPT("kept"),
    /** A consumer waits for it. */
    TAKEN("taken"),
    /** The filter of the subscription does not match; its publisher hears nothing of that. */
    UNWANTED("unwanted"),
    /** Its time is over when it comes. */
    EXPIRED("expired"),
    /** The queue is too short for it, and drops what is at its head. */
    DROPPED("dropped"),
    /** The queue is full and refuses it. */
    REFUSED("refused"),
    /** A dead letter that came from here, and is not handed to this queue again. */
    CYCLE("cycle");

    private final String text;

    Fate(String text) {
      this.text = text;
    }

    /** The word for programs. */
    public String text() {
      return text;
    }
  }

  /** Whether the publisher is told that the queue has it. */
  public boolean accepts() {
    return fate != Fate.REFUSED;
  }

  /** Whether it stays. */
  public boolean isKept() {
    return fate == Fate.KEPT;
  }

  /** Whether it can become a dead letter here, at once or later. */
  public boolean mayDie() {
    return isKept() || fate == Fate.TAKEN || death.isPresent();
  }

  static QueueForecast cycle() {
    return new QueueForecast(
        Fate.CYCLE,
        true,
        false,
        "it died here before: it is not put here again, so that it does not go round for ever",
        QueueOptions.NONE,
        Optional.empty());
  }
}
