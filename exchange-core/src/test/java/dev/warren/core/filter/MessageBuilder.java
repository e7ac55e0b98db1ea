package dev.warren.core.filter;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.message.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages for filters to look at, encoded as a client would. */
final class MessageBuilder {
  private static final int FIELDS = 13;

  private final List<@Nullable Object> properties =
      new ArrayList<>(Arrays.asList(new @Nullable Object[FIELDS]));
  private final Map<String, @Nullable Object> application = new LinkedHashMap<>();
  private final Map<Symbol, @Nullable Object> annotations = new LinkedHashMap<>();
  private MessageHeader header = MessageHeader.DURABLE;
  private long publisherId = Message.UNKNOWN_PUBLISHER;
  private boolean hasProperties;

  static MessageBuilder aMessage() {
    return new MessageBuilder();
  }

  MessageBuilder header(MessageHeader values) {
    header = values;
    return this;
  }

  MessageBuilder property(PropertyField field, Object value) {
    properties.set(List.of(PropertyField.values()).indexOf(field), value);
    hasProperties = true;
    return this;
  }

  MessageBuilder with(String name, @Nullable Object value) {
    application.put(name, value);
    return this;
  }

  MessageBuilder annotation(String name, Object value) {
    annotations.put(new Symbol(name), value);
    return this;
  }

  MessageBuilder publishedBy(long connectionId) {
    publisherId = connectionId;
    return this;
  }

  Message build() {
    AmqpWriter bare = new AmqpWriter();
    if (hasProperties) {
      bare.writeSectionDescriptor(Sections.PROPERTIES).writeValue(properties);
    }
    if (!application.isEmpty()) {
      bare.writeSectionDescriptor(Sections.APPLICATION_PROPERTIES).writeValue(application);
    }
    bare.writeSectionDescriptor(Sections.VALUE).writeValue("body");
    return message(bare.toByteArray());
  }

  /** The message with this instead of its bare message. */
  Message message(byte[] bare) {
    byte[] section =
        annotations.isEmpty()
            ? new byte[0]
            : new AmqpWriter()
                .writeSectionDescriptor(Sections.MESSAGE_ANNOTATIONS)
                .writeValue(annotations)
                .toByteArray();
    return new Message(Envelope.of("x", "k"), header, section, ByteSlice.of(bare), 0, publisherId);
  }
}
