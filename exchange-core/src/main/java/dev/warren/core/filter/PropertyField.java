package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A field of the properties section (AMQP 1.0 §3.2.4), in the order of that section. */
enum PropertyField implements Operand {
  MESSAGE_ID(0),
  USER_ID(1),
  TO(2),
  SUBJECT(3),
  REPLY_TO(4),
  CORRELATION_ID(5),
  CONTENT_TYPE(6),
  CONTENT_ENCODING(7),
  ABSOLUTE_EXPIRY_TIME(8),
  CREATION_TIME(9),
  GROUP_ID(10),
  GROUP_SEQUENCE(11),
  REPLY_TO_GROUP_ID(12);

  private static final PropertyField[] ALL = values();

  private final int index;
  private final String underscored = name().toLowerCase(Locale.ROOT);
  private final String hyphenated = underscored.replace('_', '-');

  PropertyField(int index) {
    this.index = index;
  }

  /** The field of this name with underscores, or null. */
  static @Nullable PropertyField underscored(String name) {
    for (PropertyField field : ALL) {
      if (field.underscored.equals(name)) {
        return field;
      }
    }
    return null;
  }

  /** The field of this name with hyphens, as the specification writes it, or null. */
  static @Nullable PropertyField hyphenated(String name) {
    for (PropertyField field : ALL) {
      if (field.hyphenated.equals(name)) {
        return field;
      }
    }
    return null;
  }

  @Override
  public @Nullable Object value(Message message, long nowMs) {
    return FieldValues.comparable(message.property(index));
  }
}
