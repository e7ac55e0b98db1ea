package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.util.List;

/** {@code OR}: true if any term is, otherwise unknown if any is, otherwise false. */
record Disjunction(List<Expression> terms) implements Condition {
  Disjunction {
    terms = List.copyOf(terms);
  }

  @Override
  public Truth truth(Message message, long nowMs) {
    Truth result = Truth.FALSE;
    for (int i = 0; i < terms.size(); i++) {
      Truth term = terms.get(i).truth(message, nowMs);
      if (term == Truth.TRUE) {
        return term;
      }
      if (term == Truth.UNKNOWN) {
        result = term;
      }
    }
    return result;
  }
}
