package dev.warren.core.broker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction asks the owner of some queues before it commits. The answer comes behind all
 * that the owner was sent before, so that the transaction knows by then whether each delivery is
 * held; and it says whether queues that reject have room.
 *
 * <p>Filled by the transaction's loop, answered by the owner, then the loop's again; each hands it
 * on by mail.
 *
 * <p>Room is asked for and not reserved: what others publish between the answer and the commit may
 * take a queue beyond its limit, by as much as the transactions under way.
 */
final class CommitQuestion {
  private static final Mail ANSWER =
      (question, unused) -> {
        CommitQuestion answered = (CommitQuestion) question;
        answered.transaction.onAnswer(answered);
      };

  private final Transaction transaction;
  private final BrokerLoop owner;
  private final List<Room> rooms = new ArrayList<>();
  private @Nullable String fullQueue;

  private static final class Room {
    private final QueueProxy queue;
    private long count;
    private long bytes;

    Room(QueueProxy queue) {
      this.queue = queue;
    }
  }

  CommitQuestion(Transaction transaction, BrokerLoop owner) {
    this.transaction = transaction;
    this.owner = owner;
  }

  BrokerLoop owner() {
    return owner;
  }

  /** A message of this size is to go to this queue. */
  void askRoom(QueueProxy queue, long bytes) {
    Room room = null;
    for (Room known : rooms) {
      if (known.queue == queue) {
        room = known;
      }
    }
    if (room == null) {
      room = new Room(queue);
      rooms.add(room);
    }
    room.count++;
    room.bytes += bytes;
  }

  /** On the owner. */
  void onAsked() {
    for (Room room : rooms) {
      if (!room.queue.isDeleted()
          && !room.queue.state().hasRoom(room.count, room.bytes, owner.nowMs())) {
        fullQueue = room.queue.name();
      }
    }
    owner.post(transaction.loop(), ANSWER, this, null);
  }

  /** A queue without room, if there is one. */
  @Nullable String fullQueue() {
    return fullQueue;
  }
}
