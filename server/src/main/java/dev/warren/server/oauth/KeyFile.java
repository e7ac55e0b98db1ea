package dev.warren.server.oauth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keys in a file. Thread-safe. */
final class KeyFile implements KeySource {
  private final Path file;

  KeyFile(Path file) {
    this.file = file;
  }

  @Override
  public CompletionStage<String> read() {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] octets = in.readNBytes(BYTES_MAX + 1);
      if (octets.length > BYTES_MAX) {
        throw new IOException(file + " is longer than " + BYTES_MAX + " bytes");
      }
      return CompletableFuture.completedFuture(new String(octets, StandardCharsets.UTF_8));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
