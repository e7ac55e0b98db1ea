package dev.warren.core.journal;

import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message of a {@link JournalSimulation}, and what the journal promised of it. */
final class Sent {
  final long id;
  final int producer;
  final StoredMessage stored;
  final long recoveredAt;
  final List<Reference> references = new ArrayList<>();
  long sequence;
  boolean confirmed;
  boolean inTransaction;

  Sent(long id, int producer, StoredMessage stored, long recoveredAt) {
    this.id = id;
    this.producer = producer;
    this.stored = stored;
    this.recoveredAt = recoveredAt;
  }

  /** Its name in the journal, or {@link StoredMessage#NO_POSITION}. */
  long name() {
    return recoveredAt == StoredMessage.NO_POSITION ? stored.position() : recoveredAt;
  }

  /** A transaction's messages get to their queues only when it is durable. */
  boolean isWithQueues() {
    return !inTransaction || confirmed;
  }

  Reference reference(long queueId) {
    return references.stream().filter(r -> r.queueId == queueId).findFirst().orElseThrow();
  }

  @Nullable Reference firstUnsettled() {
    for (Reference reference : references) {
      if (!reference.settled) {
        return reference;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return "message " + id;
  }

  /** One queue that holds it, or did. */
  static final class Reference {
    final long queueId;
    boolean settled;
    boolean settledForGood;
    int count;
    int countDurable;

    Reference(long queueId) {
      this.queueId = queueId;
    }
  }
}
