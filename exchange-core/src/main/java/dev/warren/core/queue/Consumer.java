package dev.warren.core.queue;

import dev.warren.core.filter.MessageFilter;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of one queue: its credit and what it holds unsettled. Owned by the queue's owner;
 * {@link #priority}, {@link #isPresettled} and {@link #context} may be read by any thread.
 */
public final class Consumer {
  private final int priority;
  private final boolean presettled;
  private final MessageFilter filter;
  private final boolean browsing;
  private final Object context;
  private boolean getting;

  /** Whether it waits for its turn to be the {@link ActiveConsumer}. */
  boolean waiting;

  int credit;
  boolean draining;

  /**
   * Credit it will have when it is the {@link ActiveConsumer}, and whether it was told if it is.
   */
  int creditAside;

  boolean knowsActive;
  boolean attached;
  int unsettled;
  @Nullable Checkout firstUnsettled;
  @Nullable Checkout lastUnsettled;

  /** Neighbours in the circle of consumers with credit (see {@link PriorityGroup}), or itself. */
  Consumer before = this;

  Consumer after = this;
  @Nullable PriorityGroup group;

  /** What it has looked at, unless all consumers of the queue take any message. */
  @Nullable ReadyCursor cursor;

  /** The pass of a {@link Selection} in which it can get nothing more. */
  long stoppedIn;

  /** Message groups it has, and how many of them it is to give up to others. */
  int groups;

  int groupsToShed;

  /**
   * Creates a consumer.
   *
   * @param priority higher ones get messages first (contract §8)
   * @param presettled whether the front settles a delivery as soon as it is sent
   * @param context what the owner of the link wants to find again
   */
  public Consumer(int priority, boolean presettled, Object context) {
    this(priority, presettled, MessageFilter.ALL, false, context);
  }

  /**
   * Creates a consumer which does not want every message, or only looks at them.
   *
   * @param priority higher ones get messages first (contract §8)
   * @param presettled whether a delivery counts as settled at once
   * @param filter which messages it wants
   * @param browsing whether it gets copies: its deliveries change nothing in the queue
   * @param context what the owner of the link wants to find again
   */
  public Consumer(
      int priority, boolean presettled, MessageFilter filter, boolean browsing, Object context) {
    this.priority = priority;
    this.presettled = presettled;
    this.filter = filter;
    this.browsing = browsing;
    this.context = context;
  }

  /** Higher ones get messages first. */
  public int priority() {
    return priority;
  }

  /** Whether the front settles a delivery as soon as it is sent. */
  public boolean isPresettled() {
    return presettled;
  }

  /** Which messages it wants. */
  public MessageFilter filter() {
    return filter;
  }

  /** Whether it only looks at messages. */
  public boolean isBrowsing() {
    return browsing;
  }

  /**
   * What it is given counts as got rather than as delivered: it is no consumer, but somebody who
   * takes messages one by one as he asks for them. Before it is attached.
   */
  public Consumer getting() {
    getting = true;
    return this;
  }

  /** Whether it is. */
  boolean isGetting() {
    return getting;
  }

  /** Whether it gets messages if it has credit; not while another is the single active one. */
  public boolean isActive() {
    return !waiting;
  }

  /** Whether it takes any message. */
  public boolean takesAny() {
    return filter == MessageFilter.ALL;
  }

  /** What the creator attached. */
  public Object context() {
    return context;
  }

  /** Deliveries it may still be given. */
  public int credit() {
    return credit + creditAside;
  }

  /** Deliveries it holds. */
  public int unsettled() {
    return unsettled;
  }

  /** Whether the queue knows it. Owned by the queue's owner. */
  public boolean isAttached() {
    return attached;
  }

  /** Takes a message in hand, as the newest. */
  void add(Checkout checkout) {
    Checkout last = lastUnsettled;
    checkout.previous = last;
    if (last == null) {
      firstUnsettled = checkout;
    } else {
      last.next = checkout;
    }
    lastUnsettled = checkout;
    unsettled++;
  }

  /** Lets a message go; it is closed from now on. */
  void remove(Checkout checkout) {
    Checkout previous = checkout.previous;
    Checkout next = checkout.next;
    if (previous == null) {
      firstUnsettled = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      lastUnsettled = previous;
    } else {
      next.previous = previous;
    }
    checkout.previous = null;
    checkout.next = null;
    checkout.open = false;
    unsettled--;
  }
}
