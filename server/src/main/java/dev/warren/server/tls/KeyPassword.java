package dev.warren.server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a private key is encrypted with, or where that is kept. Immutable; never shows it. */
public final class KeyPassword {
  /** Keys that are not encrypted. */
  public static final KeyPassword NONE = new KeyPassword(Optional.empty(), Optional.empty());

  private static final long BYTES_MAX = 4096;

  private final Optional<String> text;
  private final Optional<Path> file;

  private KeyPassword(Optional<String> text, Optional<Path> file) {
    this.text = text;
    this.file = file;
  }

  /** The password itself. */
  public static KeyPassword of(String text) {
    return new KeyPassword(Optional.of(text), Optional.empty());
  }

  /** A file whose first line is the password. It is read whenever the key is. */
  public static KeyPassword in(Path file) {
    return new KeyPassword(Optional.empty(), Optional.of(file));
  }

  Optional<Path> file() {
    return file;
  }

  /** The password, if there is one. */
  Optional<char[]> read() {
    if (file.isEmpty()) {
      return text.map(String::toCharArray);
    }
    Path path = file.get();
    try {
      if (Files.size(path) > BYTES_MAX) {
        throw new UnusableCertificateException("the file " + path + " is too long for a password");
      }
      String content = Files.readString(path, StandardCharsets.UTF_8);
      return Optional.of(content.lines().findFirst().orElse("").toCharArray());
    } catch (IOException e) {
      throw UnusableCertificateException.unreadable(path, e);
    }
  }

  @Override
  public String toString() {
    return "a password";
  }
}
