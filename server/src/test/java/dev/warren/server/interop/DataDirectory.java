package dev.warren.server.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A broker's data directory, looked at from outside while the broker may be at work in it. */
record DataDirectory(Path path) {

  /** Bytes of all files. */
  long bytes() {
    return files().stream().mapToLong(DataDirectory::sizeOf).sum();
  }

  /** The highest number a segment has, which says how many there were; 0 without one. */
  long lastSegment() {
    return files().stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> name.startsWith("segment-") && name.endsWith(".log"))
        .mapToLong(name -> Long.parseLong(name.replaceAll("[^0-9]", "")))
        .max()
        .orElse(0);
  }

  /** Names and sizes, for a failure message. */
  String listing() {
    StringBuilder text = new StringBuilder();
    for (Path file : files()) {
      text.append(file.getFileName()).append(' ').append(sizeOf(file)).append('\n');
    }
    return text.toString();
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(path)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // freed in between
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
