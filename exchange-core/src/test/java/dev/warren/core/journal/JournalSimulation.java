package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
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
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A journal on a {@link SimStorage}, stepped by hand, beside a model of what it has promised. One
 * {@link #live} is: recover, compare with the model, random work, end of power.
 */
final class JournalSimulation {
  static final JournalOptions OPTIONS = new JournalOptions(16 << 10, 48 << 10, 8 << 10, 64, 2);

  private static final int QUEUES = 5;
  private static final int PRODUCERS = 2;

  private final JournalScenario scenario;
  private final SimStorage storage = new SimStorage();
  private final Storage seen;
  private final SimClock clock = new SimClock();

  /** Of the present step: each has its own, so that others can be left out. */
  private SplittableRandom random;

  private int steps;
  private int lives;
  private final Map<Long, Sent> sent = new HashMap<>();

  /** Of this life. */
  private final List<SentTransaction> transactions = new ArrayList<>();

  /** Topology after each change since the last recovery; the first is what was recovered. */
  private final List<Set<String>> topologies = new ArrayList<>(List.of(new LinkedHashSet<>()));

  /** Sequence of each change in {@link #topologies}, at the producer 0. */
  private final List<Long> topologySequences = new ArrayList<>(List.of(0L));

  private final long[] durable = new long[PRODUCERS];
  private final JournalAppender[] appenders = new JournalAppender[PRODUCERS];
  private @Nullable FileJournal journal;
  private long nextId;
  private int recoveries;
  private long copied;
  private long summaries;

  /** One message in so many is hardly ever settled, so that old segments have to be cleaned. */
  private final int stubbornOneIn;

  private boolean endedInOrder = true;

  JournalSimulation(JournalScenario scenario) {
    this.scenario = scenario;
    seen = scenario.mutation().apply(storage);
    random = scenario.life(-1);
    stubbornOneIn = random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(3, 40);
  }

  /** Messages that were copied forward. */
  long copied() {
    return copied;
  }

  /** Segments that were replayed from their summaries. */
  long summaries() {
    return summaries;
  }

  int recoveries() {
    return recoveries;
  }

  /** Steps that were taken or left out. */
  int steps() {
    return steps;
  }

  void live() {
    SplittableRandom ofLife = scenario.life(lives++);
    random = ofLife;
    recover();
    int stepsOfLife = random.nextInt(20, 400) * (random.nextInt(3) == 0 ? 5 : 1);
    boolean powerFails = random.nextInt(4) > 0;
    if (powerFails) {
      storage.powerOffAfter(random.nextInt(1, stepsOfLife / 2 + 2));
    }
    int appendShare = random.nextInt(10, random.nextInt(3) == 0 ? 50 : 24);
    int faultAt = scenario.faults() ? random.nextInt(2 * stepsOfLife) : Integer.MAX_VALUE;
    for (int i = 0; i < stepsOfLife && !storage.isOff(); i++) {
      if (scenario.takes(steps)) {
        random = scenario.step(steps);
        step(appendShare);
      }
      steps++;
      if (i == faultAt) {
        storage.fail(
            List.of(SimStorage.Fault.FORCES, SimStorage.Fault.WRITES, SimStorage.Fault.READS)
                .get(ofLife.nextInt(3)));
      }
    }
    random = ofLife;
    if (!powerFails && !storage.isFaulty() && random.nextBoolean()) {
      barrier(); // what waits for room would not be recorded
      append();
      settle();
      flushAll();
      opened().close();
      checkFailure();
      endedInOrder = true;
      noteConfirmed();
      settleForGood();
      assertThat(opened().state()).isEqualTo(Journal.State.RUNNING);
    } else {
      endedInOrder = false;
      storage.crash(random);
    }
    copied += opened().statistics().messagesCopied();
    storage.capacityBytes(Long.MAX_VALUE);
  }

  private FileJournal opened() {
    FileJournal now = journal;
    if (now == null) {
      throw new IllegalStateException("not recovered");
    }
    return now;
  }

  // --- recovery ---

  private void recover() {
    while (true) {
      boolean powerFails = random.nextInt(4) == 0;
      if (powerFails) {
        storage.powerOffAfter(random.nextInt(1, 25));
      }
      RecordingTarget target = new RecordingTarget();
      FileJournal recovering =
          new FileJournal(seen, OPTIONS, clock, FileJournal.Threads.callers(), null);
      try {
        RecoveryReport report = recovering.recover(target);
        recoveries++;
        summaries += report.summaries();
        if (!storage.isOff()) {
          storage.powerOffAfter(Integer.MAX_VALUE);
          check(report, target, recovering);
          adopt(target, recovering);
          return;
        }
      } catch (CorruptJournalException e) {
        throw new AssertionError("a crash is no corruption", e);
      } catch (JournalException e) {
        assertThat(storage.isOff()).as("power off, not " + e).isTrue();
      }
      endedInOrder = false;
      storage.crash(random);
    }
  }

  private void check(RecoveryReport report, RecordingTarget target, FileJournal recovered) {
    assertThat(report.liveMessages()).isEqualTo(target.messages.size());
    if (endedInOrder) {
      assertThat(report.cleanShutdown()).as("clean").isTrue();
      assertThat(report.tornBytes()).isZero();
    }
    Map<Long, long[]> lastIds = new HashMap<>();
    long lastPosition = -1;
    long lastQueue = -1;
    Set<String> seen = new LinkedHashSet<>();
    for (RecoveryTarget.RecoveredMessage message : target.messages) {
      Message content = read(recovered, message.position());
      Sent known = sent.get(idOf(content));
      assertThat(known).as("a message that was sent").isNotNull();
      assert known != null;
      assertThat(content).isEqualTo(known.stored.message());
      assertThat(message.sizeBytes()).isEqualTo(content.sizeBytes());
      assertThat(message.receivedAtMs()).isEqualTo(content.receivedAtMs());
      assertThat(message.ttlMs()).isEqualTo(content.header().ttlMs());
      Sent.Reference reference = known.reference(message.queueId());
      assertThat(reference.settledForGood).as("settled for good: " + known).isFalse();
      assertThat(message.deliveryCount()).isBetween(reference.countDurable, reference.count);
      assertThat(message.acquiredCount()).isEqualTo(message.deliveryCount() * 2);
      assertThat(seen.add(message.queueId() + "/" + known.id)).as("once").isTrue();
      if (message.queueId() == lastQueue) {
        assertThat(message.position()).isGreaterThan(lastPosition);
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

  private void checkTopology(RecordingTarget target) {
    int confirmed = 0;
    while (confirmed + 1 < topologySequences.size()
        && topologySequences.get(confirmed + 1) <= durable[0]) {
      confirmed++;
    }
    assertThat(topologies.subList(confirmed, topologies.size())).contains(target.topology);
  }

  private void adopt(RecordingTarget target, FileJournal recovered) {
    journal = recovered;
    Map<Long, Sent> before = new HashMap<>(sent);
    sent.clear();
    transactions.clear();
    for (RecoveryTarget.RecoveredMessage message : target.messages) {
      long id = idOf(read(recovered, message.position()));
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
    recovered.topologySource(this::snapshot);
    for (int i = 0; i < PRODUCERS; i++) {
      int producer = i;
      durable[i] = 0;
      appenders[i] = recovered.appender(sequence -> confirmed(producer, sequence));
    }
  }

  private Iterable<byte[]> snapshot() {
    return topologies.get(topologies.size() - 1).stream()
        .map(name -> ("+" + name).getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  private void confirmed(int producer, long sequence) {
    assertThat(storage.isOff()).as("nothing is confirmed without power").isFalse();
    assertThat(sequence).isGreaterThan(durable[producer]);
    durable[producer] = sequence;
  }

  // --- work ---

  private void step(int appendShare) {
    int dice = random.nextInt(100);
    if (dice < appendShare) {
      append();
    } else if (dice < 70) {
      settle();
    } else if (dice < 74) {
      count();
    } else if (dice < 77) {
      changeTopology();
    } else if (dice < 81) {
      transact();
    } else if (dice < 86) {
      appenders[random.nextInt(PRODUCERS)].flush();
    } else if (dice < 94) {
      opened().writer().runOnce();
    } else if (dice < 96) {
      clock.advanceMs(random.nextInt(1, 150));
    } else if (dice < 97) {
      readSome();
    } else if (dice < 98) {
      storage.capacityBytes(random.nextBoolean() ? storage.usedBytes() : Long.MAX_VALUE);
    } else {
      barrier();
    }
    checkFailure();
    noteConfirmed();
  }

  /** Only the power or a fault may make it fail. */
  private void checkFailure() {
    Throwable failure = opened().writer().failure();
    if (failure != null) {
      assertThat(storage.isOff() || storage.isFaulty()).as("failed: " + failure).isTrue();
      assertThat(failure).hasMessageContaining("simulated: ");
    }
  }

  private void append() {
    int producer = random.nextInt(PRODUCERS);
    long[] queueIds =
        random.ints(random.nextInt(1, 4), 1, QUEUES + 1).distinct().mapToLong(q -> q).toArray();
    Message message = message(++nextId);
    StoredMessage stored = StoredMessage.journalled(message, queueIds);
    long sequence = appenders[producer].append(stored);
    if (sequence != JournalAppender.NO_ROOM) {
      Sent added = new Sent(nextId, producer, stored, StoredMessage.NO_POSITION);
      added.sequence = sequence;
      Arrays.stream(queueIds).forEach(queue -> added.references.add(new Sent.Reference(queue)));
      sent.put(nextId, added);
    }
  }

  /** Some messages and some settlements, all or nothing. */
  private void transact() {
    int producer = random.nextInt(PRODUCERS);
    JournalTransaction journalled = new JournalTransaction();
    SentTransaction transaction = new SentTransaction(producer);
    int messages = random.nextInt(5);
    for (int i = 0; i < messages; i++) {
      long[] queueIds =
          random.ints(random.nextInt(1, 3), 1, QUEUES + 1).distinct().mapToLong(q -> q).toArray();
      StoredMessage stored = StoredMessage.journalled(message(++nextId), queueIds);
      Sent added = new Sent(nextId, producer, stored, StoredMessage.NO_POSITION);
      added.inTransaction = true;
      Arrays.stream(queueIds).forEach(queue -> added.references.add(new Sent.Reference(queue)));
      transaction.messages.add(added);
      journalled.store(stored);
    }
    int settlements = random.nextInt(messages == 0 ? 1 : 0, 4);
    for (int i = 0; i < settlements; i++) {
      Sent message = pick();
      Sent.Reference reference = message == null ? null : message.firstUnsettled();
      if (message == null || reference == null) {
        break;
      }
      reference.settled = true;
      transaction.settled.put(reference, message);
      if (message.recoveredAt != StoredMessage.NO_POSITION) {
        journalled.settle(reference.queueId, message.recoveredAt);
      } else {
        appenders[message.producer].flush();
        journalled.settle(reference.queueId, message.stored);
      }
    }
    boolean fits = journalled.bytes() <= appenders[producer].transactionBytesMax();
    long sequence =
        journalled.isEmpty() || !fits
            ? JournalAppender.NO_ROOM
            : appenders[producer].transaction(journalled);
    if (sequence == JournalAppender.NO_ROOM) {
      transaction.settled.keySet().forEach(reference -> reference.settled = false);
      return;
    }
    transaction.sequence = sequence;
    for (Sent added : transaction.messages) {
      added.sequence = sequence;
      sent.put(added.id, added);
    }
    transactions.add(transaction);
  }

  private Message message(long id) {
    byte[] body = new byte[8 + random.nextInt(random.nextInt(10) == 0 ? 3000 : 300)];
    for (int i = 8; i < body.length; i++) {
      body[i] = (byte) random.nextInt();
    }
    ByteBuffer.wrap(body).putLong(id);
    MessageHeader header = MessageHeader.of(true, 4, random.nextBoolean() ? id : -1);
    return new Message(
        Envelope.of("exchange", "key"), header, new byte[0], ByteSlice.of(body), clock.epochMs());
  }

  /** A message which was flushed, and a queue that has not settled it; usually an old one. */
  private @Nullable Sent pick() {
    List<Long> ids = sent.keySet().stream().sorted().toList();
    if (ids.isEmpty()) {
      return null;
    }
    int from = random.nextInt(5) == 0 ? random.nextInt(ids.size()) : 0;
    for (int i = from; i < ids.size(); i++) {
      Sent candidate = sent.get(ids.get(i));
      if (candidate != null
          && (candidate.id % stubbornOneIn != 0 || random.nextInt(50) == 0)
          && candidate.isWithQueues()
          && candidate.firstUnsettled() != null) {
        return candidate;
      }
    }
    return null;
  }

  private void settle() {
    Sent message = pick();
    Sent.Reference reference = message == null ? null : message.firstUnsettled();
    if (message == null || reference == null) {
      return;
    }
    reference.settled = true;
    JournalAppender appender = appenders[random.nextInt(PRODUCERS)];
    if (message.recoveredAt != StoredMessage.NO_POSITION) {
      appender.settled(reference.queueId, message.recoveredAt);
      return;
    }
    appenders[message.producer].flush(); // a queue gets a message only after it was flushed
    if (message.stored.settleUnwritten()) {
      message.references.forEach(each -> each.settledForGood = true);
    } else {
      appender.settled(reference.queueId, message.stored);
    }
  }

  private void count() {
    Sent message = pick();
    Sent.Reference reference = message == null ? null : message.firstUnsettled();
    if (message == null || reference == null) {
      return;
    }
    appenders[message.producer].flush();
    int count = ++reference.count;
    // Counts of one reference come from its queue's owner, so always the same appender.
    JournalAppender owner = appenders[(int) reference.queueId % PRODUCERS];
    if (message.recoveredAt != StoredMessage.NO_POSITION) {
      owner.counted(reference.queueId, message.recoveredAt, count, 2 * count);
    } else {
      owner.counted(reference.queueId, message.stored, count, 2 * count);
    }
  }

  private void changeTopology() {
    Set<String> after = new LinkedHashSet<>(topologies.get(topologies.size() - 1));
    String name = "n" + random.nextInt(20);
    String change = (after.contains(name) ? "-" : "+") + name;
    RecordingTarget.apply(after, change);
    topologies.add(after);
    topologySequences.add(appenders[0].topology(change.getBytes(StandardCharsets.UTF_8)));
  }

  private void readSome() {
    if (storage.isFaulty()) {
      return;
    }
    for (Sent message : sent.values()) {
      long position =
          message.recoveredAt == StoredMessage.NO_POSITION
              ? message.stored.position()
              : message.recoveredAt;
      if (position != StoredMessage.NO_POSITION && message.firstUnsettled() != null) {
        assertThat(read(opened(), position)).isEqualTo(message.stored.message());
      }
    }
  }

  /** Everything gets written and synced. */
  private void barrier() {
    storage.capacityBytes(Long.MAX_VALUE);
    flushAll();
    for (int i = 0; i < 3; i++) { // learn that there was no room, ask again, sync the rest
      clock.advanceMs(1100);
      opened().writer().drain();
    }
    if (!storage.isOff() && !storage.isFaulty()) {
      noteConfirmed();
      assertThat(sent.values()).allMatch(message -> message.confirmed);
      settleForGood();
    }
  }

  private void flushAll() {
    for (JournalAppender appender : appenders) {
      appender.flush();
    }
  }

  private void noteConfirmed() {
    for (Sent message : sent.values()) {
      message.confirmed |= message.sequence <= durable[message.producer];
    }
    for (SentTransaction transaction : transactions) {
      if (transaction.sequence <= durable[transaction.producer]) {
        transaction.settled.keySet().forEach(reference -> reference.settledForGood = true);
      }
    }
  }

  private void settleForGood() {
    for (Sent message : sent.values()) {
      for (Sent.Reference reference : message.references) {
        reference.settledForGood |= reference.settled;
        reference.countDurable = reference.count;
      }
    }
  }

  private static Message read(FileJournal from, long position) {
    List<Message> found = new ArrayList<>();
    from.read(
        new long[] {position},
        (messages, failure) -> {
          if (failure != null) {
            throw failure;
          }
          Message message = messages[0];
          assertThat(message).as("still there").isNotNull();
          assert message != null;
          found.add(message);
        });
    return found.get(0);
  }

  private static long idOf(Message message) {
    return ByteBuffer.wrap(message.bareArray(), message.bareOffset(), 8).getLong();
  }
}
