package dev.warren.core.journal;

import dev.warren.core.journal.AppendBatch.References;
import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns batches into records at the {@link LogTail}. Owned by the writer.
 *
 * <p>Messages and topology changes of a batch come first, then its settlements and counts. When
 * there is no room for a message, the batch and all messages after it are held; settlements and
 * topology changes of batches without messages go on. A transaction counts as a message here.
 */
final class BatchEncoder {
  /** Stands for a topology change of a held batch which has been written ahead of its turn. */
  private static final Object WRITTEN_AHEAD = new Object();

  private final LogTail tail;
  private final Liveness liveness;
  private final TopologyLog topology;
  private final SettlementGroups settlements;

  /** Settlements of the transaction that is being written; otherwise empty. */
  private final SettlementGroups inTransaction;

  private final ArrayDeque<AppendBatch> held = new ArrayDeque<>();

  /** Settlements of messages which have no position yet because they are held. */
  private References unresolved = new References();

  private References unresolvedBefore = new References();

  /** Counts for which there was no room, or no position; rare. The latest of each message. */
  private Map<Counted, int[]> waitingCounts = new LinkedHashMap<>();

  private final ArrayList<FileJournalAppender> reached = new ArrayList<>();
  private final ArrayList<AppendBatch> done = new ArrayList<>();

  /** Topology changes in held batches which are not written; later ones must wait for them. */
  private int heldTopology;

  private boolean confirmable;
  private long messagesWritten;
  private long messagesElided;

  BatchEncoder(LogTail tail, Liveness liveness, TopologyLog topology, int recordBytesMax) {
    this.tail = tail;
    this.liveness = liveness;
    this.topology = topology;
    this.settlements = new SettlementGroups(recordBytesMax);
    this.inTransaction = new SettlementGroups(recordBytesMax);
  }

  /** Goes on with what could not be written before. */
  void retryHeld(long bytesMax) throws IOException {
    AppendBatch batch;
    while (tail.bytesSinceSync() < bytesMax && (batch = held.peekFirst()) != null) {
      int topologyBefore = topologyLeft(batch);
      boolean whole = encodeSequenced(batch);
      heldTopology -= topologyBefore - topologyLeft(batch);
      if (!whole) {
        return;
      }
      held.removeFirst();
      takeSettlements(batch);
      done.add(batch);
    }
  }

  /** Encodes a batch, or holds it. */
  void take(AppendBatch batch) throws IOException {
    boolean whole = held.isEmpty() ? encodeSequenced(batch) : batch.sequencedCount == 0;
    if (whole) {
      takeSettlements(batch);
      done.add(batch);
    } else {
      writeTopologyAhead(batch);
      held.addLast(batch);
    }
  }

  /** Writes the settlements and counts gathered since the last call, as far as there is room. */
  void finish() throws IOException {
    if (unresolved.count > 0) {
      References again = unresolved;
      unresolved = unresolvedBefore;
      unresolvedBefore = again;
      settleAll(again);
      again.clear();
    }
    if (!waitingCounts.isEmpty()) {
      Map<Counted, int[]> again = waitingCounts;
      waitingCounts = new LinkedHashMap<>();
      for (Map.Entry<Counted, int[]> waiting : again.entrySet()) {
        count(waiting.getKey(), waiting.getValue()[0], waiting.getValue()[1]);
      }
    }
    if (!settlements.isEmpty()) {
      settlements.writeTo(tail);
    }
  }

  /** Whether something was written that somebody waits for. */
  boolean needsSync() {
    return confirmable;
  }

  /** Whether messages wait for room. */
  boolean isHolding() {
    return !held.isEmpty();
  }

  /** Whether anything waits for room. */
  boolean isWaiting() {
    return !held.isEmpty() || !settlements.isEmpty() || !waitingCounts.isEmpty();
  }

  /** Tells the appenders; everything written must be durable. */
  void confirm() {
    confirmable = false;
    for (int i = 0; i < reached.size(); i++) {
      reached.get(i).confirm();
    }
    reached.clear();
    for (int i = 0; i < done.size(); i++) {
      AppendBatch batch = done.get(i);
      batch.owner.giveBack(batch);
    }
    done.clear();
  }

  long messagesWritten() {
    return messagesWritten;
  }

  long messagesElided() {
    return messagesElided;
  }

  /** Encodes messages and topology changes; false if there was no room for all of them. */
  private boolean encodeSequenced(AppendBatch batch) throws IOException {
    int i = batch.sequencedDone;
    int count = batch.sequencedCount;
    while (i < count && encode(batch.sequenced[i])) {
      i++;
    }
    if (i > batch.sequencedDone) {
      batch.sequencedDone = i;
      if (batch.owner.reached(batch.firstSequence + i - 1)) {
        reached.add(batch.owner);
      }
    }
    return i == count;
  }

  private boolean encode(@Nullable Object operation) throws IOException {
    if (operation instanceof StoredMessage stored) {
      return encodeMessage(stored);
    }
    if (operation instanceof byte[] change) {
      return encodeTopology(change);
    }
    if (operation instanceof JournalTransaction transaction) {
      return encodeTransaction(transaction);
    }
    assert operation == WRITTEN_AHEAD;
    return true;
  }

