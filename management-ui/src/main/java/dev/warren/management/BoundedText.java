package dev.warren.management;

/**
 * Text that may be looked at only so often. A regular expression a client sends could backtrack for
 * hours; all names it is tried on share one budget of looks, after which it is refused. Owned by
 * the request that made it.
 */
final class BoundedText implements CharSequence {
  private final CharSequence text;
  private final Budget budget;

  BoundedText(CharSequence text, Budget budget) {
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
  static final class Budget {
    private long left;

    Budget(long looks) {
      this.left = looks;
    }

    private void spend() {
      if (--left < 0) {
        throw ApiException.badRequest("name: the regular expression takes too long");
      }
    }
  }
}
