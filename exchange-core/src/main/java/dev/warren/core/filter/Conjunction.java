package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.util.List;

/** {@code AND}: false if any term is, otherwise unknown if any is, otherwise true. */
record Conjunction(List<Expression> terms) implements Condition {
  Conjunction {
    terms = List.copyOf(terms);
  }

  @Override
  public Truth truth(Message message, long nowMs) {
    Truth result = Truth.TRUE;
    for (int i = 0; i < terms.size(); i++) {
      Truth term = terms.get(i).truth(message, nowMs);
      if (term == Truth.FALSE) {
        return term;
      }
      if (term == Truth.UNKNOWN) {
        result = term;
      }
    }
    return result;
  }
}
