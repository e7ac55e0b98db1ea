package dev.warren.core.message;

/** Bytes that are not what AMQP 1.0 part 1 (types) or part 3 (messaging) allows. */
public final class MalformedMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with what was wrong and at which byte offset. */
  public MalformedMessageException(String what, int offset) {
    super(what + " at byte " + offset);
  }
}
