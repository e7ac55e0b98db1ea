package dev.warren.core.filter;

import java.util.stream.LongStream;

/** Seeds of property tests: always the same ones, or the one of {@code -Dseed=} to replay it. */
final class Seeds {
  private Seeds() {}

  static LongStream seeds() {
    Long replayed = Long.getLong("seed");
    return replayed == null ? LongStream.rangeClosed(1, 20) : LongStream.of(replayed);
  }
}
