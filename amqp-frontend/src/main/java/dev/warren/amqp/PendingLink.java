package dev.warren.amqp;

import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link whose attach is not answered yet, because what it needs is being made on another thread.
 * Owned by the connection's loop, to which the answer comes back.
 *
 * @param <T> what it waits for
 */
final class PendingLink<T> implements LinkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(PendingLink.class);

  private final SessionHandler session;
  private final Link link;
  private final Consumer<T> found;
  private final Consumer<T> unwanted;
  private boolean released;

  /** Of the rules the link was allowed by. */
  private final int version;

  private PendingLink(SessionHandler session, Link link, Consumer<T> found, Consumer<T> unwanted) {
    this.session = session;
    this.link = link;
    this.found = found;
    this.unwanted = unwanted;
    this.version = session.connection().access().version();
  }

  /**
   * Waits.
   *
   * @param found goes on with the link
   * @param unwanted gives up what was made for a link that ended meanwhile
   */
  static <T> void await(
      SessionHandler session,
      Link link,
      CompletionStage<T> stage,
      Consumer<T> found,
      Consumer<T> unwanted) {
    PendingLink<T> pending = new PendingLink<>(session, link, found, unwanted);
    session.add(pending);
    var loop = session.connection().loop().loop();
    var unused =
        stage.whenComplete(
            (value, failure) -> loop.execute(() -> pending.onAnswer(value, failure)));
  }

  private void onAnswer(@Nullable T value, @Nullable Throwable failure) {
    if (failure != null) {
      if (!released) {
        released = true;
        session.refuse(this, AmqpErrors.of(refusal(failure)));
      }
    } else if (value != null) {
      if (released) {
        unwanted.accept(value);
      } else {
        released = true;
        session.forget(this);
        found.accept(value);
        if (session.connection().access().version() != version) {
          // What was checked before the wait may not hold any more.
          session.onRulesChanged();
        }
      }
    }
  }

  private static BrokerException refusal(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof BrokerException refusal) {
      return refusal;
    }
    LOG.error("what a link needs was not made", cause);
    return new BrokerException(BrokerError.INTERNAL, "what the link needs was not made");
  }

  @Override
  public Link link() {
    return link;
  }

  @Override
  public void touch() {
    // There is nothing to do at the end of a tick before the link is open.
  }

  @Override
  public void onFlow() {
    // Whoever takes over asks the engine for the credit.
  }

  @Override
  public void onDelivery(Delivery delivery) {
    if (link instanceof Receiver receiver) {
      IncomingLink.discard(receiver, delivery);
    }
  }

  @Override
  public void release(boolean lost) {
    released = true;
  }

  @Override
  public void onTickEnd() {
    // See touch.
  }
}
