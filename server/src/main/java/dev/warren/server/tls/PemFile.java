package dev.warren.server.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a PEM file (RFC 7468). Stateless. */
final class PemFile {
  private static final Pattern PART =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*+)-----END \\1-----");
  private static final int LINE_LENGTH = 64;

  private PemFile() {}

  /** One part. Immutable. */
  static final class Part {
    private final String label;
    private final byte[] content;

    private Part(String label, byte[] content) {
      this.label = label;
      this.content = content;
    }

    /** Such as {@code CERTIFICATE}. */
    String label() {
      return label;
    }

    /** What was encoded. */
    byte[] content() {
      return content.clone();
    }
  }

  /** All parts in their order; none if it is no PEM file. */
  static List<Part> parts(byte[] file) {
    List<Part> parts = new ArrayList<>();
    Matcher matcher = PART.matcher(new String(file, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      try {
        String text = matcher.group(2).replaceAll("\\s", "");
        parts.add(new Part(matcher.group(1), Base64.getDecoder().decode(text)));
      } catch (IllegalArgumentException e) {
        // An old encrypted key has headers before its text. It is told by its label.
        parts.add(new Part(matcher.group(1), new byte[0]));
      }
    }
    return parts;
  }

  /** A part as text. */
  static String text(String label, byte[] content) {
    String body = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
