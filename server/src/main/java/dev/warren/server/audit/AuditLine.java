package dev.warren.server.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.warren.core.broker.AuditEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event as one line of JSON. Only texts, numbers, truth values, lists and maps are shown;
 * of anything else, what kind of thing it is. Stateless.
 */
final class AuditLine {
  /** Longest text shown; a name has 255 bytes at most. */
  private static final int CHARACTERS_MAX = 4096;

  private static final int DEPTH_MAX = 8;
  private static final int ENTRIES_MAX = 1000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final JsonFactory JSON = new JsonFactory();

  private AuditLine() {}

  static String of(AuditEvent event) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      begin(json, event.timeMs());
      json.writeStringField("user", bounded(event.actor().user()));
      json.writeStringField("address", bounded(event.actor().address()));
      json.writeStringField("by", event.actor().by());
      json.writeStringField("event", event.event());
      json.writeStringField("vhost", bounded(event.virtualHost()));
      json.writeStringField("name", bounded(event.name()));
      json.writeFieldName("before");
      write(json, event.before(), 0);
      json.writeFieldName("after");
      write(json, event.after(), 0);
      json.writeStringField("refusal", bounded(event.refusal()));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }

  /** The line that stands for events there was no room for. */
  static String lost(long timeMs, long events) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      begin(json, timeMs);
      json.writeStringField("by", "broker");
      json.writeStringField("event", "audit.lost");
      json.writeNumberField("events", events);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }

  private static void begin(JsonGenerator json, long timeMs) throws IOException {
    json.writeStartObject();
    json.writeStringField("time", TIME.format(Instant.ofEpochMilli(timeMs)));
    json.writeNumberField("timestamp", timeMs);
  }

  private static void write(JsonGenerator json, @Nullable Object value, int depth)
      throws IOException {
    if (value instanceof Map<?, ?> map && depth < DEPTH_MAX) {
      json.writeStartObject();
      int left = ENTRIES_MAX;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (left-- > 0) {
          json.writeFieldName(bounded(String.valueOf(entry.getKey())));
          write(json, entry.getValue(), depth + 1);
        }
      }
      json.writeEndObject();
    } else if (value instanceof Collection<?> list && depth < DEPTH_MAX) {
      json.writeStartArray();
      int left = ENTRIES_MAX;
      for (Object item : list) {
        if (left-- > 0) {
          write(json, item, depth + 1);
        }
      }
      json.writeEndArray();
    } else if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Long || value instanceof Integer) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof CharSequence || value instanceof Number) {
      json.writeString(bounded(value.toString()));
    } else {
      json.writeString(value.getClass().getSimpleName());
    }
  }

  private static String bounded(String text) {
    return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX) + "…";
  }
}
