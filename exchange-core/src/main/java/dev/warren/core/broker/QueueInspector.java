package dev.warren.core.broker;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Consumer;
import dev.warren.core.queue.Outcome;
import dev.warren.core.queue.QueuePage;
import dev.warren.core.queue.QueuedMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The operator's hands and eyes in one queue. Looking takes, reorders and marks nothing; {@link
 * #mend} moves, copies and deletes chosen messages. Thread-safe; answers complete on loops and on
 * threads of the journal, which must not be kept. Whether somebody may is for the fronts to check.
 */
public final class QueueInspector {
  /** Messages of one page at most. */
  public static final int PAGE_MAX = 1000;

  /** A page ends with the message that makes so many bytes to be read from the journal. */
  static final long READ_BYTES_MAX = 4 << 20;

  private final VirtualHost host;
  private final QueueProxy queue;

  QueueInspector(VirtualHost host, QueueProxy queue) {
    this.host = host;
    this.queue = queue;
  }

  /**
   * Ready messages in the queue's order.
   *
   * @param from an id; 0 is before all of them
   * @param max at most {@link #PAGE_MAX} count
   * @return those messages; one is null if it could not be read, because it has left meanwhile
   */
  public CompletionStage<QueuePage> ready(long from, int max) {
    CompletableFuture<QueuePage> answer = new CompletableFuture<>();
    onOwner(
        answer,
        () ->
            read(
                queue.state().inspectReady(from, Math.min(max, PAGE_MAX), READ_BYTES_MAX), answer));
    return answer;
  }

  /** Unsettled messages in the queue's order; the parameters are those of {@link #ready}. */
  public CompletionStage<QueuePage> unsettled(long from, int max) {
    CompletableFuture<QueuePage> answer = new CompletableFuture<>();
    onOwner(
        answer,
        () ->
            answer.complete(
                queue
                    .state()
                    .inspectUnsettled(from, Math.min(max, PAGE_MAX), queue.owner().nowMs())));
    return answer;
  }

  /** Who holds a message. */
  public static Optional<Holder> holder(QueuedMessage message) {
    QueuedMessage.Holder holder = message.holder();
    if (holder == null || !(holder.context() instanceof QueueSubscription subscription)) {
      return Optional.empty();
    }
    Subscription.Request request = subscription.request();
    return Optional.of(new Holder(request.consumerTag(), request.connectionId(), holder.heldMs()));
  }

  /** A consumer that holds a message, and for how many milliseconds. */
  public record Holder(String consumerTag, long connectionId, long heldMs) {}

  /**
   * What to do with one message.
   *
   * @param id its place, as {@link #ready} told it
   * @param read the message as it was read there
   * @param publish what to publish, or null
   * @param remove whether it leaves the queue
   */
  public record Change(long id, Message read, @Nullable Message publish, boolean remove) {}

  /**
   * What became of some changes.
   *
   * @param done carried out
   * @param gone not, because the message was not ready any more
   * @param unroutable not, because no queue was found for what should have been published
   */
  public record Mended(int done, int gone, int unroutable) {}

  /**
   * How many messages may be published for a user at this moment: 0 while an alarm keeps publishers
   * waiting, the journal is behind, or the user's publish rate is used up.
   */
  public CompletionStage<Integer> room(String user) {
    CompletableFuture<Integer> answer = new CompletableFuture<>();
    onOwner(
        answer,
        () -> {
          UserPace pace = host.joinPace(user);
          int credit = pace.credit(queue.owner());
          pace.leave();
          answer.complete(host.isClosedToPublishers(queue.owner()) ? 0 : credit);
        });
    return answer;
  }

  /**
   * Carries changes out in one transaction: after a crash either all of them have happened or none
   * has. What it publishes counts for the user's publish rate but does not wait: see {@link #room}.
   *
   * @param user whom the transaction and what is published count for
   * @return complete when all is durable; fails with a {@link BrokerException}, and then nothing
   *     has changed
   */
  public CompletionStage<Mended> mend(List<Change> changes, String user) {
    CompletableFuture<Mended> answer = new CompletableFuture<>();
    onOwner(answer, () -> new Mending(user, answer).begin(changes));
    return answer;
  }

