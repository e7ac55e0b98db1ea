package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.util.List;

/** Several filters, all of which must match. Immutable. */
public final class AllOf implements MessageFilter {
  private final List<MessageFilter> filters;

  private AllOf(List<MessageFilter> filters) {
    this.filters = filters;
  }

  /** Their combination: {@link MessageFilter#ALL} for none, and the filter itself for one. */
  public static MessageFilter of(List<MessageFilter> filters) {
    return switch (filters.size()) {
      case 0 -> ALL;
      case 1 -> filters.get(0);
      default -> new AllOf(List.copyOf(filters));
    };
  }

  @Override
  public boolean matches(Message message, long nowMs) {
    for (int i = 0; i < filters.size(); i++) {
      if (!filters.get(i).matches(message, nowMs)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return "AllOf" + filters;
  }
}
