package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * What a journal has been given and has promised, to be compared with what it recovers: nothing
 * confirmed is lost, nothing settled for good comes back, order is kept, transactions are all or
 * nothing, the topology is as it was confirmed.
 */
final class JournalModel {
  static final int PRODUCERS = 2;

  final Map<Long, Sent> sent = new HashMap<>();

  /** Of this life. */
  final List<SentTransaction> transactions = new ArrayList<>();

  /** Topology after each change since the last recovery; the first is what was recovered. */
  private final List<Set<String>> topologies = new ArrayList<>(List.of(new LinkedHashSet<>()));

  /** Sequence of each change in {@link #topologies}, at the producer 0. */
  private final List<Long> topologySequences = new ArrayList<>(List.of(0L));

  private final long[] durable = new long[PRODUCERS];

  /** Whether something was confirmed that has not been noted. */
  private boolean news;

  /** Whether the last life ended in order. */
  boolean endedInOrder = true;

  /** The journal confirmed everything of this producer up to here. */
  void confirmed(int producer, long sequence) {
    assertThat(sequence).as("confirmations rise").isGreaterThan(durable[producer]);
    durable[producer] = sequence;
    news = true;
  }

  long[] confirmedSequences() {
    return durable.clone();
  }

  Set<String> topology() {
    return topologies.get(topologies.size() - 1);
  }

  void changed(Set<String> after, long sequence) {
    topologies.add(after);
    topologySequences.add(sequence);
  }

  Iterable<byte[]> snapshot() {
    return topology().stream().map(name -> ("+" + name).getBytes(StandardCharsets.UTF_8)).toList();
  }

  /** Marks what was confirmed since the last call. */
  void noteConfirmed() {
    if (!news) {
      return;
    }
    news = false;
    for (Sent message : sent.values()) {
      message.confirmed |= message.sequence <= durable[message.producer];
    }
    for (SentTransaction transaction : transactions) {
      if (transaction.sequence <= durable[transaction.producer]) {
        transaction.settled.keySet().forEach(reference -> reference.settledForGood = true);
      }
    }
  }

  void settleForGood() {
    for (Sent message : sent.values()) {
      for (Sent.Reference reference : message.references) {
        reference.settledForGood |= reference.settled;
        reference.countDurable = reference.count;
      }
    }
  }

  /** Compares with what was recovered. */
  void check(RecoveryReport report, RecordingTarget target, LongFunction<Message> contents) {
    assertThat(report.liveMessages()).as("live").isEqualTo(target.messages.size());
    if (endedInOrder) {
      assertThat(report.cleanShutdown()).as("clean").isTrue();
      assertThat(report.tornBytes()).as("torn").isZero();
    }
    Map<Long, long[]> lastIds = new HashMap<>();
    long lastPosition = -1;
    long lastQueue = -1;
    Set<String> seen = new LinkedHashSet<>();
    for (RecoveryTarget.RecoveredMessage message : target.messages) {
      Message content = contents.apply(message.position());
      Sent known = sent.get(idOf(content));
      assertThat(known).as("a message that was sent").isNotNull();
      assert known != null;
      check(message, content, known);
      assertThat(seen.add(message.queueId() + "/" + known.id)).as("once").isTrue();
      if (message.queueId() == lastQueue) {
        assertThat(message.position()).as("order of names").isGreaterThan(lastPosition);
      }
      lastQueue = message.queueId();
      lastPosition = message.position();
      long[] last = lastIds.computeIfAbsent(message.queueId(), q -> new long[PRODUCERS]);
      assertThat(known.id).as("order of one producer").isGreaterThan(last[known.producer]);
      last[known.producer] = known.id;
    }
    for (Sent each : sent.values()) {
      for (Sent.Reference reference : each.references) {
        if (each.confirmed && !reference.settled) {
          assertThat(seen).as("confirmed").contains(reference.queueId + "/" + each.id);
        }
      }
    }
    transactions.forEach(transaction -> transaction.check(seen));
    checkTopology(target);
  }

  private static void check(RecoveryTarget.RecoveredMessage message, Message content, Sent known) {
    assertThat(content).as("content").isEqualTo(known.stored.message());
    assertThat(message.sizeBytes()).as("size").isEqualTo(content.sizeBytes());
    assertThat(message.receivedAtMs()).as("received").isEqualTo(content.receivedAtMs());
    assertThat(message.ttlMs()).as("time to live").isEqualTo(content.header().ttlMs());
    Sent.Reference reference = known.reference(message.queueId());
    assertThat(reference.settledForGood).as("settled for good: " + known).isFalse();
    assertThat(message.deliveryCount())
        .as("counts")
        .isBetween(reference.countDurable, reference.count);
    assertThat(message.acquiredCount()).as("counts").isEqualTo(message.deliveryCount() * 2);
  }

  private void checkTopology(RecordingTarget target) {
    int confirmed = 0;
    while (confirmed + 1 < topologySequences.size()
        && topologySequences.get(confirmed + 1) <= durable[0]) {
      confirmed++;
    }
    assertThat(topologies.subList(confirmed, topologies.size()))
        .as("topology")
        .contains(target.topology);
  }

  /** Goes on from what was recovered. */
  void adopt(RecordingTarget target, LongFunction<Message> contents) {
    Map<Long, Sent> before = new HashMap<>(sent);
    sent.clear();
    transactions.clear();
    for (RecoveryTarget.RecoveredMessage message : target.messages) {
      long id = idOf(contents.apply(message.position()));
      Sent known = Objects.requireNonNull(before.get(id));
      Sent now =
          sent.computeIfAbsent(
              id, i -> new Sent(id, known.producer, known.stored, message.position()));
      Sent.Reference reference = new Sent.Reference(message.queueId());
      reference.count = message.deliveryCount();
      reference.countDurable = message.deliveryCount();
      now.references.add(reference);
    }
    Set<String> told = new LinkedHashSet<>(target.topology);
    topologies.clear();
    topologies.add(told);
    topologySequences.clear();
    topologySequences.add(0L);
    Arrays.fill(durable, 0);
    news = true; // what was recovered counts as confirmed
  }

  private static long idOf(Message message) {
    return ByteBuffer.wrap(message.bareArray(), message.bareOffset(), 8).getLong();
  }
}
