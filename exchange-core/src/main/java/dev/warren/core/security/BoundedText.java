package dev.warren.core.security;

/**
 * Text that may be looked at only so often: a regular expression could backtrack for hours. All
 * texts that share a budget end with {@link ExhaustedException} when it is spent. Owned by whoever
 * made it.
 */
public final class BoundedText implements CharSequence {
  private final CharSequence text;
  private final Budget budget;

  /** The text, for as many looks as the budget has left. */
  public BoundedText(CharSequence text, Budget budget) {
    this.text = text;
    this.budget = budget;
  }

  @Override
  public char charAt(int index) {
    budget.spend();
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new BoundedText(text.subSequence(start, end), budget);
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /** How many looks are left. */
  public static final class Budget {
    private long left;

    /** So many. */
    public Budget(long looks) {
      this.left = looks;
    }

    private void spend() {
      if (--left < 0) {
        throw new ExhaustedException();
      }
    }
  }

  /** The budget is spent. */
  public static final class ExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExhaustedException() {
      super("the regular expression takes too long", null, false, false);
    }
  }
}
