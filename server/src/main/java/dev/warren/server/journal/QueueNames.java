package dev.warren.server.journal;

import dev.warren.core.broker.JournalledQueues;
import dev.warren.core.broker.JournalledQueues.Name;
import dev.warren.core.journal.JournalContents;
import dev.warren.core.journal.RecoveryTarget;
import dev.warren.core.journal.StoppedJournal;
import dev.warren.core.message.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;

/** The queues of a journal, and the messages of one of them. Owned by one thread. */
final class QueueNames {
  private final JournalledQueues queues = new JournalledQueues();
  private final HeldMessages held = new HeldMessages();
  private final JournalContents contents;

  private QueueNames(StoppedJournal journal, List<Name> wanted) {
    contents = journal.contents(new Target(wanted));
  }

  /** The queues of a journal. */
  static QueueNames of(StoppedJournal journal) {
    return new QueueNames(journal, List.of());
  }

  /** The same, and the messages a queue holds. */
  static QueueNames withMessages(StoppedJournal journal, String virtualHost, String queue) {
    return new QueueNames(journal, List.of(new Name(virtualHost, queue)));
  }

  JournalledQueues queues() {
    return queues;
  }

  JournalContents contents() {
    return contents;
  }

  /** What the queue holds, in its order. */
  HeldMessages held() {
    return held;
  }

  /**
   * The number of a declared queue.
   *
   * @throws UnusableArgumentException if there is none; names those there are
   */
  long known(String virtualHost, String queue) {
    return queues
        .id(new Name(virtualHost, queue))
        .orElseThrow(
            () -> {
              List<String> there = new ArrayList<>();
              queues
                  .declared()
                  .forEach(
                      name -> {
                        if (name.virtualHost().equals(virtualHost)) {
                          there.add(name.queue());
                        }
                      });
              there.sort(null);
              return new UnusableArgumentException(
                  "the journal knows no queue \""
                      + queue
                      + "\" in virtual host \""
                      + virtualHost
                      + "\", but "
                      + (there.isEmpty() ? "none" : there));
            });
  }

  private final class Target implements RecoveryTarget {
    private final List<Name> wanted;
    private long id = -1;

    Target(List<Name> wanted) {
      this.wanted = wanted;
    }

    @Override
    public void onTopologyReset() {
      queues.reset();
    }

    @Override
    public void onTopologyChange(byte[] change) {
      try {
        queues.apply(change);
      } catch (MalformedMessageException e) {
        // A change this release cannot read names no queue it could read either.
      }
    }

    @Override
    public void onTopologyComplete(boolean cleanShutdown) {
      for (Name name : wanted) {
        id = queues.id(name).orElse(-1);
      }
    }

    @Override
    public boolean onMessage(RecoveredMessage message) {
      if (message.queueId() == id) {
        held.add(
            message.position(),
            message.sizeBytes(),
            message.deliveryCount(),
            message.acquiredCount());
      }
      return true;
    }
  }
}