  private boolean encodeMessage(StoredMessage stored) throws IOException {
    if (stored.isElided()) {
      messagesElided++;
      return true;
    }
    int length = RecordCodec.messageBytes(stored.message(), stored.queueIds().length);
    if (!tail.hasRoom(length, LogTail.Purpose.MESSAGE)) {
      return false;
    }
    if (!stored.claimForWrite()) {
      messagesElided++;
      return true;
    }
    write(stored, length);
    return true;
  }

  private void write(StoredMessage stored, int length) throws IOException {
    Message message = stored.message();
    long[] queueIds = stored.queueIds();
    long position = tail.begin(RecordCodec.MESSAGE_STORED, length);
    tail.addFlags(RecordCodec.priorityFlags(message.header().priority()));
    stored.assigned(position);
    RecordCodec.putMessageBody(tail.body(), message, queueIds);
    tail.end();
    tail.gathered(stored);
    liveness.stored(position, queueIds.length, message.sizeBytes(), RecordCodec.aligned(length));
    messagesWritten++;
    confirmable = true;
  }

  /**
   * All of it one after the other, and at the end the record without which none of it counts. No
   * message of it can have been elided: they are not with a queue yet. What it settles was flushed
   * before it, so that it has a position.
   */
  private boolean encodeTransaction(JournalTransaction transaction) throws IOException {
    if (!tail.hasRoomForTransaction(transaction.bytes())) {
      return false;
    }
    tail.inTransaction(true);
    for (StoredMessage stored : transaction.messages()) {
      boolean claimed = stored.claimForWrite();
      assert claimed : "a message of a transaction is with a queue before the commit";
      int length = RecordCodec.messageBytes(stored.message(), stored.queueIds().length);
      write(stored, length);
    }
    References settled = transaction.settled();
    for (int i = 0; i < settled.count; i++) {
      StoredMessage message = settled.messages[i];
      long position = message == null ? settled.positions[i] : message.assignedPosition();
      assert position != StoredMessage.NO_POSITION : "settled before it was written";
      inTransaction.add(settled.queueIds[i], position);
      liveness.settled(settled.queueIds[i], position, settled.sizes[i]);
    }
    if (!inTransaction.isEmpty()) {
      inTransaction.writeTo(tail);
      assert inTransaction.isEmpty() : "room was checked";
    }
    tail.inTransaction(false);
    tail.mark(RecordCodec.TRANSACTION_COMMITTED);
    confirmable = true;
    return true;
  }

  private boolean encodeTopology(byte[] change) throws IOException {
    if (!tail.hasRoom(RecordCodec.HEADER_BYTES + change.length, LogTail.Purpose.SETTLEMENT)) {
      return false;
    }
    topology.change(change);
    confirmable = true;
    return true;
  }

  /** Declaring or deleting does not wait for messages; its confirmation does. */
  private void writeTopologyAhead(AppendBatch batch) throws IOException {
    for (int i = batch.sequencedDone; i < batch.sequencedCount; i++) {
      if (batch.sequenced[i] instanceof byte[] change) {
        if (heldTopology > 0 || !encodeTopology(change)) {
          heldTopology++;
        } else {
          batch.sequenced[i] = WRITTEN_AHEAD;
        }
      }
    }
  }

  private static int topologyLeft(AppendBatch batch) {
    int left = 0;
    for (int i = batch.sequencedDone; i < batch.sequencedCount; i++) {
      if (batch.sequenced[i] instanceof byte[]) {
        left++;
      }
    }
    return left;
  }

  private void takeSettlements(AppendBatch batch) throws IOException {
    if (batch.settled.count > 0) {
      settleAll(batch.settled);
    }
    References counted = batch.counted;
    for (int i = 0; i < counted.count; i++) {
      Counted reference =
          new Counted(counted.queueIds[i], counted.positions[i], counted.messages[i]);
      count(reference, batch.deliveryCounts[i], batch.acquiredCounts[i]);
    }
  }

  private void settleAll(References settled) {
    for (int i = 0; i < settled.count; i++) {
      StoredMessage message = settled.messages[i];
      long position = message == null ? settled.positions[i] : message.assignedPosition();
      if (position != StoredMessage.NO_POSITION) {
        settlements.add(settled.queueIds[i], position);
        liveness.settled(settled.queueIds[i], position, settled.sizes[i]);
      } else if (message != null && !message.isElided()) {
        unresolved.add(settled.queueIds[i], message);
      }
    }
  }

  /** Writes a count; if there is no room, or the message has no position yet, it waits. */
  private void count(Counted reference, int deliveryCount, int acquiredCount) throws IOException {
    StoredMessage message = reference.message;
    if (message != null && message.isElided()) {
      return;
    }
    long name = message == null ? reference.position : message.assignedPosition();
    if (name == StoredMessage.NO_POSITION
        || !tail.hasRoom(RecordCodec.COUNTED_BYTES, LogTail.Purpose.SETTLEMENT)) {
      waitingCounts.put(reference, new int[] {deliveryCount, acquiredCount});
      return;
    }
    long own = tail.begin(RecordCodec.COUNTED, RecordCodec.COUNTED_BYTES);
    RecordCodec.putCountedBody(tail.body(), reference.queueId, name, deliveryCount, acquiredCount);
    tail.end();
    liveness.counted(name, own);
  }

  /** One queue's hold on a message, known by its position or, at first, by itself. */
  private record Counted(long queueId, long position, @Nullable StoredMessage message) {}
}
