package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A journal on a {@link SimStorage}, stepped by hand, beside a {@link JournalModel} of what it has
 * promised. One {@link #live} is: recover, compare with the model, random work, then the power
 * fails, or only the process ends, or it is closed in order.
 */
final class JournalSimulation {
  static final JournalOptions OPTIONS = new JournalOptions(16 << 10, 48 << 10, 8 << 10, 64, 2);

  /** Steps of a life have numbers from this times the number of the life on. */
  static final int STEPS_PER_LIFE = 10_000;

  private static final int QUEUES = 5;
  private static final int PRODUCERS = JournalModel.PRODUCERS;
  private static final int FAULTY_STEP_ONE_IN = 120;

  private final JournalScenario scenario;
  private final SimStorage storage = new SimStorage();
  private final Storage seen;
  private final SimClock clock = new SimClock();
  private final JournalModel model = new JournalModel();

  /** Of the present step: each has its own, so that others can be left out. */
  private SplittableRandom random;

  private int lives;
  private final List<Integer> taken = new ArrayList<>();
  private final JournalAppender[] appenders = new JournalAppender[PRODUCERS];
  private @Nullable FileJournal journal;

  /** What was confirmed when the journal failed; null while it has not. */
  private long @Nullable [] confirmedBeforeFailure;

  /** What the thread that makes files has to do; a process that ends takes it along. */
  private final ArrayDeque<Runnable> fileWork = new ArrayDeque<>();

  private long nextId;
  private long copied;
  private long summaries;

  /** One message in so many is hardly ever settled, so that old segments have to be cleaned. */
  private final int stubbornOneIn;

  /** Records of few lengths, so that new ones end where old ones did. */
  private final boolean regular;

  JournalSimulation(JournalScenario scenario) {
    this.scenario = scenario;
    seen = scenario.mutation().apply(storage);
    random = scenario.life(-1);
    stubbornOneIn = random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(3, 40);
    regular = random.nextInt(3) == 0;
  }

  /** Messages that were copied forward. */
  long copied() {
    return copied;
  }

  /** Numbers of the steps that were taken. */
  List<Integer> taken() {
    return taken;
  }

  /** Segments that were replayed from their summaries. */
  long summaries() {
    return summaries;
  }

  void live() {
    SplittableRandom ofLife = scenario.life(lives);
    random = ofLife;
    storage.random(ofLife.split());
    recover();
    int stepsOfLife = random.nextInt(20, 400) * (random.nextInt(3) == 0 ? 4 : 1);
    if (random.nextInt(3) == 0) {
      stepsOfLife = random.nextInt(2, 12); // what the last life has left behind is still there
    }
    boolean powerFails = random.nextInt(4) > 0;
    if (powerFails) {
      storage.powerOffAfter(random.nextInt(1, stepsOfLife / 2 + 2));
    }
    boolean filesAtOnce = random.nextBoolean();
    int appendShare = random.nextInt(10, random.nextInt(3) == 0 ? 50 : 24);
    for (int i = 0; i < stepsOfLife && !storage.isOff(); i++) {
      int number = lives * STEPS_PER_LIFE + i;
      if (scenario.takes(number)) {
        taken.add(number);
        random = scenario.step(number);
        tell("step " + number);
        step(appendShare);
        if (filesAtOnce || random.nextInt(12) == 0) {
          makeFiles();
        }
      }
    }
    random = ofLife;
    if (!powerFails && !storage.isFaulty() && !hasFailed() && random.nextBoolean()) {
      close();
    } else {
      model.endedInOrder = false;
      endWithoutWarning();
    }
    copied += opened().statistics().messagesCopied();
    storage.capacityBytes(Long.MAX_VALUE);
    lives++;
  }

  private void makeFiles() {
    for (Runnable work = fileWork.poll(); work != null; work = fileWork.poll()) {
      work.run();
    }
  }

  private void tell(String what) {
    scenario.story().accept(what);
  }

  private void close() {
    tell("close in order");
    storage.heal();
    barrier(); // what waits for room would not be recorded
    append();
    settle();
    flushAll();
    opened().writer().drain();
    makeFiles(); // a writer of its own thread waits for a segment that is being made
    opened().writer().drain();
    opened().close();
    makeFiles();
    boolean fails = hasFailed();
    checkFailure();
    model.noteConfirmed();
    model.endedInOrder = !fails;
    if (!fails) {
      model.settleForGood();
      assertThat(opened().state()).as("after close").isEqualTo(Journal.State.RUNNING);
    }
  }

  private void endWithoutWarning() {
    if (random.nextInt(3) == 0) {
      tell("the process ends");
      storage.kill(random);
      storage.heal();
    } else {
      tell("the power fails");
      storage.crash(random);
    }
  }

  private FileJournal opened() {
    FileJournal now = journal;
    if (now == null) {
      throw new IllegalStateException("not recovered");
    }
    return now;
  }

  private boolean hasFailed() {
    return opened().writer().failure() != null;
  }

  // --- recovery ---

  private void recover() {
    while (true) {
      if (random.nextInt(4) == 0) {
        storage.powerOffAfter(random.nextInt(1, 25));
      }
      if (scenario.faults() && random.nextInt(3) == 0) {
        refuseSomething(random.nextInt(20));
      }
      if (scenario.faults() && random.nextInt(4) == 0 && !storage.isFaulty()) {
        flipBits();
      }
      RecordingTarget target = new RecordingTarget();
      fileWork.clear();
      FileJournal.Threads threads = FileJournal.Threads.callers(fileWork::add, Runnable::run);
      FileJournal recovering = new FileJournal(seen, OPTIONS, clock, threads, null);
      try {
        RecoveryReport report = recovering.recover(target);
        summaries += report.summaries();
        if (!storage.isOff()) {
          storage.powerOffAfter(Integer.MAX_VALUE);
          storage.heal();
          tell("recovered " + target.messages.size());
          model.check(report, target, name -> read(recovering, name));
          model.adopt(target, name -> read(recovering, name));
          begin(recovering);
          return;
        }
      } catch (JournalException e) {
        tell("no recovery: " + e.getMessage());
        boolean cannotRead = storage.refuses(SimStorage.Fault.READS);
        assertThat(e instanceof CorruptJournalException && !cannotRead)
            .as("a crash is no corruption: " + e)
            .isFalse();
        assertThat(storage.isOff() || storage.refusals() > 0).as("why it fails: " + e).isTrue();
      }
      model.endedInOrder = false;
      endWithoutWarning();
    }
  }

  private void begin(FileJournal recovered) {
    journal = recovered;
    confirmedBeforeFailure = null;
    recovered.topologySource(model::snapshot);
    for (int i = 0; i < PRODUCERS; i++) {
      int producer = i;
      appenders[i] = recovered.appender(sequence -> confirmed(producer, sequence));
    }
  }

  private void flipBits() {
    SplittableRandom decides = random.split();
    FlipCheck check = new FlipCheck(storage.copy(), scenario.mutation());
    for (int i = 0; i < 3; i++) {
      check.flip(decides);
    }
  }

  private void refuseSomething(int afterMax) {
    SimStorage.Fault what = List.of(SimStorage.Fault.values()).get(random.nextInt(3));
    int after = random.nextInt(afterMax + 1);
    if (random.nextInt(3) == 0) {
      tell("refuses " + what);
      storage.fail(what);
    } else {
      tell("refuses one of " + what + " after " + after);
      storage.failOnce(what, after);
    }
  }

  private void confirmed(int producer, long sequence) {
    assertThat(storage.isOff()).as("nothing is confirmed without power").isFalse();
    model.confirmed(producer, sequence);
  }

  // --- work ---

  private void step(int appendShare) {
    if (scenario.faults() && random.nextInt(FAULTY_STEP_ONE_IN) == 0) {
      disturb();
      return;
    }
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
      tell("flush");
      appenders[random.nextInt(PRODUCERS)].flush();
    } else if (dice < 94) {
      tell("write");
      opened().writer().runOnce();
    } else if (dice < 96) {
      tell("time passes");
      clock.advanceMs(random.nextInt(1, 150));
    } else if (dice < 97) {
      if (random.nextInt(16) > 0) {
        readSome();
      } else {
        settleAndCountMany();
      }
    } else if (dice < 98) {
      boolean full = random.nextBoolean();
      tell(full ? "the disk is full" : "there is room");
      storage.capacityBytes(full ? storage.usedBytes() : Long.MAX_VALUE);
    } else {
      barrier();
    }
    checkFailure();
    model.noteConfirmed();
  }

  /** More at once than there may be room for. */
  private void settleAndCountMany() {
    for (int left = random.nextInt(200); left > 0; left--) {
      if (random.nextInt(3) == 0) {
        count();
      } else {
        settle();
      }
    }
  }

  private void disturb() {
    int dice = random.nextInt(10);
    if (dice < 6) {
      refuseSomething(dice);
    } else if (dice < 8) {
      tell("the disk is slow");
      storage.slow(clock, random.nextInt(1, 5000));
    } else {
      tell("the disk is well again");
      storage.heal();
    }
  }

  /** Only the power or a refusal may make it fail; then it stays so, and confirms nothing. */
  private void checkFailure() {
    Throwable failure = opened().writer().failure();
    if (failure == null) {
      return;
    }
    assertThat(storage.isOff() || storage.refusals() > 0).as("failed: " + failure).isTrue();
    assertThat(failure).as("failed").hasMessageContaining("simulated: ");
    assertThat(opened().state()).as("after a failure").isEqualTo(Journal.State.FAILED);
    long[] confirmed = model.confirmedSequences();
    long[] before = confirmedBeforeFailure;
    if (before == null) {
      confirmedBeforeFailure = confirmed;
    } else {
      assertThat(confirmed).as("nothing is confirmed after a failure").isEqualTo(before);
    }
  }

  private void append() {
    int producer = random.nextInt(PRODUCERS);
    long[] queueIds = queues(4);
    Message message = message(++nextId);
    StoredMessage stored = StoredMessage.journalled(message, queueIds);
    long sequence = appenders[producer].append(stored);
    if (sequence != JournalAppender.NO_ROOM) {
      tell("append " + nextId + " to " + Arrays.toString(queueIds) + " by " + producer);
      Sent added = sent(producer, stored);
      added.sequence = sequence;
      model.sent.put(nextId, added);
    }
  }

  private long[] queues(int bound) {
    return random
        .ints(regular ? 1 : random.nextInt(1, bound), 1, QUEUES + 1)
        .distinct()
        .mapToLong(q -> q)
        .toArray();
  }

  private Sent sent(int producer, StoredMessage stored) {
    Sent added = new Sent(nextId, producer, stored, StoredMessage.NO_POSITION);
    for (long queue : stored.queueIds()) {
      added.references.add(new Sent.Reference(queue));
    }
    return added;
  }

  /** Some messages and some settlements, all or nothing. */
  private void transact() {
    int producer = random.nextInt(PRODUCERS);
    JournalTransaction journalled = new JournalTransaction();
    SentTransaction transaction = new SentTransaction(producer);
    int messages = random.nextInt(5);
    for (int i = 0; i < messages; i++) {
      long[] queueIds = queues(3);
      StoredMessage stored = StoredMessage.journalled(message(++nextId), queueIds);
      Sent added = sent(producer, stored);
      added.inTransaction = true;
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
        journalled.settle(
            reference.queueId, message.recoveredAt, message.stored.message().sizeBytes());
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
    tell("transaction of " + transaction.messages + " settles " + transaction.settled.values());
    transaction.sequence = sequence;
    for (Sent added : transaction.messages) {
      added.sequence = sequence;
      model.sent.put(added.id, added);
    }
    model.transactions.add(transaction);
  }

  private Message message(long id) {
    int more =
        regular ? 32 * random.nextInt(6) : random.nextInt(random.nextInt(10) == 0 ? 3000 : 300);
    byte[] body = new byte[8 + more];
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
    long[] ids = model.sent.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    if (ids.length == 0) {
      return null;
    }
    int from = random.nextInt(5) == 0 ? random.nextInt(ids.length) : 0;
    for (int i = from; i < ids.length; i++) {
      Sent candidate = model.sent.get(ids[i]);
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
    tell("settle " + message.id + " of " + reference.queueId);
    reference.settled = true;
    JournalAppender appender = appenders[random.nextInt(PRODUCERS)];
    if (message.recoveredAt != StoredMessage.NO_POSITION) {
      appender.settled(
          reference.queueId, message.recoveredAt, message.stored.message().sizeBytes());
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
    tell("count " + message.id + " of " + reference.queueId + ": " + count);
    // Counts of one reference come from its queue's owner, so always the same appender.
    JournalAppender owner = appenders[(int) reference.queueId % PRODUCERS];
    if (message.recoveredAt != StoredMessage.NO_POSITION) {
      owner.counted(reference.queueId, message.recoveredAt, count, 2 * count);
    } else {
      owner.counted(reference.queueId, message.stored, count, 2 * count);
    }
  }

  private void changeTopology() {
    Set<String> after = new LinkedHashSet<>(model.topology());
    String name = "n" + random.nextInt(20);
    String change = (after.contains(name) ? "-" : "+") + name;
    tell("topology " + change);
    RecordingTarget.apply(after, change);
    // In the source before it is flushed: a snapshot may be written at any time.
    model.changed(after, appenders[0].topology(change.getBytes(StandardCharsets.UTF_8)));
  }

  /** Reads what is held: it is there, or it is said why not. */
  private void readSome() {
    tell("read");
    for (Sent message : model.sent.values()) {
      if (message.name() == StoredMessage.NO_POSITION || message.firstUnsettled() == null) {
        continue;
      }
      int refusals = storage.refusals();
      Message read = null;
      try {
        read = read(opened(), message.name());
      } catch (JournalException e) {
        // What a failed force has lost may not be readable any more.
        boolean lost = hasFailed() && !message.confirmed;
        assertThat(storage.refusals() > refusals || lost).as("unreadable: " + e).isTrue();
      }
      if (read != null) {
        assertThat(read).as("read").isEqualTo(message.stored.message());
      }
    }
  }

  /** Everything gets written and synced. */
  private void barrier() {
    tell("everything is written");
    storage.capacityBytes(Long.MAX_VALUE);
    flushAll();
    // Learn that there was no room, ask again, sync the rest; each segment may take that.
    for (int i = 0; i < 4 || (i < 20 && opened().writer().isWaiting()); i++) {
      clock.advanceMs(1100);
      opened().writer().drain();
      makeFiles();
    }
    opened().writer().drain();
    if (!storage.isOff() && !storage.isFaulty() && !hasFailed()) {
      model.noteConfirmed();
      assertThat(model.sent.values()).as("confirmed in the end").allMatch(sent -> sent.confirmed);
      model.settleForGood();
    }
  }

  private void flushAll() {
    for (JournalAppender appender : appenders) {
      appender.flush();
    }
  }

  static Message read(FileJournal from, long position) {
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
}
