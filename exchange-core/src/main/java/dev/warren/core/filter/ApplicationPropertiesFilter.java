package dev.warren.core.filter;

import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Application properties with the values they must have, all of them (AMQP Filter Expressions 1.0
 * §4.2.5). A message without one of them does not match. Immutable.
 */
public final class ApplicationPropertiesFilter implements MessageFilter {
  private final ApplicationProperty[] properties;
  private final ValueMatch[] matches;

  private ApplicationPropertiesFilter(int size) {
    properties = new ApplicationProperty[size];
    matches = new ValueMatch[size];
  }

  /**
   * A filter.
   *
   * @param references from 1 to 16 names to their values, of the types of {@link
   *     dev.warren.core.message.AmqpReader}
   * @throws InvalidFilterException if there are more or fewer, or a string has an unknown modifier
   */
  public static ApplicationPropertiesFilter of(Map<String, ? extends @Nullable Object> references) {
    ValueMatch.checkSize(references);
    ApplicationPropertiesFilter filter = new ApplicationPropertiesFilter(references.size());
    int i = 0;
    for (Map.Entry<String, ? extends @Nullable Object> entry : references.entrySet()) {
      filter.properties[i] = new ApplicationProperty(entry.getKey());
      filter.matches[i++] = ValueMatch.of(entry.getValue());
    }
    return filter;
  }

  @Override
  public boolean matches(Message message, long nowMs) {
    try {
      for (int i = 0; i < properties.length; i++) {
        Object value = properties[i].value(message, nowMs);
        if (value == null || !matches[i].matches(value)) {
          return false;
        }
      }
      return true;
    } catch (MalformedMessageException e) {
      return false;
    }
  }
}
