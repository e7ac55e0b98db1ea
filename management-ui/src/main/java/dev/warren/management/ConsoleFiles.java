package dev.warren.management;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;

/**
 * The static files of the console, from the class path: its own under {@code web/}, and the
 * libraries as WebJars under {@code /webjars/}. Thread-safe.
 *
 * <p>A file is read and compressed once and then kept; only files that exist are, so the class path
 * is the bound.
 */
final class ConsoleFiles {
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");
  private static final String LIBRARIES = "/webjars/";
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "woff2", "font/woff2");

  private final ConcurrentHashMap<String, StaticFile> known = new ConcurrentHashMap<>();

  /** The file if it has been read already; never blocks. */
  Optional<StaticFile> known(String path) {
    return Optional.ofNullable(known.get(path));
  }

  /** Reads the file, if there is one; blocks. */
  Optional<StaticFile> load(String path) {
    String wanted = path.equals("/") ? "/index.html" : path;
    String type = TYPES.get(wanted.substring(wanted.lastIndexOf('.') + 1));
    if (type == null || !PATH.matcher(wanted).matches()) {
      return Optional.empty();
    }
    boolean isLibrary = wanted.startsWith(LIBRARIES);
    String resource = isLibrary ? "/META-INF/resources" + wanted : "/web" + wanted;
    try (InputStream in = ConsoleFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        return Optional.empty();
      }
      StaticFile file = StaticFile.of(in.readAllBytes(), type, isLibrary);
      known.put(path, file);
      return Optional.of(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a file of the console", e);
    }
  }

  /**
   * A file ready to be sent. The arrays are not changed by anybody.
   *
   * @param isImmutable whether its path names its version
   */
  @SuppressWarnings("ArrayRecordComponent")
  record StaticFile(
      byte[] bytes, byte[] compressed, String type, String etag, boolean isImmutable) {

    private static StaticFile of(byte[] bytes, String type, boolean isImmutable)
        throws IOException {
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
        gzip.write(bytes);
      }
      CRC32 crc = new CRC32();
      crc.update(bytes);
      String etag = "\"" + Long.toHexString(crc.getValue()) + "-" + bytes.length + "\"";
      return new StaticFile(bytes, compressed.toByteArray(), type, etag, isImmutable);
    }
  }
}
