package dev.warren.core.security;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A name of which parts may be any characters: those written as {@code *}. Matching takes time in
 * proportion to the two lengths multiplied, at most. Immutable.
 */
final class Wildcard {
  /** Matches every name. */
  static final Wildcard ANYTHING = new Wildcard(List.of("", ""));

  /** What is between the stars, in order; one if there is no star. */
  private final List<String> pieces;

  private Wildcard(List<String> pieces) {
    this.pieces = List.copyOf(pieces);
  }

  /** Reads a pattern whose other characters may be percent-encoded; empty if they are not well. */
  static Optional<Wildcard> decode(String text) {
    List<String> pieces = new ArrayList<>();
    for (String encoded : text.split("\\*", -1)) {
      Optional<String> piece = percentDecoded(encoded);
      if (piece.isEmpty()) {
        return Optional.empty();
      }
      pieces.add(piece.get());
    }
    return Optional.of(new Wildcard(pieces));
  }

  private static Optional<String> percentDecoded(String text) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream(text.length());
    int from = 0;
    for (int at = text.indexOf('%'); at >= 0; at = text.indexOf('%', from)) {
      octets.writeBytes(PasswordHash.octets(text.substring(from, at)));
      if (at + 2 >= text.length()
          || !HexFormat.isHexDigit(text.charAt(at + 1))
          || !HexFormat.isHexDigit(text.charAt(at + 2))) {
        return Optional.empty();
      }
      octets.write(HexFormat.fromHexDigits(text, at + 1, at + 3));
      from = at + 3;
    }
    octets.writeBytes(PasswordHash.octets(text.substring(from)));
    try {
      ByteBuffer whole = ByteBuffer.wrap(octets.toByteArray());
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(whole).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  boolean matchesEverything() {
    return pieces.size() > 1 && pieces.stream().allMatch(String::isEmpty);
  }

  boolean matches(String name) {
    String first = pieces.get(0);
    if (pieces.size() == 1) {
      return first.equals(name);
    }
    if (!name.startsWith(first)) {
      return false;
    }
    String last = pieces.get(pieces.size() - 1);
    int at = first.length();
    for (int i = 1; i < pieces.size() - 1; i++) {
      String piece = pieces.get(i);
      int found = name.indexOf(piece, at);
      if (found < 0) {
        return false;
      }
      at = found + piece.length();
    }
    return name.length() - at >= last.length() && name.endsWith(last);
  }
}
