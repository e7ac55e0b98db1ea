package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The samples of an {@code X_details}, newest first, with their averages (contract §11.1). For one
 * answer.
 */
final class SampleRow {
  private final ObjectNode details;
  private final ArrayNode samples;
  private final SampleRange range;
  private final long intervalMs;
  private double sum;
  private long newestMs;
  private long newestValue;
  private long oldestMs;
  private long oldestValue;

  /**
   * An empty row.
   *
   * @param intervalMs between two samples at least: no step is shorter
   */
  SampleRow(ObjectNode details, SampleRange range, long intervalMs) {
    this.details = details;
    this.samples = details.putArray("samples");
    this.range = range;
    this.intervalMs = intervalMs;
  }

  private void add(long value, long timeMs) {
    if (samples.isEmpty()) {
      newestMs = timeMs;
      newestValue = value;
    }
    samples.addObject().put("sample", value).put("timestamp", timeMs);
    sum += value;
    oldestValue = value;
    oldestMs = timeMs;
  }

  /** The samples of a history that are asked for and older than those that are there. */
  void addAll(History history, SampleTimes times, int... figures) {
    long value = history.latest(figures);
    long from = samples.isEmpty() ? times.timeMs(0) : newestMs;
    for (int back = 0;
        back < history.size() && from - times.timeMs(back) <= range.ageMs();
        back++) {
      long timeMs = times.timeMs(back);
      boolean isLast = back + 1 == history.size();
      boolean isNewer = samples.isEmpty() || timeMs < oldestMs;
      if (isNewer && (samples.isEmpty() || isLast || startsStep(timeMs, times.timeMs(back + 1)))) {
        add(value, timeMs);
      }
      for (int figure : figures) {
        value -= isLast ? 0 : history.change(figure, back);
      }
    }
  }

  /** Steps begin at multiples of their length, so that the same samples are taken next time. */
  private boolean startsStep(long timeMs, long earlierMs) {
    long stepMs = range.stepMs();
    return stepMs <= intervalMs
        || Math.floorDiv(timeMs, stepMs) != Math.floorDiv(earlierMs, stepMs);
  }

  /** Adds the averages. */
  void end() {
    details.put("avg", samples.isEmpty() ? 0 : sum / samples.size());
    details.put(
        "avg_rate",
        newestMs == oldestMs ? 0 : (newestValue - oldestValue) * 1_000.0 / (newestMs - oldestMs));
  }
}
