package dev.warren.server.journal;

/** Names in an exported file; {@code docs/journal.md} describes them. */
final class ExportFormat {
  static final String NAME = "warren-messages";
  static final int VERSION = 1;

  static final String FORMAT = "format";
  static final String FORMAT_VERSION = "version";
  static final String VIRTUAL_HOST = "vhost";
  static final String QUEUE = "queue";
  static final String MESSAGES = "messages";
  static final String BYTES = "bytes";

  static final String DELIVERY_COUNT = "delivery-count";
  static final String ACQUIRED_COUNT = "acquired-count";
  static final String STORED = "stored";
  static final String CRC = "crc32c";

  private ExportFormat() {}

  /** Eight hexadecimal digits. */
  static String crc(byte[] bytes) {
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(bytes);
    return String.format(java.util.Locale.ROOT, "%08x", crc.getValue());
  }
}
