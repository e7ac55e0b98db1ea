package dev.warren.benchmarks.load;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run came to. Immutable.
 *
 * @param sent messages handed to the broker
 * @param accepted messages it took responsibility for
 * @param rejected messages it refused
 * @param released messages it had no queue for
 * @param modified messages it gave back
 * @param received deliveries of this run
 * @param foreign deliveries of other runs, found in the queue
 * @param lost accepted messages, times the copies, that did not come
 * @param duplicates deliveries of a number seen before in the same queue
 * @param outOfOrder deliveries below a number the same receiver had from the same sender
 * @param sendSeconds from the first send to the last confirm
 * @param receiveSeconds from the first delivery to the last
 * @param size body length in bytes
 * @param confirmNs confirm latencies; from the time a message was due, when paced
 * @param endToEndNs end-to-end latencies; likewise
 */
record LoadReport(
    long sent,
    long accepted,
    long rejected,
    long released,
    long modified,
    long received,
    long foreign,
    long lost,
    long duplicates,
    long outOfOrder,
    double sendSeconds,
    double receiveSeconds,
    int size,
    Histogram confirmNs,
    Histogram endToEndNs) {

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

  static LoadReport of(LoadRun run, List<LoadSender> senders, List<LoadReceiver> receivers) {
    Histogram confirmNs = Latencies.create();
    Histogram endToEndNs = Latencies.create();
    senders.forEach(sender -> confirmNs.add(sender.confirmNs));
    receivers.forEach(receiver -> endToEndNs.add(receiver.endToEndNs));
    long accepted = senders.stream().mapToLong(sender -> sender.accepted).sum();
    long received = receivers.stream().mapToLong(receiver -> receiver.received).sum();
    long duplicates =
        receivers.stream().mapToLong(receiver -> receiver.duplicates).sum() + overlaps(receivers);
    long expected = senders.isEmpty() ? run.options.count() : accepted * run.options.copies();
    return new LoadReport(
        senders.stream().mapToLong(sender -> sender.sent).sum(),
        accepted,
        senders.stream().mapToLong(sender -> sender.rejected).sum(),
        senders.stream().mapToLong(sender -> sender.released).sum(),
        senders.stream().mapToLong(sender -> sender.modified).sum(),
        received,
        receivers.stream().mapToLong(receiver -> receiver.foreign).sum(),
        receivers.isEmpty() ? 0 : Math.max(0, expected - (received - duplicates)),
        duplicates,
        receivers.stream().mapToLong(receiver -> receiver.outOfOrder).sum(),
        seconds(
            senders.stream().mapToLong(LoadSender::beganNs).filter(ns -> ns != 0).min().orElse(0),
            senders.stream().mapToLong(sender -> sender.endedNs).max().orElse(0)),
        seconds(
            receivers.stream().mapToLong(r -> r.firstNs).filter(ns -> ns != 0).min().orElse(0),
            receivers.stream().mapToLong(receiver -> receiver.lastNs).max().orElse(0)),
        run.options.size(),
        confirmNs,
        endToEndNs);
  }

  /** Numbers two receivers of one address have both seen. */
  private static long overlaps(List<LoadReceiver> receivers) {
    Map<String, BitSet> seen = new HashMap<>();
    long overlaps = 0;
    for (LoadReceiver receiver : receivers) {
      for (Map.Entry<Long, LoadReceiver.Seen> entry : receiver.seenBySender.entrySet()) {
        BitSet before =
            seen.computeIfAbsent(receiver.address() + "/" + entry.getKey(), any -> new BitSet());
        BitSet both = (BitSet) entry.getValue().numbers.clone();
        both.and(before);
        overlaps += both.cardinality();
        before.or(entry.getValue().numbers);
      }
    }
    return overlaps;
  }

  private static double seconds(long fromNs, long toNs) {
    return fromNs == 0 ? 0 : Math.max(0, toNs - fromNs) / 1e9;
  }

  private static double rate(long messages, double seconds) {
    return seconds == 0 ? 0 : messages / seconds;
  }

  String text() {
    double mib = size / 1048576.0;
    double sendRate = rate(accepted + rejected + released + modified, sendSeconds);
    double receiveRate = rate(received, receiveSeconds);
    return String.format(
            Locale.ROOT,
            "sent        %d in %.3f s, %.0f confirmed/s, %.1f MiB/s%n",
            sent,
            sendSeconds,
            sendRate,
            sendRate * mib)
        + String.format(
            Locale.ROOT,
            "outcomes    accepted %d, rejected %d, released %d, modified %d%n",
            accepted,
            rejected,
            released,
            modified)
        + String.format(
            Locale.ROOT,
            "received    %d in %.3f s, %.0f/s, %.1f MiB/s%s%n",
            received,
            receiveSeconds,
            receiveRate,
            receiveRate * mib,
            foreign == 0 ? "" : ", and " + foreign + " of other runs")
        + line("confirm", confirmNs)
        + line("end to end", endToEndNs)
        + String.format(
            Locale.ROOT, "lost %d, duplicates %d, out of order %d%n", lost, duplicates, outOfOrder);
  }

  private static String line(String what, Histogram ns) {
    if (ns.getTotalCount() == 0) {
      return "";
    }
    StringBuilder line = new StringBuilder(String.format("%-11s us", what));
    for (double percentile : PERCENTILES) {
      line.append(
          String.format(
              Locale.ROOT,
              "  p%s %.1f",
              trimmed(percentile),
              ns.getValueAtPercentile(percentile) / 1e3));
    }
    return line.append(String.format(Locale.ROOT, "  max %.1f%n", ns.getMaxValue() / 1e3))
        .toString();
  }

  String json() {
    return String.format(
            Locale.ROOT,
            "{\"sent\":%d,\"accepted\":%d,\"rejected\":%d,\"released\":%d,\"modified\":%d,"
                + "\"received\":%d,\"foreign\":%d,\"lost\":%d,\"duplicates\":%d,"
                + "\"out_of_order\":%d,\"send_seconds\":%.6f,\"receive_seconds\":%.6f,"
                + "\"confirm_rate\":%.1f,\"receive_rate\":%.1f,\"size\":%d,",
            sent,
            accepted,
            rejected,
            released,
            modified,
            received,
            foreign,
            lost,
            duplicates,
            outOfOrder,
            sendSeconds,
            receiveSeconds,
            rate(accepted + rejected + released + modified, sendSeconds),
            rate(received, receiveSeconds),
            size)
        + json("confirm_us", confirmNs)
        + ","
        + json("end_to_end_us", endToEndNs)
        + "}";
  }

  private static String json(String name, Histogram ns) {
    StringBuilder text = new StringBuilder("\"" + name + "\":{\"n\":" + ns.getTotalCount());
    for (double percentile : PERCENTILES) {
      text.append(
          String.format(
              Locale.ROOT,
              ",\"p%s\":%.1f",
              trimmed(percentile),
              ns.getValueAtPercentile(percentile) / 1e3));
    }
    return text.append(String.format(Locale.ROOT, ",\"max\":%.1f}", ns.getMaxValue() / 1e3))
        .toString();
  }

  private static String trimmed(double percentile) {
    return percentile == Math.rint(percentile)
        ? Integer.toString((int) percentile)
        : Double.toString(percentile);
  }
}
