package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.message.Symbol;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message taken apart (AMQP 1.0 §3.2). Immutable once it is read; costs several times the
 * message's memory, so it is made for those that are shown only.
 */
final class MessageSections {
  /** The fields of the properties section in their order (§3.2.4), as RabbitMQ spells them. */
  private static final List<String> PROPERTIES =
      List.of(
          "message_id",
          "user_id",
          "to",
          "subject",
          "reply_to",
          "correlation_id",
          "content_type",
          "content_encoding",
          "absolute_expiry_time",
          "creation_time",
          "group_id",
          "group_sequence",
          "reply_to_group_id");

  private final Message message;
  private final MessageBody body = new MessageBody();
  private List<?> properties = List.of();
  private Map<?, ?> annotations = Map.of();
  private Map<?, ?> applicationProperties = Map.of();
  private Map<?, ?> footer = Map.of();

  /** Why it could not be read to its end. */
  private @Nullable String flaw;

  private MessageSections(Message message) {
    this.message = message;
  }

  /** Reads a message. What the publisher sent malformed is left out, and told. */
  static MessageSections of(Message message) {
    MessageSections sections = new MessageSections(message);
    try {
      byte[] annotations = message.annotations();
      sections.read(new AmqpReader(annotations, 0, annotations.length));
      sections.read(
          new AmqpReader(message.bareArray(), message.bareOffset(), message.bareLength()));
    } catch (MalformedMessageException e) {
      sections.flaw = String.valueOf(e.getMessage());
    }
    return sections;
  }

  private void read(AmqpReader reader) {
    while (reader.hasRemaining()) {
      int code = (int) reader.readDescriptor();
      Object value = reader.readValue();
      switch (code) {
        case Sections.MESSAGE_ANNOTATIONS -> annotations = map(value);
        case Sections.PROPERTIES -> properties = value instanceof List<?> list ? list : List.of();
        case Sections.APPLICATION_PROPERTIES -> applicationProperties = map(value);
        case Sections.DATA -> body.addData(value);
        case Sections.SEQUENCE -> body.addSequence(value);
        case Sections.VALUE -> body.setValue(value);
        case Sections.FOOTER -> footer = map(value);
        default -> flaw = "there is a section 0x" + Integer.toHexString(code);
      }
    }
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  MessageBody body() {
    return body;
  }

  Map<?, ?> annotations() {
    return annotations;
  }

  /** An annotation by its name, or null. */
  @Nullable Object annotation(String name) {
    return annotations.get(new Symbol(name));
  }

  Map<?, ?> applicationProperties() {
    return applicationProperties;
  }

  /** A field of the properties section by its name, or null. */
  @Nullable Object property(String name) {
    int index = PROPERTIES.indexOf(name);
    return index >= 0 && index < properties.size() ? properties.get(index) : null;
  }

  /** Adds every section but the body. */
  void addTo(ObjectNode view) {
    MessageHeader header = message.header();
    ObjectNode shown = view.putObject("header");
    shown.put("durable", header.durable());
    if (header.priority() >= 0) {
      shown.put("priority", header.priority());
    }
    if (header.ttlMs() >= 0) {
      shown.put("ttl", header.ttlMs());
    }
    view.set("message_annotations", AmqpJson.ofMap(annotations));
    ObjectNode fields = view.putObject("properties");
    for (int i = 0; i < Math.min(properties.size(), PROPERTIES.size()); i++) {
      if (properties.get(i) != null) {
        fields.set(PROPERTIES.get(i), AmqpJson.of(properties.get(i)));
      }
    }
    view.set("application_properties", AmqpJson.ofMap(applicationProperties));
    view.set("footer", AmqpJson.ofMap(footer));
    if (flaw != null) {
      view.put("unreadable", flaw);
    }
  }
}
