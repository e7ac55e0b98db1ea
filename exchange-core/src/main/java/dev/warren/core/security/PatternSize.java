package dev.warren.core.security;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large a regular expression becomes when its counted repetitions are written out, which is how
 * matchers without backtracking keep it. An estimate from the text, never much too small; the text
 * need not be well-formed. Stateless but for one reading.
 */
final class PatternSize {
  private static final long MAX = 1L << 40;
  private static final String CHOICES = "|?*+{";

  private final String text;
  private final Deque<Long> outer = new ArrayDeque<>();
  private int at;

  /** Of the group being read, without its last atom. */
  private long sum;

  private long atom;

  private PatternSize(String text) {
    this.text = text;
  }

  /** The size, in atoms. */
  static long of(String text) {
    return new PatternSize(text).read();
  }

  /** In how many places a matcher may have to choose: alternatives and quantifiers. */
  static int choices(String text) {
    int found = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (CHOICES.indexOf(c) >= 0 && !(c == '?' && i > 0 && text.charAt(i - 1) == '(')) {
        found++;
      }
    }
    return found;
  }

  private long read() {
    while (at < text.length()) {
      char c = text.charAt(at++);
      switch (c) {
        case '\\' -> escape();
        case '[' -> characterClass();
        case '(' -> {
          outer.push(Math.min(MAX, sum + atom));
          sum = 0;
          atom = 0;
        }
        case ')' -> {
          long group = Math.min(MAX, sum + atom) + 2;
          sum = outer.isEmpty() ? 0 : outer.pop();
          atom = group;
        }
        case '{' -> repetition();
        default -> next();
      }
    }
    long size = sum + atom;
    for (long left : outer) {
      size = Math.min(MAX, size + left);
    }
    return size;
  }

  private void next() {
    sum = Math.min(MAX, sum + atom);
    atom = 1;
  }

  private void escape() {
    if (text.startsWith("Q", at)) {
      int end = text.indexOf("\\E", at);
      int literal = (end < 0 ? text.length() : end) - at - 1;
      sum = Math.min(MAX, sum + literal);
      at = end < 0 ? text.length() : end + 2;
    } else {
      at++;
      if (text.startsWith("{", at) && "pPxo".indexOf(text.charAt(at - 1)) >= 0) {
        at = after('}');
      }
    }
    next();
  }

  private void characterClass() {
    if (text.startsWith("^", at)) {
      at++;
    }
    if (text.startsWith("]", at)) {
      at++;
    }
    while (at < text.length() && text.charAt(at) != ']') {
      if (text.startsWith("[:", at)) {
        at = after(']');
      } else {
        at += text.charAt(at) == '\\' ? 2 : 1;
      }
    }
    at++;
    next();
  }

  private int after(char end) {
    int found = text.indexOf(end, at);
    return found < 0 ? text.length() : found + 1;
  }

  /** {@code {n}}, {@code {n,}} or {@code {n,m}}; what else begins with a brace is an atom. */
  private void repetition() {
    int end = text.indexOf('}', at);
    String inside = end < 0 ? "" : text.substring(at, end);
    if (!inside.matches("\\d{1,9}(,\\d{0,9})?")) {
      next();
      return;
    }
    long times = 1;
    for (String count : inside.split(",", -1)) {
      times = Math.max(times, count.isEmpty() ? 1 : Long.parseLong(count));
    }
    atom = Math.min(MAX, Math.max(1, atom) * (times + 1));
    at = end + 1;
  }
}
