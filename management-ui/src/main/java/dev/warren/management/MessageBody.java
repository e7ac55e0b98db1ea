package dev.warren.management;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of a message (AMQP 1.0 §3.2.6–3.2.8) as it was read. Not thread-safe while it is being
 * filled.
 */
final class MessageBody {
  private static final int JSON_BYTES_MAX = 1 << 20;
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxTokenCount(100_000)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final List<@Nullable Object> sequences = new ArrayList<>();
  private @Nullable Object value;
  private Kind kind = Kind.DATA;

  private enum Kind {
    DATA,
    SEQUENCE,
    VALUE
  }

  void addData(@Nullable Object section) {
    if (section instanceof ByteBuffer bytes) {
      data.writeBytes(AmqpJson.octets(bytes));
    }
  }

  void addSequence(@Nullable Object section) {
    kind = Kind.SEQUENCE;
    sequences.add(section);
  }

  void setValue(@Nullable Object section) {
    kind = Kind.VALUE;
    value = section;
  }

  /** Octets of all data sections together. */
  byte[] data() {
    return data.toByteArray();
  }

  boolean isData() {
    return kind == Kind.DATA;
  }

  /** {@code json}, {@code text}, {@code binary}, {@code value} or {@code sequence}. */
  String type() {
    return switch (kind) {
      case VALUE -> "value";
      case SEQUENCE -> "sequence";
      case DATA -> {
        byte[] octets = data.toByteArray();
        yield text(octets).isEmpty() ? "binary" : json(octets).isPresent() ? "json" : "text";
      }
    };
  }

  /** The beginning as text, or in hexadecimal digits. */
  String preview(int lengthMax) {
    String whole =
        switch (kind) {
          case VALUE -> value instanceof String s ? s : AmqpJson.of(value).toString();
          case SEQUENCE -> AmqpJson.of(sequences).toString();
          case DATA -> {
            byte[] octets = data.toByteArray();
            yield text(octets).orElseGet(() -> hex(octets, lengthMax));
          }
        };
    return cut(whole, lengthMax);
  }

  /** All of it as JSON, or what fits into so many octets. */
  ObjectNode view(int lengthMax) {
    ObjectNode view = JsonViews.object();
    view.put("type", type());
    if (kind == Kind.VALUE) {
      view.set("value", AmqpJson.of(value));
      if (value instanceof String text) {
        view.put("text", cut(text, lengthMax));
        view.put("truncated", text.length() > lengthMax);
      } else {
        view.put("truncated", false);
      }
    } else if (kind == Kind.SEQUENCE) {
      ArrayNode array = view.putArray("value");
      sequences.forEach(section -> array.add(AmqpJson.of(section)));
      view.put("truncated", false);
    } else {
      putData(view, data.toByteArray(), lengthMax);
    }
    return view;
  }

  private static void putData(ObjectNode view, byte[] octets, int lengthMax) {
    Optional<String> text = text(octets);
    if (text.isPresent()) {
      view.put("text", cut(text.get(), lengthMax));
      view.put("truncated", text.get().length() > lengthMax);
      if (octets.length <= lengthMax) {
        json(octets).ifPresent(json -> view.set("json", json));
      }
    } else {
      view.put("hex", hex(octets, 2 * lengthMax));
      view.put("truncated", octets.length > lengthMax);
    }
  }

  private static String hex(byte[] octets, int digitsMax) {
    return HexFormat.of().formatHex(octets, 0, Math.min(octets.length, digitsMax / 2));
  }

  private static String cut(String text, int lengthMax) {
    if (text.length() <= lengthMax) {
      return text;
    }
    boolean splits = lengthMax > 0 && Character.isHighSurrogate(text.charAt(lengthMax - 1));
    return text.substring(0, splits ? lengthMax - 1 : lengthMax);
  }

  /** The text, if that is what it is: UTF-8 without control characters but those of lines. */
  static Optional<String> text(byte[] octets) {
    try {
      CharBuffer text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(octets));
      boolean readable =
          text.chars()
              .noneMatch(c -> (c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 0x7f);
      return readable ? Optional.of(text.toString()) : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static Optional<JsonNode> json(byte[] octets) {
    int first = 0;
    while (first < octets.length && octets[first] <= ' ' && octets[first] >= 0) {
      first++;
    }
    boolean perhaps = first < octets.length && (octets[first] == '{' || octets[first] == '[');
    if (!perhaps || octets.length > JSON_BYTES_MAX) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(MAPPER.readTree(octets));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