  private void onOwner(CompletableFuture<?> answer, Runnable task) {
    queue
        .owner()
        .execute(
            () -> {
              if (queue.isDeleted()) {
                answer.completeExceptionally(VirtualHost.noQueue(queue.definition()));
                return;
              }
              try {
                task.run();
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
  }

  private void read(QueuePage page, CompletableFuture<QueuePage> answer) {
    List<QueuedMessage> messages = page.messages();
    long[] positions =
        messages.stream()
            .filter(QueueInspector::isToBeRead)
            .mapToLong(QueuedMessage::position)
            .toArray();
    if (positions.length == 0) {
      answer.complete(page);
      return;
    }
    queue
        .reads()
        .read(
            positions,
            (read, failure) -> {
              if (failure == null) {
                answer.complete(new QueuePage(filled(messages, read), page.next()));
              } else {
                answer.completeExceptionally(failure);
              }
            });
  }

  private static boolean isToBeRead(QueuedMessage message) {
    return message.message() == null && message.position() != StoredMessage.NO_POSITION;
  }

  private static List<QueuedMessage> filled(
      List<QueuedMessage> messages, @Nullable Message[] read) {
    var next = Arrays.asList(read).iterator();
    List<QueuedMessage> filled = new ArrayList<>(messages.size());
    for (QueuedMessage message : messages) {
      filled.add(isToBeRead(message) ? message.with(next.next()) : message);
    }
    return filled;
  }

  /** Changes under way; on the queue's owner. */
  private final class Mending implements Transaction.CommitListener {
    private final CompletableFuture<Mended> answer;
    private final Transaction transaction;
    private final Consumer consumer;
    private final UserPace pace;
    private int done;
    private int gone;
    private int unroutable;

    Mending(String user, CompletableFuture<Mended> answer) {
      this.answer = answer;
      this.transaction = host.openTransaction(queue.owner(), user, this::onTimedOut);
      // Never attached: it only owns what is claimed.
      this.consumer =
          new QueueSubscription(
                  queue.owner(),
                  queue,
                  Subscription.Request.of(queue.name(), 0, user),
                  new Unopened())
              .consumer();
      this.pace = host.joinPace(user);
    }

    void begin(List<Change> changes) {
      try {
        changes.forEach(this::add);
      } catch (RuntimeException e) {
        transaction.rollback();
        answer.completeExceptionally(e);
        return;
      } finally {
        pace.leave();
      }
      transaction.commit(this);
    }

    private void add(Change change) {
      Checkout claimed = change.remove() ? claim(change) : null;
      if (change.remove() && claimed == null) {
        gone++;
        return;
      }
      Message publish = change.publish();
      try {
        if (publish != null) {
          pace.charge(queue.owner(), publish.bareLength());
          if (transaction.publish(publish) != Publisher.Result.ACCEPTED) {
            unroutable++;
            giveBack(claimed);
            return;
          }
        }
      } catch (RuntimeException e) {
        giveBack(claimed);
        throw e;
      }
      if (claimed != null) {
        var unused = transaction.settle(claimed, Outcome.ACCEPTED, false);
      }
      done++;
    }

    private @Nullable Checkout claim(Change change) {
      return queue.state().claim(change.id(), change.read(), consumer, queue.owner().nowMs());
    }

    private void giveBack(@Nullable Checkout claimed) {
      if (claimed != null) {
        queue.state().giveBack(claimed);
        queue.markDirty();
      }
    }

    @Override
    public void onCommitted() {
      answer.complete(new Mended(done, gone, unroutable));
    }

    @Override
    public void onFailed(BrokerException reason) {
      answer.completeExceptionally(reason);
    }

    private void onTimedOut() {
      answer.completeExceptionally(
          new BrokerException(BrokerError.TRANSACTION_TIMEOUT, "the changes took too long"));
    }
  }

  /** The listener of a subscription that claims messages and is never opened. */
  private static final class Unopened implements Subscription.Listener {
    @Override
    public void onSubscribed(Subscription subscription) {
      throw new AssertionError("never opened");
    }

    @Override
    public void onRefused(BrokerException reason) {
      throw new AssertionError("never opened", reason);
    }

    @Override
    public void onDelivery(Checkout checkout) {
      throw new AssertionError("never opened");
    }

    @Override
    public void onDrained() {
      throw new AssertionError("never opened");
    }

    @Override
    public void onClosed(BrokerException reason) {
      throw new AssertionError("never opened", reason);
    }
  }
}
