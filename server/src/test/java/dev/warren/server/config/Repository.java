package dev.warren.server.config;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the repository's own files are. */
public final class Repository {
  private Repository() {}

  /** The folder with {@code config} and {@code docs}. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("config/warren.yaml"))) {
      Path parent = folder.getParent();
      if (parent == null) {
        throw new IllegalStateException(
            "not inside the repository: " + Path.of("").toAbsolutePath());
      }
      folder = parent;
    }
    return folder;
  }
}
