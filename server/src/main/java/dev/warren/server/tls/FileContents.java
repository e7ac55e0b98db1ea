package dev.warren.server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was in some files at one moment, so that what is checked is what is used. Owned by the
 * thread that reads; not kept, because keys are among it.
 */
final class FileContents {
  private static final int BYTES_MAX = 1 << 20;

  private final Map<Path, byte[]> contents = new LinkedHashMap<>();
  private final Map<Path, UnusableCertificateException> failures = new LinkedHashMap<>();

  /** Reads all files the options name. */
  static FileContents of(TlsOptions options) {
    FileContents read = new FileContents();
    for (TlsOptions.Files files : options.certificates()) {
      read.add(files.certificate());
      files.key().ifPresent(read::add);
      files.password().file().ifPresent(read::add);
    }
    options.authorities().ifPresent(authorities -> read.add(authorities.file()));
    return read;
  }

  private void add(Path file) {
    try {
      if (Files.size(file) > BYTES_MAX) {
        failures.put(
            file, new UnusableCertificateException("the file " + file + " is longer than 1 MiB"));
        return;
      }
      contents.put(file, Files.readAllBytes(file));
    } catch (IOException e) {
      failures.put(file, UnusableCertificateException.unreadable(file, e));
    }
  }

  /**
   * What was in a file.
   *
   * @throws UnusableCertificateException if it could not be read
   */
  byte[] of(Path file) {
    byte[] content = contents.get(file);
    if (content == null) {
      throw failures.getOrDefault(
          file, new UnusableCertificateException("the file " + file + " was not read"));
    }
    return content;
  }

  /** Tells two states of the files apart, without keeping them. */
  String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      contents.forEach(
          (file, content) -> {
            digest.update((file + "\0" + content.length + "\0").getBytes(StandardCharsets.UTF_8));
            digest.update(content);
          });
      failures.forEach(
          (file, failure) ->
              digest.update((file + "\0" + failure.text()).getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
