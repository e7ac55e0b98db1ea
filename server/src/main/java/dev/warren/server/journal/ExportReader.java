package dev.warren.server.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageCodec;
import dev.warren.core.message.MessageParser;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Reads an exported file, line by line, and checks every one of them. Memory is bounded by the
 * longest line allowed. Owned by one thread.
 */
final class ExportReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int HEADER_BYTES_MAX = 64 << 10;

  private final String name;
  private final InputStream in;
  private final int encodedBytesMax;
  private final int lineBytesMax;
  private final JsonMapper mapper;
  private final Header header;
  private final MessageParser parser = new MessageParser();
  private long line;
  private long messages;

  /** What the first line says. */
  record Header(String virtualHost, String queue, long messages) {}

  /** One message and its counts. */
  record Exported(Message message, int deliveryCount, int acquiredCount) {}

  /**
   * Opens a file and reads its first line.
   *
   * @param encodedBytesMax the longest message that can be stored
   * @throws MalformedExportException if it is not a file of this format
   * @throws UnusableArgumentException if it cannot be read
   */
  ExportReader(Path file, int encodedBytesMax) {
    this.name = file.toString();
    this.encodedBytesMax = encodedBytesMax;
    // Each message is in a line twice, once as base64 and once for people.
    this.lineBytesMax = (int) Math.min(Integer.MAX_VALUE - 16, 16L * encodedBytesMax + (1 << 20));
    StreamReadConstraints limits =
        StreamReadConstraints.builder().maxStringLength(lineBytesMax).build();
    this.mapper =
        JsonMapper.builder(
                com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(limits)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    try {
      this.in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    } catch (IOException e) {
      throw new UnusableArgumentException("the file cannot be read: " + e);
    }
    try {
      this.header = readHeader();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  Header header() {
    return header;
  }

  /** The next message, or null when all that the header names have been read. */
  @Nullable Exported next() {
    byte @Nullable [] bytes = readLine(lineBytesMax);
    if (bytes == null) {
      if (messages != header.messages) {
        throw malformed(
            "the end of the file after " + messages + " messages", header.messages + " messages");
      }
      return null;
    }
    if (messages == header.messages) {
      throw malformed("another line", "the end of the file after " + messages + " messages");
    }
    messages++;
    return message(parse(bytes));
  }

  private Header readHeader() {
    byte @Nullable [] bytes = readLine(HEADER_BYTES_MAX);
    if (bytes == null) {
      throw malformed(
          "an empty file", "a first line with \"format\":\"" + ExportFormat.NAME + "\"");
    }
    JsonNode node = parse(bytes);
    String format = node.path(ExportFormat.FORMAT).asText("");
    if (!format.equals(ExportFormat.NAME)) {
      throw malformed(
          "format \"" + format + "\"",
          "a first line with \"format\":\"" + ExportFormat.NAME + "\"");
    }
    long version = number(node, ExportFormat.FORMAT_VERSION, Integer.MAX_VALUE);
    if (version != ExportFormat.VERSION) {
      throw malformed(
          "version " + version, "version " + ExportFormat.VERSION + ", which this release reads");
    }
    return new Header(
        text(node, ExportFormat.VIRTUAL_HOST),
        text(node, ExportFormat.QUEUE),
        number(node, ExportFormat.MESSAGES, Long.MAX_VALUE));
  }

  private Exported message(JsonNode node) {
    byte[] encoded;
    try {
      encoded = Base64.getDecoder().decode(text(node, ExportFormat.STORED));
    } catch (IllegalArgumentException e) {
      throw malformed("\"stored\" which is not base64", "base64 of the message");
    }
    String crc = text(node, ExportFormat.CRC);
    if (!crc.equals(ExportFormat.crc(encoded))) {
      throw malformed(
          "\"stored\" with CRC32C " + ExportFormat.crc(encoded), "what \"crc32c\" says: " + crc);
    }
    if (encoded.length > encodedBytesMax) {
      throw malformed(
          "a message of " + encoded.length + " bytes",
          encodedBytesMax + " at most, by the segments of this journal");
    }
    return new Exported(
        decoded(encoded),
        (int) number(node, ExportFormat.DELIVERY_COUNT, Integer.MAX_VALUE),
        (int) number(node, ExportFormat.ACQUIRED_COUNT, Integer.MAX_VALUE));
  }

  private Message decoded(byte[] encoded) {
    String expected = "a message as an export writes it";
    try {
      Message message = MessageCodec.decode(ByteBuffer.wrap(encoded));
      ByteBuffer again = ByteBuffer.allocate(MessageCodec.encodedBytes(message));
      MessageCodec.encode(message, again);
      if (!Arrays.equals(again.array(), encoded)) {
        throw malformed("\"stored\" which is no message", expected);
      }
      // What clients will be sent must at least be sections in their order, with a body.
      parser.parse(message.bareArray(), message.bareOffset(), message.bareLength());
      ByteSlice bare = parser.bare();
      if (bare.length() != message.bareLength()) {
        throw malformed("\"stored\" with a header in the bare message", expected);
      }
      return message;
    } catch (MalformedMessageException e) {
      throw malformed("\"stored\" which is no message (" + e.getMessage() + ")", expected);
    }
  }

  private String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isTextual()) {
      throw malformed(found(value) + " as \"" + key + "\"", "text");
    }
    return value.textValue();
  }

  private long number(JsonNode node, String key, long max) {
    JsonNode value = node.path(key);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < 0
        || value.longValue() > max) {
      throw malformed(found(value) + " as \"" + key + "\"", "a number from 0 to " + max);
    }
    return value.longValue();
  }

  private static String found(JsonNode value) {
    if (value.isMissingNode()) {
      return "nothing";
    }
    String text = value.toString();
    return text.length() > 40 ? text.substring(0, 40) + "..." : text;
  }

  private JsonNode parse(byte[] bytes) {
    try {
      // Jackson would take other encodings for what they seem to be.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonNode node = mapper.readTree(text);
      if (node == null || !node.isObject()) {
        throw malformed(
            node == null || node.isMissingNode() ? "an empty line" : "no object", "a JSON object");
      }
      return node;
    } catch (CharacterCodingException e) {
      throw malformed("bytes which are not UTF-8", "a JSON object");
    } catch (JsonProcessingException e) {
      throw malformed("no JSON (" + e.getOriginalMessage() + ")", "a JSON object");
    }
  }

  /** The bytes before the next line feed; null at the end of the file. */
  private byte @Nullable [] readLine(int bytesMax) {
    line++;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      while (next >= 0 && next != '\n') {
        if (bytes.size() == bytesMax) {
          throw malformed("a longer line", bytesMax + " bytes at most");
        }
        bytes.write(next);
        next = in.read();
      }
    } catch (IOException e) {
      throw new UnusableArgumentException("the file cannot be read: " + e);
    }
    return bytes.toByteArray();
  }

  private MalformedExportException malformed(String found, String expected) {
    return new MalformedExportException(name, line, found, expected);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new UnusableArgumentException("the file cannot be closed: " + e);
    }
  }
}
