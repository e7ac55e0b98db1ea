package dev.warren.core.journal;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Bytes that wait for the writer, over all appenders. Thread-safe; changed once per flush and once
 * per batch written, read at each append. Lives in the middle of an array so that it shares its
 * cache line with nothing.
 */
final class PendingBytes {
  private static final int AT = 16;

  private final AtomicLongArray padded = new AtomicLongArray(2 * AT + 1);

  long get() {
    return padded.get(AT);
  }

  void add(long bytes) {
    padded.addAndGet(AT, bytes);
  }
}
