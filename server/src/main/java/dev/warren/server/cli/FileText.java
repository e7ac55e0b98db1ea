package dev.warren.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are named on the command line. Stateless. */
final class FileText {
  /** More than definitions the broker takes. */
  private static final int STANDARD_INPUT_BYTES_MAX = 64 << 20;

  private FileText() {}

  /** The contents of a file; of standard input for {@code -}. */
  static String of(Path file) {
    try {
      return file.toString().equals("-")
          ? new String(System.in.readNBytes(STANDARD_INPUT_BYTES_MAX), StandardCharsets.UTF_8)
          : Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new RefusedException(BrokerCommand.USAGE, file + " cannot be read: " + e);
    }
  }
}
