package dev.warren.management.metrics;

import dev.warren.core.time.Histogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gathers what one request answers. Several samples of one name, which differ in their labels, may
 * come at any time. Owned by the thread of the request.
 */
final class Samples {
  private final String prefix;
  private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
  private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
  private final MetricSnapshots.Builder others = MetricSnapshots.builder();

  /** Samples whose names begin with this. */
  Samples(String prefix) {
    this.prefix = prefix;
  }

  /**
   * A value that goes up and down.
   *
   * @param labels names and values in turns
   */
  Samples gauge(String name, String help, Number value, String... labels) {
    gauges
        .computeIfAbsent(name, first -> GaugeSnapshot.builder().name(prefix + name).help(help))
        .dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .value(value.doubleValue())
                .labels(Labels.of(labels))
                .build());
    return this;
  }

  /**
   * A value that only goes up.
   *
   * @param name without the {@code _total} at its end
   */
  Samples counter(String name, String help, Number value, String... labels) {
    counters
        .computeIfAbsent(name, first -> CounterSnapshot.builder().name(prefix + name).help(help))
        .dataPoint(
            CounterSnapshot.CounterDataPointSnapshot.builder()
                .value(value.doubleValue())
                .labels(Labels.of(labels))
                .build());
    return this;
  }

  /**
   * What does not change, as labels.
   *
   * @param name without the {@code _info} at its end
   */
  void info(String name, String help, String... labels) {
    others.metricSnapshot(
        InfoSnapshot.builder()
            .name(prefix + name)
            .help(help)
            .dataPoint(
                InfoSnapshot.InfoDataPointSnapshot.builder().labels(Labels.of(labels)).build())
            .build());
  }

  /** The same for many things. */
  void infos(String name, String help, Iterable<String[]> labels) {
    InfoSnapshot.Builder builder = InfoSnapshot.builder().name(prefix + name).help(help);
    labels.forEach(
        one ->
            builder.dataPoint(
                InfoSnapshot.InfoDataPointSnapshot.builder().labels(Labels.of(one)).build()));
    others.metricSnapshot(builder.build());
  }

  /**
   * Values by size.
   *
   * @param perUnit how many of the histogram's units make one of those that are told
   */
  void histogram(
      String name, String help, Histogram.Counts counts, double perUnit, String... labels) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < counts.bounds(); i++) {
      buckets.bucket((double) counts.bound(i) / perUnit, counts.count(i));
    }
    buckets.bucket(Double.POSITIVE_INFINITY, counts.count(counts.bounds()));
    others.metricSnapshot(
        HistogramSnapshot.builder()
            .name(prefix + name)
            .help(help)
            .dataPoint(
                HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(buckets.build())
                    .sum((double) counts.sum() / perUnit)
                    .labels(Labels.of(labels))
                    .build())
            .build());
  }

  /** Adds everything to what is answered. */
  void addTo(MetricSnapshots.Builder all) {
    gauges.values().forEach(gauge -> all.metricSnapshot(gauge.build()));
    counters.values().forEach(counter -> all.metricSnapshot(counter.build()));
    others.build().forEach(all::metricSnapshot);
  }
}
