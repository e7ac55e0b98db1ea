package dev.warren.core.queue;

/**
 * The levels of a queue: a message of a higher level is delivered before those of lower ones
 * (contract §5.3). Immutable.
 *
 * @param highest the highest level; higher priorities count as this one. 0 to {@link #HIGHEST_MAX}
 * @param absent the level of a message without a priority
 */
public record Priorities(int highest, int absent) {
  /** The highest level a queue can have. */
  public static final int HIGHEST_MAX = 255;

  /** One level: messages are delivered in the order they came. */
  public static final Priorities NONE = new Priorities(0, 0);

  /** The levels of a quorum queue: 0 to 31, 4 for a message that names none. */
  public static final Priorities QUORUM = new Priorities(31, 4);

  /** Checks the levels. */
  public Priorities {
    if (highest < 0 || highest > HIGHEST_MAX || absent < 0 || absent > highest) {
      throw new IllegalArgumentException("no levels: " + highest + ", " + absent);
    }
  }

  /**
   * The levels of a classic queue with {@code x-max-priority}.
   *
   * @param highest the argument's value
   */
  public static Priorities upTo(int highest) {
    return highest == 0 ? NONE : new Priorities(highest, 0);
  }

  /**
   * The level of a message.
   *
   * @param priority as in its header, or {@link dev.warren.core.message.MessageHeader#ABSENT}
   */
  int level(int priority) {
    return priority < 0 ? absent : Math.min(priority, highest);
  }
}
