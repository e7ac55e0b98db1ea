package dev.warren.management;

import dev.warren.core.message.Annotations;
import dev.warren.core.message.Symbol;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers of AMQP 0-9-1 as AMQP 1.0 has them (contract §11.6): {@code CC} and {@code BCC} are
 * further routing keys, names that begin with {@code x-} are annotations, others are
 * application-properties. What those cannot hold, lists and maps, is an annotation with {@link
 * #COMPOUND_PREFIX} before its name.
 *
 * @param annotations without what is for the broker to say
 * @param furtherKeys of CC and BCC together
 */
record PublishedHeaders(
    Map<String, @Nullable Object> applicationProperties,
    Map<Symbol, @Nullable Object> annotations,
    List<String> furtherKeys) {
  /** Before the name of a header that is a list or a map, as an annotation. */
  static final String COMPOUND_PREFIX = "x-opt-header-";

  /** The annotation that holds the {@code type} property. */
  static final String TYPE = "x-basic-type";

  private static final String CC = "CC";
  private static final String BCC = "BCC";
  private static final int KEYS_MAX = 1024;
  private static final int KEY_LENGTH_MAX = 255;

  /**
   * Reads the headers of a message's properties.
   *
   * @param headers those that are left; they may be changed
   * @throws ApiException 400 naming the header
   */
  static PublishedHeaders read(JsonBody properties, Map<String, @Nullable Object> headers) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    Map<Symbol, @Nullable Object> annotations = new LinkedHashMap<>();
    List<String> keys = new ArrayList<>();
    List<String> shown = new ArrayList<>(keys(properties, CC, headers.remove(CC)));
    shown.addAll(keys(properties, Annotations.CC, headers.remove(Annotations.CC)));
    keys.addAll(shown);
    keys.addAll(keys(properties, BCC, headers.remove(BCC)));
    if (keys.size() > KEYS_MAX) {
      throw properties.invalid("headers.CC", "at most " + KEYS_MAX + " keys were expected");
    }
    if (!shown.isEmpty()) {
      annotations.put(new Symbol(Annotations.CC), shown);
    }
    properties.text("type").ifPresent(type -> annotations.put(new Symbol(TYPE), type));
    headers.forEach(
        (name, value) -> {
          checkNumbers(properties, name, value);
          boolean isCompound = value instanceof Map<?, ?> || value instanceof List<?>;
          if (!isCompound && !(name.startsWith("x-") && isAscii(name))) {
            plain.put(name, value);
          } else if (isAscii(name)) {
            String key = name.startsWith("x-") ? name : COMPOUND_PREFIX + name;
            annotations.put(new Symbol(key), value);
          } else {
            throw properties.invalid(
                "headers." + name, "a list or a map was found, and its name is not of US-ASCII");
          }
        });
    return new PublishedHeaders(plain, annotations, keys);
  }

  private static List<String> keys(JsonBody properties, String name, @Nullable Object value) {
    List<String> keys = new ArrayList<>();
    if (value == null) {
      return keys;
    }
    if (value instanceof List<?> list) {
      for (Object key : list) {
        if (key instanceof String text && text.length() <= KEY_LENGTH_MAX) {
          keys.add(text);
        }
      }
      if (keys.size() == list.size()) {
        return keys;
      }
    }
    throw properties.invalid(
        "headers." + name,
        "a list of texts of at most " + KEY_LENGTH_MAX + " characters was expected");
  }

  /** Whole numbers have 64 bits in AMQP. */
  private static void checkNumbers(JsonBody properties, String name, @Nullable Object value) {
    if (value instanceof BigInteger number && (number.signum() < 0 || number.bitLength() > 64)) {
      throw properties.invalid("headers." + name, "a whole number of 64 bits was expected");
    }
    if (value instanceof List<?> list) {
      list.forEach(item -> checkNumbers(properties, name, item));
    }
    if (value instanceof Map<?, ?> map) {
      map.values().forEach(item -> checkNumbers(properties, name, item));
    }
  }

  private static boolean isAscii(String text) {
    return StandardCharsets.US_ASCII.newEncoder().canEncode(text);
  }
}
