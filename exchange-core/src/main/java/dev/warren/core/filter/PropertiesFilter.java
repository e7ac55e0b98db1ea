package dev.warren.core.filter;

import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fields of the properties section with the values they must have, all of them (AMQP Filter
 * Expressions 1.0 §4.2.4). Immutable.
 */
public final class PropertiesFilter implements MessageFilter {
  private final PropertyField[] fields;
  private final ValueMatch[] matches;

  private PropertiesFilter(int size) {
    fields = new PropertyField[size];
    matches = new ValueMatch[size];
  }

  /**
   * A filter.
   *
   * @param references from 1 to 16 fields, named as the specification does ({@code message-id}), to
   *     their values, of the types of {@link dev.warren.core.message.AmqpReader}
   * @throws InvalidFilterException if there are more or fewer, a field is unknown, or a string has
   *     an unknown modifier
   */
  public static PropertiesFilter of(Map<String, ? extends @Nullable Object> references) {
    ValueMatch.checkSize(references);
    PropertiesFilter filter = new PropertiesFilter(references.size());
    int i = 0;
    for (Map.Entry<String, ? extends @Nullable Object> entry : references.entrySet()) {
      PropertyField field = PropertyField.hyphenated(entry.getKey());
      if (field == null) {
        throw new InvalidFilterException(
            "found "
                + Token.shown(entry.getKey())
                + ", expected a field of the properties section");
      }
      filter.fields[i] = field;
      filter.matches[i++] = ValueMatch.of(entry.getValue());
    }
    return filter;
  }

  @Override
  public boolean matches(Message message, long nowMs) {
    try {
      for (int i = 0; i < fields.length; i++) {
        if (!matches[i].matches(fields[i].value(message, nowMs))) {
          return false;
        }
      }
      return true;
    } catch (MalformedMessageException e) {
      return false;
    }
  }
}
