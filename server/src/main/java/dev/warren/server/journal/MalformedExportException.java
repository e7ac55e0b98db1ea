package dev.warren.server.journal;

/** A file to import is not what {@code docs/journal.md} describes; the message names the line. */
final class MalformedExportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedExportException(String file, long line, String found, String expected) {
    super(file + ":" + line + ": found " + found + ", expected " + expected);
  }
}
