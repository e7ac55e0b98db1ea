package dev.warren.amqp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one link while nobody, or somebody who may be replaced, is attached to it. Owned
 * by the loop of the connection the link was attached on last.
 *
 * <p>It is made when a link is attached that asks to be kept, holds nothing while the link is
 * attached, and ends by expiry, by a closing detach, or by going over to the next attachment.
 */
abstract sealed class KeptLink permits KeptConsumer, KeptPublisher {
  private static final long NOT_YET = Long.MAX_VALUE;

  private final KeptLinks.Key key;
  private final ConnectionHandler connection;
  private final Retention retention;
  private State state = State.ATTACHING;
  private List<Claim> waiting = new ArrayList<>();
  private @Nullable LinkHandler attached;
  private long expiresAtMs = NOT_YET;
  private int deliveries;

  private enum State {
    /** The link has not been answered. */
    ATTACHING,
    ATTACHED,
    SUSPENDED,
    /** Gone over, closed or expired. */
    GONE
  }

  /** A link which would go on with what is kept. Called on its loop. */
  interface Claimant {
    /**
     * There is nothing to go on with.
     *
     * @param kept what this link is to tell when it is suspended; null if it is not to be kept
     */
    void onNothingKept(@Nullable KeptLink kept);
  }

  /**
   * An attach of a link by a name which may be known.
   *
   * @param next keeps the new attachment; null if it is not to be kept
   * @param terms what must be the same for the old state to be of use
   * @param steal whether it takes the link from where it is attached
   */
  record Claim(
      KeptLinks.Key key,
      AmqpLoop loop,
      Claimant claimant,
      @Nullable KeptLink next,
      List<String> terms,
      boolean steal) {
    /** Tells the link, on its loop, that there is nothing. */
    void answerNothing() {
      loop.loop().execute(() -> claimant.onNothingKept(next));
    }
  }

  KeptLink(KeptLinks.Key key, ConnectionHandler connection, Retention retention) {
    this.key = key;
    this.connection = connection;
    this.retention = retention;
  }

  KeptLinks.Key key() {
    return key;
  }

  AmqpLoop loop() {
    return connection.loop();
  }

  Retention retention() {
    return retention;
  }

  private KeptLinks links() {
    return connection.context().kept();
  }

  /** The link has been answered. */
  final void onAttached(LinkHandler link) {
    attached = link;
    to(State.ATTACHED);
  }

  /** Whether the link was closed or claimed before it came to anything. */
  final boolean isGone() {
    return state == State.GONE;
  }

  /** The link is over for good. */
  final void drop() {
    if (state != State.GONE) {
      links().remove(this);
      leave();
    }
  }

  private void leave() {
    links().freeDeliveries(deliveries);
    deliveries = 0;
    loop().forget(this);
    attached = null;
    to(State.GONE);
  }

  private void to(State next) {
    state = next;
    List<Claim> claims = waiting;
    waiting = new ArrayList<>();
    claims.forEach(this::onClaim);
  }

  /** Room for so many deliveries which are to be kept; returns for how many there is. */
  final int reserve(int wanted) {
    deliveries = links().reserveDeliveries(wanted);
    return deliveries;
  }

  /** The link is detached; {@link #onClaim} or {@link #expire} follows. */
  final void suspended(SessionHandler session) {
    attached = null;
    loop().keep(this);
    switch (retention.policy()) {
      case SESSION_END -> session.expireAtEnd(this);
      case CONNECTION_CLOSE -> connection.expireAtClose(this);
      case LINK_DETACH, NEVER -> startExpiry();
    }
    to(State.SUSPENDED);
  }

  /** The event has come after which the link is kept for its time-out. */
  final void startExpiry() {
    if (expiresAtMs == NOT_YET) {
      expiresAtMs = connection.context().clock().nanoTime() / 1_000_000 + retention.timeoutMs();
    }
  }

  /** Time passes: gives up what is kept if it is time to. */
  final void onTimer(long nowMs) {
    if (state == State.SUSPENDED && nowMs >= expiresAtMs) {
      expire();
      drop();
    }
  }

  /** A link of this name is being attached. */
  final void onClaim(Claim claim) {
    switch (state) {
      case ATTACHING -> waiting.add(claim);
      case ATTACHED -> {
        if (claim.steal() && attached != null) {
          attached.steal();
          if (state == State.ATTACHED) {
            drop();
          }
          onClaim(claim);
        } else {
          claim.loop().loop().execute(() -> claim.claimant().onNothingKept(null));
        }
      }
      case SUSPENDED -> {
        links().replace(this, claim.next());
        leave();
        handOver(claim);
      }
      case GONE -> claim.loop().loop().execute(() -> links().claim(claim));
    }
  }

  /** The time is over: what is held in the broker is given up. */
  abstract void expire();

  /** What is held goes over. */
  abstract void handOver(Claim claim);
}
