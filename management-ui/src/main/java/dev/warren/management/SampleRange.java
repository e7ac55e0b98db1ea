package dev.warren.management;

import java.util.Optional;

/**
 * Which samples a client asks for: {@code X_age} and {@code X_incr}, in seconds (contract §11.1).
 *
 * @param ageMs how far back
 * @param stepMs from one sample to the next
 */
record SampleRange(long ageMs, long stepMs) {
  private static final int SECONDS_MAX = 86_400;

  /**
   * Reads the range of one kind: {@code lengths}, {@code msg_rates} or {@code data_rates}.
   *
   * @return empty if the client asks for no samples
   */
  static Optional<SampleRange> of(Request request, String kind) {
    return request
        .parameter(kind + "_age")
        .map(
            age ->
                new SampleRange(
                    milliseconds(kind + "_age", age),
                    milliseconds(kind + "_incr", request.parameter(kind + "_incr").orElse("1"))));
  }

  private static long milliseconds(String parameter, String text) {
    try {
      int seconds = Integer.parseInt(text);
      if (seconds >= 1 && seconds <= SECONDS_MAX) {
        return seconds * 1_000L;
      }
    } catch (NumberFormatException e) {
      // Told below, with the limits.
    }
    throw ApiException.badRequest(
        parameter + ": must be a whole number of seconds from 1 to " + SECONDS_MAX);
  }
}
